"""The catalogue: backups are found by listing S3 by its date folders, newest first, never kept anywhere else."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from airflow_dynamodb_emr.aws import verifications
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.core.verification import lowered
from airflow_dynamodb_emr.errors import NotFound

_DATE_LEVELS = 4  # year, month, day, time


def folders(store: Store, app: S3Uri) -> Iterator[Folder]:
    """Every backup folder of one prefix, newest first, listed no further than asked for."""
    for uri in _newest_first(store, app, _DATE_LEVELS):
        folder = Folder(uri)
        try:
            _ = folder.time
        except ValueError:  # a folder of somebody else's is no backup
            continue
        yield folder


def choose(store: Store, app: S3Uri, wanted: Wanted) -> Backup:
    """Raises NotFound when there is no such backup. One named by its URI may be a failed one: its good tables can be restored."""
    if wanted.uri:
        return _by_uri(store, wanted.uri)
    admitted = (folder for folder in folders(store, app) if wanted.admits(folder.time))
    for backup in (read(store, folder) for folder in admitted):
        if backup and backup.verdict is Verdict.VALID:
            return backup
    raise NotFound(
        f"backup: there is no good one ({wanted}) in {app}", "look at what is there with `aws s3 ls --recursive`, or name a backup's s3:// folder"
    )


def read(store: Store, folder: Folder) -> Backup | None:
    """Its verdict, as it lies here and as the last look at it has found it. None while there is none.

    It may have been copied from where it says it is.
    """
    backup = store.load(folder.verdict, Backup)
    if backup is None:
        return None
    return lowered(structs.replace(backup, uri=str(folder.uri)), verifications.read(store, folder))


def _by_uri(store: Store, uri: S3Uri) -> Backup:
    with refused_as_bad_input(f"backup: {uri}", "name another, or allow s3:GetObject there"):
        backup = read(store, Folder(uri))
    if backup is None:
        raise NotFound(f"backup: {uri} has no backup.json", "name the folder that holds it; a backup exists once its backup.json does")
    return backup


def _newest_first(store: Store, folder: S3Uri, levels: int) -> Iterator[S3Uri]:
    for name in sorted(store.names(folder), reverse=True):
        if levels == 1:
            yield folder / name
        else:
            yield from _newest_first(store, folder / name, levels - 1)
