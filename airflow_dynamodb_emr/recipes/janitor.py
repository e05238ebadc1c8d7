"""The DAG that clears away what runs have left behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG

from airflow_dynamodb_emr.operators.janitor import JanitorOperator
from airflow_dynamodb_emr.recipes.common import every_task, new_dag, people
from airflow_dynamodb_emr.settings import Settings

JANITOR = "dynamodb_janitor"
_EVERY_PASS = timedelta(minutes=10)


def janitor_dag(settings: Settings, dag_id: str = JANITOR, **kwargs: Any) -> DAG:
    """Every ten minutes: resets what no run will reset any more, terminates what no run owns any more."""
    # Not paused: it touches only what a run of ours has left behind, and a table that stays raised costs money by the hour.
    limits = {"max_active_runs": 1, "dagrun_timeout": _EVERY_PASS, "is_paused_upon_creation": False}
    schedule = _EVERY_PASS if settings.base else None  # nothing is configured yet: no red run every ten minutes
    overrides = {"schedule": schedule, "start_date": None, **limits, **people(settings, "other"), **kwargs}
    with new_dag(dag_id, "Reset tables and terminate clusters that their runs have left behind", {}, **overrides) as dag:
        JanitorOperator(task_id="sweep", base=settings.base, **{**every_task(settings), "retries": 0})  # the next pass is the retry
    return dag
