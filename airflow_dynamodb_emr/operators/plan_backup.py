"""Plan a backup: look at everything, decide everything, write it down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.aws import elsewhere, planning
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.report import plan_lines
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.forms import backup_request
from airflow_dynamodb_emr.operators.base import AwsOperator, PlanOperator, no_retry_for_bad_input, now, run_of, says_why, time_of

if TYPE_CHECKING:
    from airflow.sdk import Context


class PlanBackupOperator(AwsOperator):
    """Returns the names of the tables that are spiked, and the plan's URI under the XCom key `plan`.

    Bad input fails at once, before anything is touched or spent. A run that is tried or cleared again keeps to its first plan.
    """

    @says_why
    @no_retry_for_bad_input
    def execute(self, context: Context) -> list[str]:
        _refuse_the_past(context)
        request = backup_request(self.settings, context["params"], self.clients)
        plan = planning.commit(self.store, planning.draft(self.clients, request, run_of(context), time_of(context), now()))
        elsewhere.note(self.store, self.settings.base, plan.base)
        self.log.info("\n".join([f"into {plan.folder}", *plan_lines(plan)]))
        context["ti"].xcom_push(key="plan", value=str(plan.root.plan))
        return plan.spiked


class BatchesOperator(PlanOperator):
    """Returns the tables that are dumped as they are, in groups: each group is one task, because a task costs Airflow more than a small table."""

    def __init__(self, *, on_cluster: bool, **kwargs: Any) -> None:
        """Those that a cluster dumps, or those that need none: these do not wait for one, and no cluster waits for them."""
        super().__init__(**kwargs)
        self.on_cluster = on_cluster

    def execute(self, context: Context) -> list[list[str]]:  # noqa: ARG002 - Airflow's signature
        return self.read_plan(BackupPlan).batches_of(self.on_cluster)


def _refuse_the_past(context: Context) -> None:
    """A backfill would put today's items into a folder of last week, and a restore of last week would believe it."""
    if context["dag_run"].run_type == "backfill":
        raise BadInput("a backup can only be made of now, not of a date in the past", "trigger the DAG instead; backfills are for restores")
