"""The watchdog of a run's clusters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from airflow_dynamodb_emr.aws import attempts, lanes
from airflow_dynamodb_emr.core import roster
from airflow_dynamodb_emr.core.report import columns
from airflow_dynamodb_emr.core.roster import Status
from airflow_dynamodb_emr.errors import ClusterFailed
from airflow_dynamodb_emr.operators.base import PlanOperator, answered, given
from airflow_dynamodb_emr.operators.clusters import ClusterTask

if TYPE_CHECKING:
    from airflow.sdk import Context

LONGEST_END = timedelta(hours=2)


class WatchSensor(ClusterTask, PlanOperator):
    """Follows the clusters until they have ended, then reports what became of each, and of each of their steps.

    Not the Amazon provider's sensor: that follows one cluster, holds a worker or needs the aiobotocore extra. A terminated cluster is
    no proof of its steps' success: whether the tables are whole is for `verify` to say.
    """

    def execute(self, context: Context) -> dict[str, int]:
        run = self.run_of_plan() if given(self.plan) else None
        found = lanes.clusters_of(self.store, run.root) if run else []
        if not found:
            self.log.info("there was no cluster")
            return {}
        return self.wait(context, "clusters_ended", found, LONGEST_END, self.ended)

    def ended(self, context: Context, event: dict[str, Any]) -> dict[str, int]:  # noqa: ARG002 - Airflow's signature
        """Returns how many steps ended in which state."""
        found = msgspec.convert(answered(event, "the clusters")["clusters"], dict[str, Status])
        root = self.run_of_plan().root
        made = attempts.made(self.clients, root)
        attempts.record(self.clients, root, made)
        steps = [each.step for each in made]
        rows = [(each.cluster, step.name, step.id, step.state, f"{step.seconds:.1f} s", step.reason) for each, step in zip(made, steps, strict=True)]
        self.log.info("\n".join(f"cluster {cluster} is {status.state}: {status.why}" for cluster, status in found.items()))
        self.log.info("\n".join(columns([("cluster", "step", "id", "state", "time", "reason"), *rows], left={0, 1, 2, 3, 5})))
        self._refuse_failure(found)
        return {state: sum(step.state == state for step in steps) for state in {step.state for step in steps}}

    def _refuse_failure(self, found: dict[str, Status]) -> None:
        """One that was replaced has its line in the report; only the last of a lane can have left something undone."""
        starts = lanes.starts(self.store, self.run_of_plan().root)
        last = {start.cluster for lane in {start.lane for start in starts} if (start := roster.last(starts, lane))}
        bad = [f"cluster {cluster} is {found[cluster].state}: {found[cluster].why}" for cluster in sorted(last & set(found)) if found[cluster].failed]
        if bad:
            raise ClusterFailed("; ".join(bad), "the tables that it left undone are named by the last task")
