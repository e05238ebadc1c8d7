"""The tries at a dump or load, found among the steps of a cluster by their names."""

from __future__ import annotations

from airflow_dynamodb_emr.aws import steplog
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.names import attempt_number
from airflow_dynamodb_emr.core.steps import COMPLETED


class Attempt(Noun, frozen=True, kw_only=True):
    number: int
    cluster: str
    step: Step

    @property
    def completed(self) -> bool:
        return self.step.state == COMPLETED

    def log(self, logs: str) -> S3Uri:
        """Where EMR ships its stderr; *logs* is the run's log folder."""
        return steplog.uri(S3Uri.parse(logs), self.cluster, self.step.id)


def best(table: str, cluster: str, steps: list[Step]) -> Attempt | None:
    """The one that succeeded, or else the last; None when no step of this table was ever submitted to the cluster."""
    numbered = ((attempt_number(step.name, table), step) for step in steps)
    tries = [Attempt(number=number, cluster=cluster, step=step) for number, step in numbered if number is not None]
    return max(tries, key=lambda tried: (tried.completed, tried.number), default=None)
