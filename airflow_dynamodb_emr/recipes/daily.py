"""The DAG that starts a backup of every configured prefix."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, task

from airflow_dynamodb_emr.identity import started_by
from airflow_dynamodb_emr.recipes.backup import BACKUP
from airflow_dynamodb_emr.recipes.common import new_dag, people
from airflow_dynamodb_emr.settings import Settings

DAILY = "dynamodb_backup_daily"
_LONGEST_DAY = timedelta(hours=23)  # a daily run that waits for ever, say for a paused DAG, must be red and not in the way of the next


def backup_daily_dag(settings: Settings, dag_id: str = DAILY, backup: str = BACKUP, **kwargs: Any) -> DAG:
    """Starts one backup run for each configured prefix, waits for all without holding a worker, and is red if any is red."""
    # Without a start date the first run is the next one: with one, unpausing the DAG would at once make up for the last.
    limits = {"max_active_runs": 1, "dagrun_timeout": _LONGEST_DAY}
    overrides = {"schedule": settings.schedule, "start_date": None, **limits, **people(settings, "daily"), **kwargs}
    with new_dag(dag_id, "Back up every configured prefix", {}, **overrides) as dag:

        @task(task_id="prefixes", retries=0)
        def each_prefix(run_id: str | None = None) -> list[dict[str, Any]]:
            if not settings.prefixes:
                raise AirflowFailException(
                    'prefixes: none is configured\nHINT: set AIRFLOW__DYNAMODB_EMR__PREFIXES to a JSON list as ["PROD_", "STAGE_"]'
                )
            return [{"conf": {"prefix": prefix}, "trigger_run_id": started_by(run_id or "", prefix)} for prefix in settings.prefixes]

        TriggerDagRunOperator.partial(
            task_id="backup",
            trigger_dag_id=backup,
            logical_date=None,  # runs of one DAG cannot share a logical date
            reset_dag_run=True,  # cleared here, the prefix is tried again there: in the same folder, and only what is missing
            wait_for_completion=True,
            deferrable=True,
            poke_interval=max(1, round(settings.poll_seconds)),
            map_index_template="{{ task.conf['prefix'] }}",
            retries=0,
        ).expand_kwargs(each_prefix())
    return dag
