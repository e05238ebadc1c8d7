"""Create the EMR cluster of a run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.links.emr import EmrClusterLink, EmrLogsLink
from airflow.providers.amazon.aws.operators.emr import EmrCreateJobFlowOperator

from airflow_dynamodb_emr.aws import clusters
from airflow_dynamodb_emr.core.cluster import READY
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.names import cluster_name
from airflow_dynamodb_emr.errors import ClusterFailed, DynamoDBBackupError
from airflow_dynamodb_emr.operators.base import AwsTask, answered

if TYPE_CHECKING:
    from airflow.sdk import Context

START_TIMEOUT = timedelta(hours=1)


class _Planned(Noun, frozen=True, kw_only=True):
    run: str
    cluster: dict[str, Any] | None


class CreateClusterOperator(AwsTask, EmrCreateJobFlowOperator):
    """Returns the cluster's id once it takes steps; None when the plan needs no cluster.

    The request is the plan's. Unlike the Amazon provider's operator it looks for the cluster of this run before it creates one,
    waits without the aiobotocore extra, and ends a cluster that did not come up: then a retry makes a new one.
    """

    template_fields = ("plan",)
    _job_flow_id: str | None = None  # what on_kill terminates

    def __init__(self, *, plan: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan

    def execute(self, context: Context) -> str | None:
        plan = self.read_plan(_Planned)
        if plan.cluster is None:
            self.log.info("no table needs a cluster")
            return None
        request = {**plan.cluster, "Name": cluster_name(plan.run)}
        self._job_flow_id = clusters.create(self.clients, request)
        self.log.info("cluster %s is starting", self._job_flow_id)
        self._link(context, self._job_flow_id, request["LogUri"])
        return self.wait(context, "cluster_started", self._job_flow_id, START_TIMEOUT, self.started, cluster=self._job_flow_id)

    def started(self, context: Context, event: dict[str, Any]) -> str:  # noqa: ARG002 - Airflow's signature
        cluster: str = event["cluster"]
        try:
            state = answered(event, f"cluster {cluster}")
            if state["state"] not in READY:
                raise ClusterFailed(f"cluster {cluster} is {state['state']}: {state['reason']}", "look at the reason; a retry makes a new cluster")
        except DynamoDBBackupError:
            clusters.terminate(self.clients.emr, cluster)  # nobody else will: a teardown does not run when its setup failed
            raise
        return cluster

    def _link(self, context: Context, cluster: str, logs: str) -> None:
        hook, log = self.hook, S3Uri.parse(logs)
        place: dict[str, Any] = {"context": context, "operator": self, "region_name": hook.conn_region_name, "aws_partition": hook.conn_partition}
        EmrClusterLink.persist(**place, job_flow_id=cluster)
        EmrLogsLink.persist(**place, job_flow_id=cluster, log_uri=f"{log.bucket}/{log.key}")
