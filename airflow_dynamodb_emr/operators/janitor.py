"""Janitor: what no run does any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws import janitor
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import DynamoDBBackupError
from airflow_dynamodb_emr.identity import airflow_id, parsed
from airflow_dynamodb_emr.operators.base import AwsOperator, no_retry_for_bad_input, now, says_why

if TYPE_CHECKING:
    from airflow.sdk import Context

_HINT = "the next pass, ten minutes after this one, tries again; until one succeeds, tables that an ended run has left raised stay so, and cost"
PASS_TIMEOUT = timedelta(minutes=8)  # the next pass begins every ten


class JanitorOperator(AwsOperator):
    """Resets each table in the ledger whose run is over, and terminates the clusters of such runs. Returns a line for each.

    A pass ends when all it has asked for is there, or when waiting has taken too long: the next pass goes on then.
    """

    def __init__(self, *, base: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.base = base

    def execute(self, context: Context) -> list[str]:
        return self.go_on(context, {})

    @no_retry_for_bad_input
    def go_on(self, context: Context, event: dict[str, Any]) -> list[str]:
        lines = self._sweep(context)
        self.log.info("\n".join(lines) or "nothing more to reset, nothing more to terminate")
        done, begun = event.get("done", []), event.get("begun", now().timestamp())
        waiting = [line.partition(":")[0] for line in lines if janitor.UNDER_WAY in line]
        if not waiting or "timeout" in event or "error" in event:
            return [*done, *lines]
        done += [line for line in lines if janitor.UNDER_WAY not in line]
        left = PASS_TIMEOUT - timedelta(seconds=now().timestamp() - begun)
        return self.wait(context, "tables_settled", waiting, left, self.go_on, done=done, begun=begun)

    @says_why
    def _sweep(self, context: Context) -> list[str]:
        try:
            return janitor.sweep(self.clients, S3Uri.parse(self.base, "base"), lambda run: _is_active(context, run), now())
        except (ClientError, BotoCoreError) as error:
            raise DynamoDBBackupError(f"this pass was cut off: {error}", _HINT) from error


def _is_active(context: Context, run: str) -> bool | None:
    """None for a run of another Airflow. One of ours that is not there any more was deleted."""
    dag_id, run_id, airflow = parsed(run)
    if airflow != airflow_id():
        return None
    return bool(context["ti"].get_dr_count(dag_id=dag_id, run_ids=[run_id], states=["queued", "running"]))
