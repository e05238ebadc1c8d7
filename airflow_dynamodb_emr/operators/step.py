"""What dump and load share: the EMR step of one table, submitted and waited for together with all others of its cluster."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.providers.common.compat.sdk import TaskDeferred

from airflow_dynamodb_emr.aws import steplog
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.names import step_name
from airflow_dynamodb_emr.core.steps import COMPLETED
from airflow_dynamodb_emr.errors import ClusterFailed, StepFailed
from airflow_dynamodb_emr.links import StepLogLink
from airflow_dynamodb_emr.operators.base import SLACK, TableOperator
from airflow_dynamodb_emr.triggers import StepTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_dynamodb_emr.core.plan import BackupPlan
    from airflow_dynamodb_emr.core.restore import RestorePlan

LONGEST_STEP = timedelta(hours=24)
PENDING_AHEAD = 10  # steps that wait on the cluster, so that none of its lanes is ever idle between two looks


class StepOperator(TableOperator):
    """A retry is a new attempt in a new folder, but joins an earlier attempt that still lives or has succeeded."""

    template_fields = ("plan", "table", "cluster")
    operator_extra_links = (StepLogLink(),)

    def __init__(self, *, cluster: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cluster = cluster

    def follow(self, context: Context, plan: BackupPlan | RestorePlan, step: dict[str, Any], first: bool) -> NoReturn:
        """*first*: its table is raised, and costs money while it waits."""
        attempt = context["ti"].try_number
        earlier = [step_name(self.table, number) for number in range(1, attempt)]
        window = plan.concurrency + PENDING_AHEAD
        StepLogLink.show(context, self, S3Uri.parse(plan.logs) / self.cluster / "steps", self.clients.region)
        trigger = StepTrigger(self.connection, self.settings.poll_seconds, {"logs": plan.logs}, self.cluster, step, earlier, window, first)
        raise TaskDeferred(trigger=trigger, method_name="ended", timeout=LONGEST_STEP + SLACK)

    def ended(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:
        """Returns the id of the step; raises StepFailed or ClusterFailed with the reason."""
        if "error" in event:
            raise ClusterFailed(event["error"])
        log = steplog.uri(S3Uri.parse(event["logs"]), self.cluster, event["id"])
        StepLogLink.show(context, self, log, self.clients.region)
        if event["state"] != COMPLETED:
            raise StepFailed(
                f"{self.table}: step {event['id']} on {self.cluster} is {event['state']}: {event['reason'] or 'no reason given'}", f"its log: {log}"
            )
        self.log.info("%s: step %s on %s is %s", self.table, event["id"], self.cluster, event["state"])
        return {"step": event["id"], "name": event["name"]}
