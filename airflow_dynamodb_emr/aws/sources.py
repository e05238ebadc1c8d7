"""Dumps as people name them: by the folder of one, of a native export, or of a backup with the table behind a `#`. Told by looking."""

from __future__ import annotations

import re

from msgspec import structs

from airflow_dynamodb_emr.aws import chains, exportproof
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import exported
from airflow_dynamodb_emr.core.exported import JSON, ROOT, SUMMARY, Summary
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.errors import BadInput, DataDamaged, NotFound
from airflow_dynamodb_emr.transfer import dumps
from airflow_dynamodb_emr.transfer.dumps import Found
from airflow_dynamodb_emr.transfer.raw.forms import DYNAMODB_JSON
from airflow_dynamodb_emr.transfer.raw.output import DATA

_TABLE = re.compile(r"#(?P<table>[A-Za-z0-9_.-]{3,255})$")
_SHOWN = 10
SUMMARY_FILE = f"{SUMMARY}.json"


def is_uri(text: str) -> bool:
    """Whether it is an S3 URI, and no name of a table: that has no colon."""
    return "://" in text


def parse(text: str, source: str) -> tuple[S3Uri, str]:
    """The folder, and the table behind a `#`, if there is one; *source* as of S3Uri.parse."""
    named = _TABLE.search(text.strip())
    return S3Uri.parse(_TABLE.sub("", text.strip()), source), named["table"] if named else ""


def find(store: Store, text: str, source: str = "S3URI") -> Found:
    """Raises BadInput, saying what is there, where it is no dump that can be read; DataDamaged where it is one that is damaged."""
    folder, table = parse(text, source)
    with refused_as_bad_input(f"{source}: {folder}", "name another, or allow s3:ListBucket and s3:GetObject there"):
        if table:
            return of_backup(store, Folder(folder), table)
        return _within_backup(store, folder) or dumps.copied(store.s3, folder) or _of_somebody(store, folder)


def of_backup(store: Store, backup: Folder, table: str) -> Found:
    """The table as this backup shows it: of an increment, with all that it stands on."""
    manifest = store.load(backup.manifest(table), TableManifest)
    if manifest is None:
        raise NotFound(f"{backup.uri} has no manifest of {table}, so no dump of it that is known to be whole", _tables_hint(store, backup))
    found = Found(
        folder=backup.uri,
        parts=manifest.parts,
        form=manifest.form,
        table=table,
        keys=[key.name for key in manifest.keys],
        schemas=[backup.schema(table)],
    )
    if not manifest.increment:
        return found
    first, *changes = chains.of(store, backup, table)
    return structs.replace(found, folder=first.folder.uri, parts=first.manifest.parts, changes=[link.parts for link in changes])


def _of_somebody(store: Store, folder: S3Uri) -> Found:
    objects, folders = store.top(folder)
    if {"backup.json", "plan.json"} & objects.keys():
        return of_backup(store, Folder(folder), _only_table(store, Folder(folder)))
    export = _export(store, folder, folders)
    if export:
        return _exported(store, *export)
    try:
        return dumps.of_files(store.s3, folder)
    except NotFound as nothing:
        raise NotFound(nothing.facts, f"it holds folders: {_some(sorted(folders))}; name the dump's own" if folders else nothing.hint) from None


def _only_table(store: Store, backup: Folder) -> str:
    tables = sorted(backup.proven(uri for uri, _ in store.objects(backup.manifests)))
    if len(tables) != 1:
        raise BadInput(f"{backup.uri} is a backup of {len(tables)} tables", _tables_hint(store, backup))
    return tables[0]


def _tables_hint(store: Store, backup: Folder) -> str:
    tables = sorted(backup.proven(uri for uri, _ in store.objects(backup.manifests)))
    return f"name one of its tables, as in '{backup.uri}#{tables[0]}'; it has {_some(tables)}" if tables else "name another backup"


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _within_backup(store: Store, folder: S3Uri) -> Found | None:
    """A table's folder in a backup, or that of one attempt: then the backup's manifest says more than the files do."""
    *above, table, attempt = ["", "", *folder.key.split("/")]
    for backup, name, number in ((above, table, attempt), ([*above, table], attempt, "")):
        root = Folder(S3Uri(folder.bucket, "/".join(filter(None, backup))))
        manifest = store.load(root.manifest(name), TableManifest) if name else None
        if manifest and number in ("", str(manifest.attempt)):
            return of_backup(store, root, name)
    return None


def _export(store: Store, folder: S3Uri, folders: list[str]) -> tuple[S3Uri, str] | None:
    """Of an export that DynamoDB made: where its AWSDynamoDB/ lies, and its id. The folder may be any of its own, or the one it was made into."""
    path = folder.key.split("/")
    if ROOT in path[-3:-1]:  # of the export, or of its data
        at = len(path) - 1 - path[::-1].index(ROOT)
        into, ids = S3Uri(folder.bucket, "/".join(path[:at])), [path[at + 1]]
    elif path[-1] == ROOT or ROOT in folders:
        into = S3Uri(folder.bucket, "/".join(path[:-1])) if path[-1] == ROOT else folder
        ids = [name for name in store.names(into / ROOT) if name != DATA]
    else:
        return None
    finished = [id for id in ids if store.size(into / ROOT / id / SUMMARY_FILE) is not None]
    if len(finished) > 1:
        raise BadInput(f"{folder} holds {len(finished)} exports", f"name one of them, as {into / ROOT / finished[0]}; they are {_some(finished)}")
    if not finished and ids and folder.key.rpartition("/")[2] != DATA:
        raise DataDamaged(f"{into / ROOT / ids[0]} has no {SUMMARY_FILE}: the export is not finished, or was not copied as a whole")
    return (into, finished[0]) if finished else None


def _exported(store: Store, into: S3Uri, id: str) -> Found:
    found = exportproof.look(store, into, id)
    root = into / ROOT / id
    _refuse_other_exports(found.summary, root)
    gone = next((file.path for file in found.files if file.path not in found.stored), None)
    if gone:
        raise DataDamaged(f"{into / ROOT / gone} is not there, and the export's manifest names it", "name another dump")
    parts = [part for part in exported.parts(found, "") if part.bytes or part.items]
    whole = Found(folder=into, parts=parts, form=DYNAMODB_JSON, table=found.summary.table_arn.rpartition("/")[2])
    if whole.items_announced != found.summary.item_count:
        raise DataDamaged(f"{root} holds {whole.items_announced} items by its list of files, {found.summary.item_count} by its summary")
    return structs.replace(whole, schemas=[into / dumps.SCHEMA])


def _refuse_other_exports(summary: Summary, root: S3Uri) -> None:
    if summary.output_format != JSON:
        raise BadInput(f"{root} is an export in {summary.output_format}, which cannot be read here", f"export the table as {JSON}")
    if summary.export_from_time:
        raise BadInput(
            f"{root} is an incremental export: it holds changes, and of no table the whole",
            "name the table in a backup of this software, which knows what its increments stand on: s3://.../<backup>#<table>",
        )
