"""Reads what the judges of `core/verify.py` and `core/older.py` want to know of a backup; of its data, no more than names, sizes and ETags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws import chains, ownlooks
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.documents import digest
from airflow_dynamodb_emr.core.exported import Stored
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.looking import Frame, Look, Planned, Read
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.origin import keys_of
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.verdict import Backup
from airflow_dynamodb_emr.core.verification import Verification, of_here
from airflow_dynamodb_emr.errors import CopyFailed, DataDamaged
from airflow_dynamodb_emr.transfer.raw.refusals import of_s3

T = TypeVar("T")
Listed = Mapping[str, Stored]  # by key relative to the backup's folder
HINT = "nothing was judged: look at the bucket and the network, and verify again"


class Reader:
    """Of one backup, whose folder was listed."""

    def __init__(self, store: Store, folder: Folder, listed: Listed) -> None:
        self.store, self.folder, self.listed = store, folder, listed
        self.is_overtaken = False  # a document was written over since: what it speaks of may not have been listed
        self._tables = defaultdict[str, dict[str, Stored]](dict)
        for key, stored in listed.items():
            self._tables[key.partition("/")[0]][key] = stored

    def has(self, *documents: S3Uri) -> bool:
        """Any of them."""
        return any(self._key(uri) in self.listed for uri in documents)

    def proven(self) -> set[str]:
        """The tables that have a manifest; a table may itself be called `tables`."""
        return self.folder.proven(self.folder.uri / key for key in self._tables["tables"] if key.count("/") == 1 and key.endswith(".json"))

    def below(self, table: str) -> Collection[str]:
        return self._tables[table].keys()

    def stored_bytes(self, table: str) -> int:
        return sum(each.bytes for each in self._tables[table].values())

    def record(self) -> tuple[Read, Verification | None]:
        """What earlier looks have found, as far as it holds here."""
        read, found = self._document(self._key(self.folder.verification), Verification)
        return read, found and of_here(found, str(self.folder.uri))

    def frame(self, record_read: Read) -> Frame:
        verdict_read, verdict = self._document(self._key(self.folder.verdict), Backup)
        plan_read, plan = self._document(self._key(self.folder.plan), Planned)
        return Frame(
            uri=str(self.folder.uri),
            verdict=verdict,
            verdict_read=verdict_read,
            plan=plan,
            plan_read=plan_read,
            record_read=record_read,
            running=self.has(self.folder.flag("RUNNING")),
            flagged=self.has(self.folder.flag("COMPLETE_SUCCESS")),
            forgotten=self.has(self.folder.forgotten),
        )

    def table(self, frame: Frame, name: str) -> Look:
        manifest_read, manifest = self._document(f"tables/{name}.json", TableManifest)
        schema_read, schema = self._document(f"schema/{name}.json", Schema, keys_of)
        ours = manifest is not None and manifest.table == name
        return Look(
            name=name,
            told=frame.verdict.table(name) if frame.verdict else None,
            manifest=manifest,
            manifest_read=manifest_read,
            schema=schema,
            schema_read=schema_read,
            own=ownlooks.own(self, manifest, frame.verdict.uri if frame.verdict else str(self.folder.uri)) if manifest and ours else None,
            listed=self._tables[name],
            chain=chains.broken(self.store, self.folder, name) if manifest and manifest.increment else "",
        )

    def older(self, name: str) -> Look:
        nothing = Read(key="", there=False)
        return Look(name=name, manifest_read=nothing, schema_read=nothing, own=ownlooks.of_connector(self, name), listed=self._tables[name])

    def read(self, key: str, parse: Callable[[bytes], T]) -> tuple[Read, T | None]:
        """A document, by its *key* relative to the backup's folder. Raises CopyFailed, naming it, where S3 does not give it out."""
        data = self.fetch(self.folder.uri / key)
        if data is None:
            return Read(key=key, there=False), None
        try:
            return Read(key=key, sha256=digest(data)), parse(data)
        except DataDamaged as damage:
            return Read(key=key, sha256=digest(data), damage=damage.facts), None

    def fetch(self, uri: S3Uri) -> bytes | None:
        """None where none was listed, or it is gone since. Raises CopyFailed, naming it, where S3 does not give it out."""
        listed = self.listed.get(self._key(uri))
        try:
            found = self.store.tagged(uri) if listed else None
            if listed and found is None:
                self._is_gone(uri)
        except (ClientError, BotoCoreError) as error:
            raise of_s3(f"{uri} could not be read", error, HINT) from error
        if listed and found:
            self.is_overtaken |= found.etag.strip('"') != listed.etag
        return found.data if found else None

    def _is_gone(self, uri: S3Uri) -> None:
        """Raises for a bucket that is gone, which looks the same, and for an S3 that contradicts itself: neither is a verdict."""
        if uri.key in dict(self.store.keys(uri.bucket, uri.key)):
            raise CopyFailed(f"{uri} could not be read: S3 lists it, and says that it is not there", HINT)

    def _document(self, key: str, kind: type[T], check: Callable[[Any], object] = lambda _: None) -> tuple[Read, T | None]:
        def parse(data: bytes) -> T:
            found = documents.decode(data, kind, "it")
            try:
                check(found)
            except (KeyError, TypeError, AttributeError) as error:
                raise DataDamaged(f"it is no {kind.__name__}: {error!r}") from error
            return found

        return self.read(key, parse)

    def _key(self, uri: S3Uri) -> str:
        return self.folder.uri.relative(uri)
