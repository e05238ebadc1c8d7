"""Which of the forgotten backups of a prefix are deleted now, and which have to stay for a while. `emptying` deletes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import structs

from airflow_dynamodb_emr.aws import backups, catalogue, emptying, forgetting, holding, together
from airflow_dynamodb_emr.aws.store import Store, Tagged
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.forgotten import LONGEST_IDLE, Forgotten, Stage, Told
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.pruned import Pruned
from airflow_dynamodb_emr.core.retention import MARKED
from airflow_dynamodb_emr.errors import DataDamaged

_LOOKS = 16  # folders at a time
_RETURNS = "it is coming back"
_LAST_HOPE = "no newer one is good any more: `dynamodb-emr keep` makes it a backup again"


def prune_all(store: Store, app: S3Uri, now: datetime, dry_run: bool = False, idle: timedelta = LONGEST_IDLE) -> Iterator[Pruned]:
    """Newest first, several at a time."""
    each = together.ahead(lambda folder: prune(store, folder, now, dry_run, idle), forgotten(store, app))
    return (pruned for pruned in each if pruned)


def forgotten(store: Store, app: S3Uri) -> Iterator[Folder]:
    """The folders of one prefix that are to be deleted, newest first."""
    looks = together.ahead(lambda folder: catalogue.look_at(store, folder), backups.folders(store, app), _LOOKS)
    return (look.folder for look in looks if look.has(look.folder.forgotten))


def prune(store: Store, folder: Folder, now: datetime, dry_run: bool = False, idle: timedelta = LONGEST_IDLE) -> Pruned | None:
    """None when it is no forgotten backup, or is one no more."""
    try:
        known = store.tagged(folder.forgotten)
        return known and _prune(store, folder, known, now, dry_run, idle)
    except DataDamaged as damage:
        return Pruned(uri=str(folder.uri), left=damage.facts, failed=True)


def _prune(store: Store, folder: Folder, known: Tagged, now: datetime, dry_run: bool, idle: timedelta) -> Pruned | None:
    note, uri = forgetting.read(known, folder), str(folder.uri)
    if _is_backup_again(store, folder, note, dry_run):
        return None
    if not note.has_begun(folder) and (why := _why_not(store, folder, note, now, idle)):  # what comes after that comes too late
        returns = why == MARKED and not dry_run and forgetting.come_back(store, folder)  # whoever forgot it has died before he saw the mark
        return Pruned(uri=uri, left=f"{why}: it is a backup again" if returns else why)
    if dry_run:
        return _would_free(store, folder)
    begun = _begin(store, folder, known, note)
    return emptying.empty(store, folder, begun) if begun else Pruned(uri=uri, left=_RETURNS)


def _is_backup_again(store: Store, folder: Folder, note: Forgotten, dry_run: bool) -> bool:
    if note.stage is Stage.RETURNING and not dry_run:  # whoever was at it has died
        forgetting.come_back(store, folder)
    return note.stage is Stage.RETURNING or (not note.has_begun(folder) and store.size(folder.verdict) is not None)


def _why_not(store: Store, folder: Folder, note: Forgotten, now: datetime, idle: timedelta) -> str:
    stays = holding.held(store, catalogue.look_at(store, folder), now, idle)
    return stays or ("" if _is_of_no_use(store, folder, note, now) else _LAST_HOPE)


def _is_of_no_use(store: Store, folder: Folder, note: Forgotten, now: datetime) -> bool:
    """It never had a verdict, or a newer one of its prefix is good; which may have been found bad since this was forgotten."""
    if not note.verdict:
        return True
    prefix = documents.decode(note.verdict.encode(), Told, folder.forgotten).prefix
    newer = catalogue.entries(store, _app(folder), since=folder.time, until=now)
    return any(entry.good and entry.prefix == prefix for entry in newer)


def _app(folder: Folder) -> S3Uri:
    return S3Uri(folder.uri.bucket, folder.uri.key.rsplit("/", 4)[0])


def _begin(store: Store, folder: Folder, known: Tagged, note: Forgotten) -> Tagged | None:
    """From here there is no way back. None when somebody else has changed its stage meanwhile."""
    begun = structs.replace(note, uri=str(folder.uri), stage=Stage.PRUNING)
    return known if begun == note else store.swap(folder.forgotten, documents.encode(begun), known)


def _would_free(store: Store, folder: Folder) -> Pruned:
    sizes = [of_object for _, of_object in store.objects(folder.uri)]
    return Pruned(uri=str(folder.uri), objects=len(sizes), bytes=sum(sizes))
