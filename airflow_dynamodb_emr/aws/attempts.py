"""The tries at a dump or load, found among the steps of a run's clusters by their names."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from airflow_dynamodb_emr.aws import clusters, lanes, steplog
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.documents import Document, Noun
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.names import attempt_number
from airflow_dynamodb_emr.core.steps import COMPLETED


class Attempt(Noun, frozen=True, kw_only=True):
    cluster: str
    step: Step
    number: int = 0  # of the tries at its table

    @property
    def completed(self) -> bool:
        return self.step.state == COMPLETED

    def log(self, logs: str) -> S3Uri:
        """Where EMR ships its stderr; *logs* is the run's log folder."""
        return steplog.uri(S3Uri.parse(logs), self.cluster, self.step.id)


class Attempts(Document, frozen=True, kw_only=True):
    """What EMR said of every step of a run once its clusters had ended; EMR itself forgets."""

    attempts: list[Attempt]


def made(clients: Clients, root: Folder) -> list[Attempt]:
    """Every step of a run's clusters: as recorded, or as EMR has them now."""
    known = Store(clients.s3).load(root.attempts, Attempts)
    return known.attempts if known and known.attempts else ask(clients, root)


def ask(clients: Clients, root: Folder) -> list[Attempt]:
    """What EMR has, a page of fifty a call."""
    ids = [start.cluster for start in lanes.starts(Store(clients.s3), root)]
    return [Attempt(cluster=cluster, step=step) for cluster in ids for step in clusters.list_steps(clients.emr, cluster)]


def record(clients: Clients, root: Folder, attempts: list[Attempt]) -> None:
    """Once the clusters have ended: a later record of a run that was cleared has the earlier one's steps, too."""
    Store(clients.s3).put(root.attempts, documents.encode(Attempts(attempts=attempts)))


def best(table: str, tries: Iterable[Attempt]) -> Attempt | None:
    """The one that succeeded, or else the last; None when no step of this table was ever submitted."""
    numbered = ((attempt_number(each.step.name, table), each) for each in tries)
    own = [structs.replace(each, number=number) for number, each in numbered if number is not None]
    return max(own, key=lambda tried: (tried.completed, tried.number), default=None)
