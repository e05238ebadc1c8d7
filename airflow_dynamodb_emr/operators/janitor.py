"""Janitor: what no run does any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.aws import janitor
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.operators.base import AwsOperator, no_retry_for_bad_input, now

if TYPE_CHECKING:
    from airflow.sdk import Context


class JanitorOperator(AwsOperator):
    """Resets each table in the ledger whose run is over, and terminates the clusters of such runs. Returns a line for each."""

    def __init__(self, *, base: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.base = base

    @no_retry_for_bad_input
    def execute(self, context: Context) -> list[str]:
        lines = janitor.sweep(self.clients, S3Uri.parse(self.base, "base"), lambda run: _is_active(context, run), now())
        self.log.info("\n".join(lines) or "nothing to reset, nothing to terminate")
        return lines


def _is_active(context: Context, run: str) -> bool | None:
    """None for a run that this Airflow does not know."""
    dag_id, _, run_id = run.partition("/")
    if context["ti"].get_dr_count(dag_id=dag_id, run_ids=[run_id], states=["queued", "running"]):
        return True
    return False if context["ti"].get_dr_count(dag_id=dag_id, run_ids=[run_id]) else None
