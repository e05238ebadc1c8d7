"""Who reads a backup: a mark in its folder, which retention looks for after the verdict is gone, and a reader writes before it looks for that.

So one of the two sees the other, whichever comes first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import together
from airflow_dynamodb_emr.aws.errors import is_denied
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.documents import encode
from airflow_dynamodb_emr.core.forgotten import Ended, Reader, reader_name
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BadInput, DataDamaged

log = logging.getLogger(__name__)


@contextmanager
def reading(store: Store, folders: Iterable[Folder], reader: Reader) -> Iterator[None]:
    """Marks that *reader* reads these from now on; not if the body fails. Raises DataDamaged when one of them is no backup any more."""
    folders = list(folders)
    try:
        together.each(lambda folder: _enter(store, folder, reader), folders)
        yield
    except Exception:
        leave(store, folders, reader.run)
        raise


def leave(store: Store, folders: Iterable[Folder], run: str) -> None:
    for folder in folders:
        try:
            store.delete(folder.readers / reader_name(run))
        except ClientError as error:  # it counts as over when its run has ended well, or after some days
            log.warning("%s: the mark of its reader stays: %s", folder.uri, error)


def of(store: Store, folder: Folder, now: datetime) -> str:
    """What reads it, in words; empty: nothing."""
    marks, _ = store.top(folder.readers)  # below may be a table of that name
    for uri in map(folder.readers.__truediv__, marks):
        reader = _reader(store, uri)
        if reader is None or not (reader.is_over(now) or _has_ended(store, reader)):
            return f"{reader.run if reader else uri} reads it" + (f", since {reader.at:%Y-%m-%d %H:%M} UTC" if reader else "")
    return ""


def _enter(store: Store, folder: Folder, reader: Reader) -> None:
    try:
        store.put(folder.readers / reader_name(reader.run), encode(reader))
    except ClientError as error:
        if not is_denied(error):
            raise
        log.warning("%s: retention cannot know that it is being read (%s): see that it is not forgotten meanwhile", folder.uri, error)
    if store.size(folder.verdict) is None:
        raise DataDamaged(f"{folder.uri} was forgotten meanwhile: it has no backup.json any more", "choose another backup")


def _reader(store: Store, uri: S3Uri) -> Reader | None:
    """None for a mark that says nothing of whose it is."""
    try:
        return store.load(uri, Reader)
    except DataDamaged:
        return None


def _has_ended(store: Store, reader: Reader) -> bool:
    """Well: one that failed may be cleared, and read again; and one that ended before it came to read was."""
    try:
        ended = store.load(S3Uri.parse(reader.result), Ended)
    except (DataDamaged, BadInput, ClientError):  # it names no document, or one that is closed to us
        return False
    return bool(ended and ended.verdict is Verdict.VALID and (ended.ended is None or ended.ended >= reader.at))
