"""The watchdog of a run's cluster."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.sensors.emr import EmrJobFlowSensor

from airflow_dynamodb_emr.aws import clusters
from airflow_dynamodb_emr.core.report import columns
from airflow_dynamodb_emr.errors import ClusterFailed
from airflow_dynamodb_emr.operators.base import AwsTask, answered, given

if TYPE_CHECKING:
    from airflow.sdk import Context

LONGEST_RUN = timedelta(days=2)


class WatchSensor(AwsTask, EmrJobFlowSensor):
    """Follows the cluster until it has ended, then reports what each of its steps became.

    Unlike the Amazon provider's sensor it waits without a worker and without the aiobotocore extra. A terminated cluster is
    no proof of its steps' success: whether the tables are whole is for `verify` to say.
    """

    operator_extra_links = ()  # type: ignore[assignment] # `create_cluster` has them

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(deferrable=False, **kwargs)

    def execute(self, context: Context) -> dict[str, int]:  # type: ignore[override] # what it returns is its XCom
        if not given(self.job_flow_id):
            self.log.info("there was no cluster")
            return {}
        return self.wait(context, "cluster_ended", self.job_flow_id, LONGEST_RUN, self.ended)

    def ended(self, context: Context, event: dict[str, Any]) -> dict[str, int]:  # noqa: ARG002 - Airflow's signature
        """Returns how many steps ended in which state."""
        state = answered(event, f"cluster {self.job_flow_id}")
        steps = clusters.list_steps(self.clients.emr, self.job_flow_id)
        rows = [(step.name, step.id, step.state, f"{step.seconds:.1f} s", step.reason) for step in steps]
        self.log.info("cluster %s is %s (%s), %s steps", self.job_flow_id, state["state"], state["reason"], len(steps))
        self.log.info("\n".join(columns([("step", "id", "state", "time", "reason"), *rows], left={0, 1, 2, 4})))
        if state["state"] != "TERMINATED":
            raise ClusterFailed(
                f"cluster {self.job_flow_id} is {state['state']}: {state['reason']}", "the tables that it left undone are named by the last task"
            )
        return {state: sum(step.state == state for step in steps) for state in {step.state for step in steps}}
