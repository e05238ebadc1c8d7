"""What executors do: a slice of a table into parts, or a part into a table. Each is a task of Spark, and may be done again by another executor."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple

from airflow_dynamodb_emr.errors import DynamoDBBackupError
from airflow_dynamodb_emr.spark.cloud import Account, cloud
from airflow_dynamodb_emr.spark.share import Division
from airflow_dynamodb_emr.transfer.raw import copying, forms
from airflow_dynamodb_emr.transfer.raw.copying import Job, Progress
from airflow_dynamodb_emr.transfer.raw.journal import Journal
from airflow_dynamodb_emr.transfer.raw.output import Output, Part
from airflow_dynamodb_emr.transfer.raw.reading import items
from airflow_dynamodb_emr.transfer.raw.slices import Keys, Slice
from airflow_dynamodb_emr.transfer.raw.wire import Wire
from airflow_dynamodb_emr.transfer.raw.write import Loaded, load


class Failure(NamedTuple):
    """Why a task will fail however often it is done. It is told and not raised, because Spark does a task again that has raised."""

    facts: str
    hint: str


@dataclass(frozen=True)
class CopySlice:
    """A slice that a lost executor has begun is taken up behind its last whole part; the parts of both have the same names."""

    account: Account
    into: str  # the dump's folder in S3
    job: Job
    table_id: str
    division: Division

    def __call__(self, slice_: Slice) -> Progress | Failure:
        try:
            return self._copied(slice_)
        except DynamoDBBackupError as error:
            return Failure(error.facts, error.hint)

    def _copied(self, slice_: Slice) -> Progress:
        here = cloud(self.account)
        place = here.place(self.into)
        journal = Journal(place, self.job, self.table_id)
        at = journal.progress(slice_)
        if at.done:
            return at
        output = Output(place.upload, forms.LINES[self.job.form], slice_.name, self.job.part_bytes, at.parts)
        with closing(Wire(here.endpoint)) as wire, self.division.limiter() as limiter:
            for at in copying.copy(wire, self.job, at, output, limiter):  # noqa: B020 - from where it was, to the end
                journal.save(at)
        return at


@dataclass(frozen=True)
class LoadPart:
    """Items that a lost executor has written are written again, and are the same."""

    account: Account
    source: str  # the dump's folder in S3
    table: str
    keys: Keys
    hands: int
    division: Division

    def __call__(self, part: Part) -> Loaded | Failure:
        try:
            here = cloud(self.account)
            read: Any = [(part.key, items(here.place(self.source), part))]
            with self.division.limiter() as limiter:
                return load(here.endpoint, self.table, self.keys, read, hands=self.hands, limiter=limiter)
        except DynamoDBBackupError as error:
            return Failure(error.facts, error.hint)
