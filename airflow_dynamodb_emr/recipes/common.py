"""What every DAG of this package shares: its defaults, the connection of each task, and where a task finds the plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import DAG, TriggerRule
from airflow.sdk.definitions.deadline import AsyncCallback, DeadlineAlert, DeadlineReference  # type: ignore[attr-defined]

from airflow_dynamodb_emr.notifier import BackupNotifier
from airflow_dynamodb_emr.operators.create_cluster import CreateClusterOperator
from airflow_dynamodb_emr.operators.terminate_cluster import TerminateClusterOperator
from airflow_dynamodb_emr.sensors import WatchSensor
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.telling import Kind

PLAN = "{{ ti.xcom_pull(task_ids='plan', key='plan') }}"
# Of what could run now the later task goes first: resets before dumps before spikes.
DEPTH_FIRST = {"weight_rule": "upstream"}
NO_PREFIX = """prefixes: none is configured, and the form names none
HINT: set AIRFLOW__DYNAMODB_EMR__PREFIXES to a JSON list as ["PROD_", "STAGE_"], or fill in the form"""
ALWAYS = TriggerRule.ALL_DONE
_START = pendulum.datetime(2026, 1, 1, tz="UTC")
_RUNS_AT_ONCE = 32


def new_dag(dag_id: str, description: str, form: dict[str, Any], **overrides: Any) -> DAG:
    defaults: dict[str, Any] = {"start_date": _START, "catchup": False, "max_active_runs": _RUNS_AT_ONCE, "tags": ["dynamodb", "backup"]}
    schedule = overrides.pop("schedule", None)
    if schedule is None:
        defaults["is_paused_upon_creation"] = False  # it does nothing by itself, and paused it would keep the daily DAG waiting
    return DAG(dag_id, schedule=schedule, description=description, params=form, **{**defaults, **overrides})


def people(settings: Settings, of: Kind) -> dict[str, Any]:
    """Who is told how a run of this kind ended, and by when it must have. A good end is told of backups and restores alone."""
    if not settings.notify_topic:
        return {}
    notifier = BackupNotifier(topic=settings.notify_topic, of=of)
    always = {"on_success_callback": notifier} if settings.notify_on == "always" and of != "other" else {}
    return {"on_failure_callback": notifier, **always, **_deadline(settings, of)}


def _deadline(settings: Settings, of: Kind) -> dict[str, Any]:
    """Counted from when a run is queued: in Airflow 3.1 a run without a logical date cannot be started where a deadline counts from that."""
    after = {"backup": settings.backup_after, "daily": settings.daily_after}.get(of)
    if after is None:
        return {}
    callback = AsyncCallback(BackupNotifier, kwargs={"topic": settings.notify_topic, "of": of})
    return {"deadline": DeadlineAlert(reference=DeadlineReference.DAGRUN_QUEUED_AT, interval=after, callback=callback)}


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
