"""The documents of a backup whose folder was listed, read as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.documents import digest
from airflow_dynamodb_emr.core.exported import Stored
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.looking import Read
from airflow_dynamodb_emr.errors import CopyFailed, DataDamaged
from airflow_dynamodb_emr.transfer.raw.refusals import of_s3

T = TypeVar("T")
Listed = Mapping[str, Stored]  # by key relative to the backup's folder
HINT = "nothing was judged: look at the bucket and the network, and verify again"


class Documents:
    """Keys are relative to the backup's folder."""

    def __init__(self, store: Store, folder: Folder, listed: Listed) -> None:
        self.store, self.folder, self.listed = store, folder, listed
        self.is_overtaken = False  # one was written over since: what it speaks of may not have been listed

    def key(self, uri: S3Uri) -> str:
        return self.folder.uri.relative(uri)

    def has(self, *documents: S3Uri) -> bool:
        """Any of them."""
        return any(self.key(uri) in self.listed for uri in documents)

    def read(self, key: str, parse: Callable[[bytes], T]) -> tuple[Read, T | None]:
        """Raises CopyFailed, naming it, where S3 does not give it out."""
        data = self.fetch(self.folder.uri / key)
        if data is None:
            return Read(key=key, there=False), None
        try:
            return Read(key=key, sha256=digest(data)), parse(data)
        except DataDamaged as damage:
            return Read(key=key, sha256=digest(data), damage=damage.facts), None

    def fetch(self, uri: S3Uri) -> bytes | None:
        """None where none was listed, or it is gone since. Raises CopyFailed, naming it, where S3 does not give it out."""
        listed = self.listed.get(self.key(uri))
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

    def document(self, key: str, kind: type[T], check: Callable[[Any], object] = lambda _: None) -> tuple[Read, T | None]:
        def parse(data: bytes) -> T:
            found = documents.decode(data, kind, "it")
            try:
                check(found)
            except (KeyError, TypeError, AttributeError) as error:
                raise DataDamaged(f"it is no {kind.__name__}: {error!r}") from error
            return found

        return self.read(key, parse)
