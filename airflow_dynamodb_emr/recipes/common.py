"""What every DAG of this package shares: its defaults, the connection of each task, and where a task finds the plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import DAG, TriggerRule

from airflow_dynamodb_emr.operators.create_cluster import CreateClusterOperator
from airflow_dynamodb_emr.operators.terminate_cluster import TerminateClusterOperator
from airflow_dynamodb_emr.sensors import WatchSensor
from airflow_dynamodb_emr.settings import Settings

PLAN = "{{ ti.xcom_pull(task_ids='plan', key='plan') }}"
# Of what could run now the later task goes first: resets before dumps before spikes.
DEPTH_FIRST = {"weight_rule": "upstream"}
ALWAYS = TriggerRule.ALL_DONE
_START = pendulum.datetime(2026, 1, 1, tz="UTC")
_RUNS_AT_ONCE = 32


def new_dag(dag_id: str, description: str, form: dict[str, Any], **overrides: Any) -> DAG:
    defaults: dict[str, Any] = {"start_date": _START, "catchup": False, "max_active_runs": _RUNS_AT_ONCE, "tags": ["dynamodb", "backup"]}
    schedule = overrides.pop("schedule", None)
    if schedule is None:
        defaults["is_paused_upon_creation"] = False  # it does nothing by itself, and paused it would keep the daily DAG waiting
    return DAG(dag_id, schedule=schedule, description=description, params=form, **{**defaults, **overrides})


def cluster_tasks(aws: dict[str, Any]) -> tuple[CreateClusterOperator, WatchSensor, TerminateClusterOperator]:
    create = CreateClusterOperator(task_id="create_cluster", plan=PLAN, **{**aws, "retries": 2 * aws["retries"]}).as_setup()  # type: ignore[no-untyped-call]
    watch = WatchSensor(task_id="watch", plan=PLAN, trigger_rule=ALWAYS, **aws)
    terminate = TerminateClusterOperator(task_id="terminate_cluster", plan=PLAN, **aws).as_teardown(setups=create)
    return create, watch, terminate


def every_task(settings: Settings) -> dict[str, Any]:
    return {
        "aws_conn_id": settings.aws_conn_id,
        "region_name": settings.region or None,
        "retries": settings.retries,
        "retry_delay": timedelta(seconds=settings.retry_seconds),
    }
