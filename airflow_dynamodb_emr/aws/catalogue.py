"""The catalogue: what backups there are, newest first, found by listing S3, never kept anywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import backups, older, together, verifications
from airflow_dynamodb_emr.aws.errors import code, is_closed
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Entry, Window
from airflow_dynamodb_emr.core.layout import LEVELS, Folder, S3Uri
from airflow_dynamodb_emr.core.listing import Listed
from airflow_dynamodb_emr.core.standing import Look, Standing, entry_of, unjudged, unreadable
from airflow_dynamodb_emr.core.verdict import Backup
from airflow_dynamodb_emr.core.verification import Verification, lowered
from airflow_dynamodb_emr.errors import DataDamaged, NotFound

_AT_ONCE = 16  # beside the lists of days; a client has 32 connections
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d+")  # what else lies under a base, as ledger/ and logs/, is named otherwise
_YEAR = re.compile(LEVELS[0])
_DEEPEST = 2  # levels further down: an app may be named as team/shop
BASE_HINT = "look at its name, or allow s3:ListBucket on the bucket and s3:GetObject in it"
_WHY_NOT = {
    Standing.JUDGED: "was deleted meanwhile",
    Standing.BEGUN: "has no backup.json: its run is at it, or never finished",
    Standing.FORGOTTEN: "is forgotten: retention deletes what is left of it",
    Standing.OLDER: "is no backup: it does not lie where its system puts one",
    Standing.FOREIGN: "holds no backup",
}


def entries(store: Store, app: S3Uri, since: datetime | None = None, until: datetime | None = None) -> Iterator[Entry]:
    """The backups of one prefix from *since* to *until*, newest first. Who takes only the newest pays five LISTs and the GET of its verdict.

    One that is under way or damaged is among them, with the verdict that says so; what is no backup is not.
    """
    found = together.ahead(partial(entry, store), backups.folders(store, app, since, until), _AT_ONCE)
    return (each for each in found if each)


def entry(store: Store, folder: Folder) -> Entry | None:
    """None where there is no backup: the folder is somebody else's, or retention deletes it."""
    return entry_at(store, look_at(store, folder))


def entry_at(store: Store, look: Look) -> Entry | None:
    try:
        verification = _verification(store, look)
        if look.standing is not Standing.JUDGED:
            return unjudged(look, verification)
        backup = backups.written(store, look.folder)  # and not `read`: most have no record of a look, which would be one more call
        return entry_of(look, lowered(backup, verification), verification) if backup else None
    except DataDamaged as damage:
        return unreadable(look, damage.facts)
    except ClientError as error:
        if not is_closed(error):
            raise
        return unreadable(look, f"it may not be read ({code(error)})")


def look_at(store: Store, folder: Folder) -> Look:
    objects, folders = store.top(folder.uri)
    return Look(folder=folder, objects=objects, folders=folders)


def listed(store: Store, base: S3Uri, app: S3Uri, window: Window, limit: int = 0, only_good: bool = False) -> Listed:
    """At most *limit* of them (0: all), and the newest good one; no more is listed than these need."""
    some, newest_good = list[Entry](), None
    for each in entries(store, app, window.since, window.until):
        newest_good = newest_good or (each if each.good else None)
        if (not limit or len(some) < limit) and (each.good or not only_good):
            some.append(each)
        if newest_good and len(some) == limit:
            break
    region, _, prefix = base.relative(app).partition("/")
    return Listed(prefix=prefix, region=region, entries=some, newest_good=newest_good)


def show(store: Store, folder: Folder) -> tuple[Backup, Verification | None]:
    """Its verdict with its tables, be it the older system's, and what the last look at it found. Raises NotFound for what is no backup."""
    look = look_at(store, folder)
    try:
        verification = _verification(store, look)
    except DataDamaged:  # the backup's notes say so
        verification = None
    backup = backups.read(store, folder) if look.standing is Standing.JUDGED else older.read(store, look, verification)
    if backup is None:
        raise NotFound(f"backup: {folder.uri} {_WHY_NOT[look.standing]}", "`dynamodb-emr backups --base S3URI` lists the backups there are")
    return backup, verification


def apps_of(store: Store, base: S3Uri, prefix: str = "", region: str = "") -> list[S3Uri]:
    """Where the backups of one prefix are, in each region that has any, or of all prefixes."""
    if not prefix:
        return list(apps(store, base, region))
    there = [base / each / prefix for each in ([region] if region else regions(store, base))]
    return [app for app in there if any(map(_YEAR.fullmatch, store.names(app)))]


def apps(store: Store, base: S3Uri, region: str = "") -> Iterator[S3Uri]:
    """The folders of the prefixes that have backups under *base*, of one region or of all, in order."""
    for each in [region] if region else regions(store, base):
        for name in store.names(base / each):
            yield from _apps(store, base / each / name, _DEEPEST)


def regions(store: Store, base: S3Uri) -> list[str]:
    """Those that have folders under *base*."""
    return [name for name in store.names(base) if _REGION.fullmatch(name)]


def _apps(store: Store, folder: S3Uri, deepest: int) -> Iterator[S3Uri]:
    names = store.names(folder)
    others = [name for name in names if not _YEAR.fullmatch(name)]
    if len(others) < len(names):
        yield folder
    for name in others if deepest else []:
        yield from _apps(store, folder / name, deepest - 1)


def _verification(store: Store, look: Look) -> Verification | None:
    return verifications.read(store, look.folder) if look.has(look.folder.verification) else None
