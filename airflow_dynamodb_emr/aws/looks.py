"""Reads what the judges of `core/verify.py` and `core/older.py` want to know of a backup; of its data, no more than names, sizes and ETags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from airflow_dynamodb_emr.aws import chains, exportproof, verifications
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.engines import CONNECTOR, NATIVE
from airflow_dynamodb_emr.core.exported import ROOT, Stored, hexed
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.looking import Frame, Look, Own, Planned, Read
from airflow_dynamodb_emr.core.manifest import Copied, TableManifest, moved_to, parse_connector_manifest
from airflow_dynamodb_emr.core.origin import digest, keys_of
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.verdict import Backup
from airflow_dynamodb_emr.core.verification import Verification
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.parts import MANIFEST
from airflow_dynamodb_emr.transfer.raw import dumped

T = TypeVar("T")
Counted = dict[str, tuple[int | None, str]]
Listed = Mapping[str, Stored]  # by key relative to the backup's folder


class Reader:
    """Of one backup, whose folder was listed."""

    def __init__(self, store: Store, folder: Folder, listed: Listed) -> None:
        self.store, self.folder, self.listed = store, folder, listed
        self._tables = defaultdict[str, dict[str, Stored]](dict)
        for key, stored in listed.items():
            self._tables[key.partition("/")[0]][key] = stored

    def has(self, *documents: S3Uri) -> bool:
        """Any of them."""
        return any(self.folder.uri.relative(uri) in self.listed for uri in documents)

    def proven(self) -> set[str]:
        """The tables that have a manifest."""
        return self.folder.proven(self.folder.uri / key for key in self._tables["tables"])

    def record(self) -> Verification | None:
        """What earlier looks have found."""
        return verifications.read(self.store, self.folder) if self.has(self.folder.verification) else None

    def frame(self) -> Frame:
        verdict_read, verdict = self._document(self.folder.uri.relative(self.folder.verdict), Backup)
        plan_read, plan = self._document(self.folder.uri.relative(self.folder.plan), Planned)
        return Frame(
            uri=str(self.folder.uri),
            verdict=verdict,
            verdict_read=verdict_read,
            plan=plan,
            plan_read=plan_read,
            running=self.has(self.folder.flag("RUNNING")),
            flagged=self.has(self.folder.flag("COMPLETE_SUCCESS")),
            forgotten=self.has(self.folder.forgotten),
        )

    def table(self, frame: Frame, name: str) -> Look:
        manifest_read, manifest = self._document(f"tables/{name}.json", TableManifest)
        schema_read, schema = self._document(f"schema/{name}.json", Schema, keys_of)
        return Look(
            name=name,
            told=frame.verdict.table(name) if frame.verdict else None,
            manifest=manifest,
            manifest_read=manifest_read,
            schema=schema,
            schema_read=schema_read,
            own=self._own(manifest) if manifest and manifest.table == name else None,
            listed=self._tables[name],
            chain=chains.broken(self.store, self.folder, name) if manifest and manifest.increment else "",
        )

    def older(self, name: str) -> Look:
        nothing = Read(key="", there=False)
        return Look(name=name, manifest_read=nothing, schema_read=nothing, own=self._of_connector(name), listed=self._tables[name])

    def _own(self, manifest: TableManifest) -> Own:
        into = f"{manifest.table}/{manifest.attempt}"
        if manifest.engine == NATIVE:
            return self._of_export(into, manifest)
        return self._of_connector(into) if manifest.engine == CONNECTOR else self._of_copy(into, manifest)

    def _of_connector(self, into: str) -> Own:
        read, urls = self._read(f"{into}/{MANIFEST}", lambda data: parse_connector_manifest(data, "it"))
        folder = self.folder.uri / into
        return Own(read=read, parts={self.folder.uri.relative(uri): (None, "") for uri in moved_to(folder, urls or [])})

    def _of_copy(self, into: str, manifest: TableManifest) -> Own:
        read, copied = self._document(f"{into}/{dumped.MANIFEST}", Copied)
        if copied is None:
            return Own(read=read)
        same = (copied.table, copied.table_id, copied.items) == (manifest.table, manifest.table_id or copied.table_id, manifest.items)
        parts: Counted = {f"{into}/{part.key}": (part.items, part.sha256 or "") for part in copied.parts}
        return Own(read=read, parts=parts, reason="" if same else f"it is of {copied.items} items of {copied.table}, ours of {manifest.items}")

    def _of_export(self, into: str, manifest: TableManifest) -> Own:
        ids = {key.split("/")[3] for key in self.listed if key.startswith(f"{into}/{ROOT}/")} - {"data"}
        key = f"{into}/{ROOT}/{min(ids, default='')}"
        if len(ids) != 1:
            return Own(read=Read(key=key, there=bool(ids)), reason=f"{len(ids)} exports lie there")
        try:
            summary, files = exportproof.manifests(self.store, self.folder.uri / into, *ids)
        except DataDamaged as damage:
            return Own(read=Read(key=key, damage=damage.facts))
        same = (summary.item_count, summary.table_id) == (manifest.items, manifest.table_id or summary.table_id)
        parts: Counted = {f"{into}/{ROOT}/{file.path}": (file.item_count, hexed(file.md5_checksum)) for file in files}
        return Own(
            read=Read(key=key),
            parts=parts,
            reason="" if same else f"it is of {summary.item_count} items of {summary.table_arn}, ours of {manifest.items}",
        )

    def _document(self, key: str, kind: type[T], check: Callable[[Any], object] = lambda _: None) -> tuple[Read, T | None]:
        def parse(data: bytes) -> T:
            found = documents.decode(data, kind, "it")
            try:
                check(found)
            except (KeyError, TypeError, AttributeError) as error:
                raise DataDamaged(f"it is no {kind.__name__}: {error!r}") from error
            return found

        return self._read(key, parse)

    def _read(self, key: str, parse: Callable[[bytes], T]) -> tuple[Read, T | None]:
        data = self.store.read(self.folder.uri / key) if key in self.listed else None
        if data is None:
            return Read(key=key, there=False), None
        try:
            return Read(key=key, sha256=digest(data)), parse(data)
        except DataDamaged as damage:
            return Read(key=key, sha256=digest(data), damage=damage.facts), None
