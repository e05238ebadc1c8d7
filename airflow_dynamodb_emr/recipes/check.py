"""The DAG that checks, before the first night and after each change, whether a run would find everything as it needs it."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG

from airflow_dynamodb_emr import params
from airflow_dynamodb_emr.operators.check import CheckOperator
from airflow_dynamodb_emr.recipes.common import every_task, new_dag, people
from airflow_dynamodb_emr.settings import Settings

CHECK = "dynamodb_check"


def check_dag(settings: Settings, dag_id: str = CHECK, **kwargs: Any) -> DAG:
    """By hand: a task that tries each permission and looks at each setting, and is red if one is not right."""
    overrides = {**people(settings, "other"), **kwargs}
    with new_dag(dag_id, "Try every permission and setting that a run needs", params.check(settings), **overrides) as dag:
        CheckOperator(task_id="check", **{**every_task(settings), "retries": 0})
    return dag
