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
    """What EMR said of every step of the clusters of a run that have ended; EMR itself forgets."""

    steps: dict[str, list[Step]] = {}  # by cluster


def made(clients: Clients, root: Folder) -> list[Attempt]:
    """Every step of a run's clusters: as recorded, or as EMR has them now, a page of fifty a call."""
    store = Store(clients.s3)
    known = store.load(root.attempts, Attempts) or Attempts()
    steps = {id: known.steps[id] if id in known.steps else clusters.list_steps(clients.emr, id) for id in lanes.clusters_of(store, root)}
    return [Attempt(cluster=cluster, step=step) for cluster, each in steps.items() for step in each]


def record(clients: Clients, root: Folder, attempts: list[Attempt]) -> None:
    """Once all clusters have ended: to an ended one no step is added any more."""
    steps = {each.cluster: [other.step for other in attempts if other.cluster == each.cluster] for each in attempts}
    Store(clients.s3).put(root.attempts, documents.encode(Attempts(steps=steps)))


def refused(store: Store, root: Folder) -> list[str]:
    """The ids of steps that completed, and whose work was looked at and does not count: they are never joined again."""
    return [root.refused.relative(uri) for uri, _ in store.objects(root.refused)]


def refuse(store: Store, root: Folder, found: Iterable[Attempt]) -> None:
    refuse_steps(store, root, [each.step.id for each in found if each.completed])


def refuse_steps(store: Store, root: Folder, ids: Iterable[str]) -> None:
    """One object for each: many tasks may refuse at the same time."""
    for id in ids:
        store.put(root.refused / id)


def best(table: str, tries: Iterable[Attempt]) -> Attempt | None:
    """The one that succeeded, or else the last; None when no step of this table was ever submitted."""
    numbered = ((attempt_number(each.step.name, table), each) for each in tries)
    own = [structs.replace(each, number=number) for number, each in numbered if number is not None]
    return max(own, key=lambda tried: (tried.completed, tried.number), default=None)
