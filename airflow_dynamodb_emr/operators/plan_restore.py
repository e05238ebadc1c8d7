"""Plan a restore: which dump into which table, by which engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dynamodb_emr.aws import elsewhere, restoring
from airflow_dynamodb_emr.core.report import restore_plan_lines
from airflow_dynamodb_emr.core.restore import RestorePlan
from airflow_dynamodb_emr.forms import restore_request
from airflow_dynamodb_emr.operators.base import AwsOperator, no_retry_for_bad_input, now, run_of, says_why

if TYPE_CHECKING:
    from airflow.sdk import Context


class PlanRestoreOperator(AwsOperator):
    """Returns the names of the tables to load, and the plan's URI under the XCom key `plan`. Bad input fails at once, before anything is touched."""

    @says_why
    @no_retry_for_bad_input
    def execute(self, context: Context) -> list[str]:
        plan = self._plan(context)
        self.log.info("\n".join([f"from {plan.backup}", *restore_plan_lines(plan)]))
        context["ti"].xcom_push(key="plan", value=str(plan.root.plan))
        return [table.name for table in plan.tables]

    def _plan(self, context: Context) -> RestorePlan:
        request = restore_request(self.settings, context["params"], self.clients)
        plan = restoring.known(self.store, request, run_of(context)) or restoring.draft(self.clients, request, run_of(context), now())
        restoring.commit(self.store, plan, now())
        elsewhere.note(self.store, self.settings.base, plan.base)
        return plan
