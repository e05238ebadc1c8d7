"""Check: whether a run would find everything as it needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.common.compat.sdk import AirflowFailException
from msgspec import to_builtins

from airflow_dynamodb_emr.aws.checks import everything
from airflow_dynamodb_emr.core import findings
from airflow_dynamodb_emr.operators.base import AwsOperator, no_retry_for_bad_input, says_why

if TYPE_CHECKING:
    from airflow.sdk import Context


class CheckOperator(AwsOperator):
    """Logs a line for each thing that was looked at, and fails for those that are not as they should be. All are in the XCom `findings`.

    It works as Airflow's own connection does, in a worker: what it finds is what a run's tasks will find.
    """

    @says_why
    @no_retry_for_bad_input
    def execute(self, context: Context) -> None:
        form = context["params"]
        settings = self.settings.with_form(form)
        wanted = settings.checklist(str(form.get("prefix") or ""), list(form.get("purposes") or []))
        found = list(everything.check(self.clients, wanted))
        self.log.info("\n".join([*findings.lines(found), findings.summary(found)]))
        context["ti"].xcom_push(key="findings", value=to_builtins(found))
        bad = findings.failed(found)
        if bad:
            raise AirflowFailException("\n".join([findings.summary(found), *findings.lines(bad)]))  # time does not cure it
