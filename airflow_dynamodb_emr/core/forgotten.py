"""What lies in a backup's folder that retention goes by: forgotten.json, the marks of readers, and the mark that keeps it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

import msgspec

from airflow_dynamodb_emr.core.documents import Document
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Verdict

LONGEST_READ = timedelta(days=30)  # a reader that is older has died; to load a terabyte through few write units takes weeks
LONGEST_IDLE = timedelta(days=7)  # a run that has written nothing for as long was killed
_LABEL = 5  # <app>/YYYY/MM/DD/HH_MM.SS


class Stage(str, Enum):
    """Each is written over the one before only if that is still there: so of two that go on from one, one does."""

    FORGOTTEN = "FORGOTTEN"  # its data is all there; it can come back
    RETURNING = "RETURNING"  # it comes back: its backup.json is about to be written
    PRUNING = "PRUNING"  # its data is being deleted: from here there is no way back


class Forgotten(Document, frozen=True, kw_only=True):
    """forgotten.json: written before backup.json is deleted, and deleted itself when all else is."""

    uri: str  # of the backup's folder
    stage: Stage
    why: str
    at: datetime
    verdict: str = ""  # backup.json, byte for byte; empty: there was none

    def is_of(self, folder: Folder) -> bool:
        """This very backup's, or that of what it is a copy of."""
        return _label(self.uri) == _label(str(folder.uri))

    def has_begun(self, folder: Folder) -> bool:
        """Whether the data here is being deleted: a copy, as S3's replication makes it, has the note of its original and may have all its data."""
        return self.stage is Stage.PRUNING and self.uri == str(folder.uri)


class Reader(Document, frozen=True, kw_only=True):
    """readers/<run>: a restore that reads this backup, or a backup that will stand on it."""

    run: str
    at: datetime
    result: str  # URI of the document that the run ends with

    def is_over(self, now: datetime) -> bool:
        return now - self.at > LONGEST_READ


class Mark(Document, frozen=True, kw_only=True):
    """BACKUP_KEEP."""

    why: str
    at: datetime


class Ended(msgspec.Struct, frozen=True):
    """As much of restore.json and backup.json as tells whether a reader is through."""

    verdict: Verdict
    ended: datetime | None = None


class Told(msgspec.Struct, frozen=True):
    """As much of backup.json as tells whose tables it is of."""

    prefix: str = ""


def reader_name(run: str) -> str:
    return run.replace("/", "_")


def _label(uri: str) -> str:
    return "/".join(S3Uri.parse(uri).key.split("/")[-_LABEL:])
