"""Reads the manifest that each engine leaves with its dump, to be held against ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Protocol, TypeVar

from airflow_dynamodb_emr.aws import exportproof
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.engines import CONNECTOR, NATIVE
from airflow_dynamodb_emr.core.exported import FILES, ROOT, SUMMARY, DataFile, Summary, hexed
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.looking import Own, Read
from airflow_dynamodb_emr.core.manifest import Copied, TableManifest, moved_to, parse_connector_manifest
from airflow_dynamodb_emr.core.strangers import is_hidden
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.parts import MANIFEST
from airflow_dynamodb_emr.transfer.raw import dumped
from airflow_dynamodb_emr.transfer.raw.forms import DYNAMODB_JSON

T = TypeVar("T")


class Backup(Protocol):
    """One whose folder was listed: see `looks.Reader`."""

    folder: Folder

    def fetch(self, uri: S3Uri) -> bytes | None: ...

    def read(self, key: str, parse: Callable[[bytes], T]) -> tuple[Read, T | None]: ...

    def below(self, table: str) -> Collection[str]: ...


def own(backup: Backup, manifest: TableManifest) -> Own:
    into = f"{manifest.table}/{manifest.attempt}"
    if manifest.engine == NATIVE:
        return _of_export(backup, into)
    return of_connector(backup, into, into) if manifest.engine == CONNECTOR else _of_copy(backup, into)


def of_connector(backup: Backup, into: str, home: str = "") -> Own:
    """*into*: its folder, relative to the backup's. It names its files by where they were made, which ends in *home*, and may have been copied."""
    read, urls = backup.read(f"{into}/{MANIFEST}", lambda data: parse_connector_manifest(data, "it"))
    here = [backup.folder.uri.relative(uri) for uri in moved_to(backup.folder.uri / into, urls or [])]
    elsewhere = [str(url) for url in urls or [] if not f"/{url.key}".rpartition("/")[0].endswith(home and f"/{home}")]
    reasons = [f"it names {elsewhere[0]}, which lies outside of this dump"] if elsewhere else []
    return Own(read=read, parts=dict.fromkeys(here, (None, "")), says={"form": CONNECTOR}, reasons=[*reasons, *_twice(here)])


def _of_copy(backup: Backup, into: str) -> Own:
    read, copied = backup.read(f"{into}/{dumped.MANIFEST}", lambda data: documents.decode(data, Copied, "it"))
    if copied is None:
        return Own(read=read)
    keys = [f"{into}/{part.key}" for part in copied.parts]
    says = {field: getattr(copied, field) for field in ("engine", "form", "table", "table_id", "items")}
    told = [(part.items, part.sha256 or "") for part in copied.parts]
    return Own(read=read, parts=dict(zip(keys, told, strict=True)), says=says, reasons=_twice(keys))


def _of_export(backup: Backup, into: str) -> Own:
    root = f"{into}/{ROOT}"
    inside = (key[len(root) + 1 :].partition("/") for key in backup.below(into.partition("/")[0]) if key.startswith(f"{root}/"))
    ids = sorted({id for id, slash, _ in inside if slash and not is_hidden(id)} - {"data"})
    read = Read(key=f"{root}/{ids[0]}" if ids else root, there=bool(ids))
    if len(ids) != 1:
        return Own(read=read, reasons=[f"{len(ids)} exports lie there"])
    try:
        summary, files = exportproof.manifests(backup.fetch, backup.folder.uri / into, *ids)
    except DataDamaged as damage:
        return Own(read=_not_read(backup, read.key, damage))
    keys = [f"{root}/{file.path}" for file in files]
    return Own(read=read, parts=dict(zip(keys, map(_told, files), strict=True)), says=_says(summary), reasons=_twice(keys))


def _not_read(backup: Backup, folder: str, damage: DataDamaged) -> Read:
    there = backup.below(folder.partition("/")[0])
    gone = [key for name in (SUMMARY, FILES) if (key := f"{folder}/{name}.json") not in there]
    return Read(key=gone[0], there=False) if gone else Read(key=folder, damage=damage.facts.replace(f"{backup.folder.uri}/", ""))


def _told(file: DataFile) -> tuple[int | None, str]:
    return file.item_count, hexed(file.md5_checksum)


def _says(summary: Summary) -> dict[str, object]:
    window = (summary.export_from_time, summary.export_to_time) if summary.export_from_time else None
    moment = summary.export_to_time if window else summary.export_time
    return {"items": summary.item_count, "table_id": summary.table_id, "form": DYNAMODB_JSON, "consistent": moment, "window": window}


def _twice(keys: Iterable[str]) -> list[str]:
    return [f"it names {key} {times} times" for key, times in Counter(keys).items() if times > 1]
