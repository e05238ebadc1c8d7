"""The catalogue: backups are found by listing S3 by its date folders, newest first, never kept anywhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain

from msgspec import structs

from airflow_dynamodb_emr.aws import together, verifications
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.layout import LEVELS, Folder, S3Uri, time_path
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.core.verification import doubted, lowered
from airflow_dynamodb_emr.errors import DataDamaged, NotFound


def folders(store: Store, app: S3Uri, since: datetime | None = None, until: datetime | None = None) -> Iterator[Folder]:
    """Every folder named as a time of one prefix, from *since* to *until*, both included; newest first, listed no further than asked for."""
    paths: Iterator[str] = iter([""])
    for name in LEVELS:
        paths = _below(store, app, paths, partial(_may_be_wanted, re.compile(name), since, until))
    for folder in (Folder(app / path) for path in paths):
        if folder.is_placed and (since is None or folder.time >= since) and (until is None or folder.time <= until):
            yield folder


def choose(store: Store, app: S3Uri, wanted: Wanted) -> Backup:
    """Raises NotFound when there is no such backup. One named by its URI may be a failed one: its good tables can be restored."""
    if wanted.uri:
        return _by_uri(store, wanted.uri)
    for backup in (read(store, folder) for folder in folders(store, app, until=wanted.at_or_before)):
        if backup and backup.verdict is Verdict.VALID:
            return backup
    raise NotFound(f"backup: there is no good one ({wanted}) in {app}", "`dynamodb-emr backups` lists what is there; name a backup's s3:// folder")


def newest_beside(store: Store, folder: Folder) -> Backup | None:
    """The newest good backup of the same prefix, be it this one."""
    app = S3Uri(folder.uri.bucket, folder.uri.key.rsplit("/", len(LEVELS))[0])
    try:
        return choose(store, app, Wanted())
    except NotFound:
        return None


def read(store: Store, folder: Folder) -> Backup | None:
    """Its verdict, as it lies here and as the last look at it has found it. None while there is none. Raises DataDamaged."""
    backup = written(store, folder)
    if backup is None:
        return None
    try:
        return lowered(backup, verifications.read(store, folder))
    except DataDamaged as damage:
        return doubted(backup, f"what looks at it have found cannot be read: {damage.facts}")


def written(store: Store, folder: Folder) -> Backup | None:
    """The same as it was written, but for where it lies: it may have been copied from where it says it is."""
    backup = store.load(folder.verdict, Backup)
    return backup and structs.replace(backup, uri=str(folder.uri))


def _by_uri(store: Store, uri: S3Uri) -> Backup:
    with refused_as_bad_input(f"backup: {uri}", "name another, or allow s3:GetObject there"):
        backup = read(store, Folder(uri))
    if backup is None:
        raise NotFound(f"backup: {uri} has no backup.json", "name the folder that holds it; a backup exists once its backup.json does")
    return backup


def _below(store: Store, app: S3Uri, paths: Iterator[str], wanted: Callable[[str], bool]) -> Iterator[str]:
    """The paths one level further down, newest first: `2026/11` after `2026`."""

    def listed(path: str) -> list[str]:
        found = [f"{path}/{name}".lstrip("/") for name in store.names(app / path)]
        return sorted(filter(wanted, found), reverse=True)

    return chain.from_iterable(together.ahead(listed, paths))


def _may_be_wanted(name: re.Pattern[str], since: datetime | None, until: datetime | None, path: str) -> bool:
    """By the part of the time that is known: nothing of a month is listed that ends before *since* or begins after *until*."""
    if not name.fullmatch(path.rpartition("/")[2]):
        return False
    after = since is None or path >= time_path(since)[: len(path)]
    return after and (until is None or path <= time_path(until)[: len(path)])
