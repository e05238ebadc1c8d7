"""Create the EMR clusters of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.links.emr import EmrClusterLink, EmrLogsLink

from airflow_dynamodb_emr.aws import lanes
from airflow_dynamodb_emr.aws.lanes import Run
from airflow_dynamodb_emr.core import roster
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import ClusterFailed, DynamoDBBackupError
from airflow_dynamodb_emr.links import link_place
from airflow_dynamodb_emr.operators.base import PlanOperator
from airflow_dynamodb_emr.operators.clusters import ClusterTask, lanes_of

if TYPE_CHECKING:
    from airflow.sdk import Context


class CreateClusterOperator(ClusterTask, PlanOperator):
    """Returns the ids of the clusters that take steps, one for each lane of the plan but for those that had to be given up.

    The request is the plan's. Not the Amazon provider's operator: that makes one cluster, whether there is one of this run already or
    not, and waits with the aiobotocore extra. A cluster that fails to start is made in another way; only if none comes up this fails.
    """

    operator_extra_links = (EmrClusterLink(), EmrLogsLink())

    def execute(self, context: Context) -> list[str]:
        run = self.run_of_plan()
        if run.cluster is None:
            self.log.info("no table needs a cluster")
            return []
        started = lanes.starts(self.store, run.root)
        fresh_from = {lane: last.number + 1 if (last := roster.last(started, lane)) else 1 for lane in range(run.lanes)}
        return self.wait_for_lanes(context, run, fresh_from, self.started, whole_run=True)

    def started(self, context: Context, event: dict[str, Any]) -> list[str]:
        run = self.run_of_plan()
        try:
            found = lanes_of(event)
            ready = [lane.cluster for lane in found.values() if lane.cluster]
            if not ready:
                raise ClusterFailed(
                    f"no cluster could be started: {found[0].given_up}", "look at the reason; `plan.json` has the request; a retry begins anew"
                )
        except DynamoDBBackupError:
            lanes.terminate(self.clients, run)  # nobody else will: a teardown does not run when its setup failed
            raise
        self._tell(context, run, ready, [lane.given_up for lane in found.values() if lane.given_up])
        return ready

    def _tell(self, context: Context, run: Run, ready: list[str], given_up: list[str]) -> None:
        self.log.info("\n".join([f"ready: {', '.join(ready)}", *roster.troubles(lanes.starts(self.store, run.root)), *given_up]))
        assert run.cluster
        log = S3Uri.parse(run.cluster["LogUri"])
        place: dict[str, Any] = {"context": context, "operator": self, **link_place(self.clients.region)}
        EmrClusterLink.persist(**place, job_flow_id=ready[0])
        EmrLogsLink.persist(**place, job_flow_id=ready[0], log_uri=f"{log.bucket}/{log.key}")
