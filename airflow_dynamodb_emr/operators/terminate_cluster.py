"""Terminate the EMR clusters of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dynamodb_emr.aws import lanes
from airflow_dynamodb_emr.operators.base import PlanOperator, given
from airflow_dynamodb_emr.operators.clusters import ClusterTask

if TYPE_CHECKING:
    from airflow.sdk import Context


class TerminateClusterOperator(ClusterTask, PlanOperator):
    """Every one that lives, also those of which no task knows. It does not wait: `watch` sees them end.

    Not the Amazon provider's: that takes one id, and a run may have several clusters, or none.
    """

    def execute(self, context: Context) -> list[str]:  # noqa: ARG002 - Airflow's signature
        run = self.run_of_plan() if given(self.plan) else None
        ids = lanes.terminate(self.clients, run) if run and run.cluster is not None else []
        self.log.info("terminated: %s", ", ".join(ids) or "nothing, there was no cluster")
        return ids
