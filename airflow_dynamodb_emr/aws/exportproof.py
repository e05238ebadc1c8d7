"""Whether an export that DynamoDB made is whole: what it says of itself, held against what lies in S3. No data file is read.

Each file's ETag and size are S3's own; that its bytes have this MD5 and hold so many items is DynamoDB's word, under a checksum.
"""

from __future__ import annotations

from collections.abc import Callable

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents, exported, native
from airflow_dynamodb_emr.core.exported import FILES, ROOT, SUMMARY, DataFile, Exported, Stored, Summary
from airflow_dynamodb_emr.core.exportevidence import Expected, reasons
from airflow_dynamodb_emr.core.exporting import COMPLETED, Export, Wish
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.origin import with_origin
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.errors import DataDamaged

Read = Callable[[S3Uri], bytes | None]  # an object; None: there is none


def prove(store: Store, wish: Wish, export: Export) -> list[str]:
    """Why the export does not count; empty when it does, and then its manifest is written."""
    if export.status != COMPLETED:
        return [f"its export is {export.status}" + (f": {export.failure}" if export.failure else "")]
    saved = store.read(wish.root.schema(wish.table))
    if saved is None:
        return ["its schema was not saved"]
    schema = documents.decode(saved, Schema, wish.root.schema(wish.table))
    found = proved(store, wish, export, schema.table.get("TableId", ""))
    if isinstance(found, list):
        return found
    store.write_once(wish.root.manifest(wish.table), with_origin(found, schema, saved))
    return []


def proved(store: Store, wish: Wish, export: Export, table_id: str = "") -> TableManifest | list[str]:
    """The manifest of a whole export, or why it is not whole. *table_id*: of the table whose schema was saved; empty: not known."""
    expected = Expected(arn=export.arn, table_id=table_id, at=wish.at, increment=wish.increment, items=export.items)
    try:
        found = look(store, export.into, export.id)
        why = reasons(found, expected)
    except DataDamaged as damage:  # AWS' manifests are not there or cannot be read: that is this table's reason
        return [damage.facts]
    return why or native.manifest(wish.table, export.attempt, found, wish.root.uri.relative(export.into), wish.increment)


def look(store: Store, into: S3Uri, id: str) -> Exported:
    """What lies in S3 of this export; raises DataDamaged where that is not even its manifests."""
    summary, files = manifests(store.read, into, id)
    stored = {(into / ROOT).relative(uri): Stored(bytes=size, etag=etag) for uri, size, etag in store.etags(into / ROOT)}
    return Exported(summary=summary, files=files, stored=stored)


def manifests(read: Read, into: S3Uri, id: str) -> tuple[Summary, list[DataFile]]:
    """What DynamoDB says of it; raises DataDamaged."""
    root = into / ROOT / id
    return exported.parse_summary(*_checked(read, root / SUMMARY)), exported.parse_files(*_checked(read, root / FILES))


def _checked(read: Read, name: S3Uri) -> tuple[bytes, S3Uri]:
    """A manifest, whose checksum lies beside it, and its URI."""
    uri = S3Uri(name.bucket, f"{name.key}.json")
    data = _there(read, uri)
    beside = (read(S3Uri(name.bucket, f"{name.key}.{ending}")) for ending in ("md5", "checksum"))
    checksum = next((each for each in beside if each is not None), None)
    if checksum is None:
        raise DataDamaged(f"{uri} has no checksum beside it")
    return exported.checked(data, checksum, uri), uri


def _there(read: Read, uri: S3Uri) -> bytes:
    data = read(uri)
    if data is None:
        raise DataDamaged(f"{uri} is not there")
    return data
