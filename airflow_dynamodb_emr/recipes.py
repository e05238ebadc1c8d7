"""The DAGs, as recipes: settings in, DAG out. A DAG file is a call of one of these."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, TriggerRule, task, task_group

from airflow_dynamodb_emr import params
from airflow_dynamodb_emr.operators.create_cluster import CreateClusterOperator
from airflow_dynamodb_emr.operators.create_table import CreateTableOperator
from airflow_dynamodb_emr.operators.dump import DumpOperator
from airflow_dynamodb_emr.operators.janitor import JanitorOperator
from airflow_dynamodb_emr.operators.load import LoadOperator
from airflow_dynamodb_emr.operators.plan_backup import BatchesOperator, PlanBackupOperator
from airflow_dynamodb_emr.operators.plan_restore import PlanRestoreOperator
from airflow_dynamodb_emr.operators.publish import PublishBackupOperator
from airflow_dynamodb_emr.operators.report import ReportRestoreOperator
from airflow_dynamodb_emr.operators.reset import ResetOperator
from airflow_dynamodb_emr.operators.spike import SpikeOperator
from airflow_dynamodb_emr.operators.step import LABEL
from airflow_dynamodb_emr.operators.terminate_cluster import TerminateClusterOperator
from airflow_dynamodb_emr.operators.verify import VerifyOperator
from airflow_dynamodb_emr.sensors import WatchSensor
from airflow_dynamodb_emr.settings import Settings

BACKUP, RESTORE, DAILY, JANITOR = "dynamodb_backup", "dynamodb_restore", "dynamodb_backup_daily", "dynamodb_janitor"
_START = pendulum.datetime(2026, 1, 1, tz="UTC")
_PLAN = "{{ ti.xcom_pull(task_ids='plan', key='plan') }}"
_RUNS_AT_ONCE = 32
# Of what could run now the later task goes first: resets before dumps before spikes.
_DEPTH_FIRST = {"weight_rule": "upstream"}
_LONGEST_DAY = timedelta(hours=23)  # a daily run that waits for ever, say for a paused DAG, must be red and not in the way of the next
_EVERY_PASS = timedelta(minutes=10)
_ALWAYS = TriggerRule.ALL_DONE


def backup_dag(settings: Settings, dag_id: str = BACKUP, **kwargs: Any) -> DAG:
    """One prefix: one backup. Started by hand, by the daily DAG, or by anything that can trigger a DAG run."""
    aws = _every_task(settings)
    with _dag(dag_id, "Back up the DynamoDB tables of one prefix to S3", params.backup(settings), **kwargs) as dag:
        plan = PlanBackupOperator(task_id="plan", **aws)
        cluster, watch, terminate = _cluster(aws)

        @task_group(group_id="table")
        def table(name: str) -> None:
            spike = SpikeOperator(task_id="spike", table=name, plan=_PLAN, **aws, **_DEPTH_FIRST).as_setup()  # type: ignore[no-untyped-call]
            dump = DumpOperator(task_id="dump", tables=[name], plan=_PLAN, **aws, **_DEPTH_FIRST)
            reset = ResetOperator(task_id="reset", table=name, plan=_PLAN, **aws, **_DEPTH_FIRST).as_teardown(setups=spike)
            spike >> dump >> reset

        batches = BatchesOperator(task_id="batches", on_cluster=True, plan=_PLAN, **aws)
        dumps = DumpOperator.partial(task_id="dump", plan=_PLAN, map_index_template=LABEL, **aws).expand(tables=batches.output)
        copies = BatchesOperator(task_id="copies", on_cluster=False, plan=_PLAN, **aws)
        copy = DumpOperator.partial(task_id="copy", plan=_PLAN, map_index_template=LABEL, **aws).expand(tables=copies.output)
        verify = VerifyOperator(task_id="verify", plan=_PLAN, trigger_rule=_ALWAYS, **aws)
        publish = PublishBackupOperator(
            task_id="publish", plan=_PLAN, verify="verify", spike="table.spike", reset="table.reset", trigger_rule=_ALWAYS, **aws
        )
        tables = table.expand(name=plan.output)
        plan >> batches >> dumps
        plan >> copies >> copy >> verify  # neither they nor a cluster wait for each other
        plan >> cluster >> [tables, dumps] >> terminate >> watch >> verify >> publish
        dag.get_task("table.reset") >> publish  # what waits for a group does not wait for its teardowns
        [dag.get_task("table.dump"), dumps] >> publish  # else, with teardowns alone behind them, their states would count for the run's
    return dag


def restore_dag(settings: Settings, dag_id: str = RESTORE, **kwargs: Any) -> DAG:
    """One backup, or some of its tables, into tables."""
    aws = _every_task(settings)
    with _dag(dag_id, "Restore DynamoDB tables from a backup in S3", params.restore(settings), **kwargs) as dag:
        plan = PlanRestoreOperator(task_id="plan", **aws)
        cluster, watch, terminate = _cluster(aws)

        @task_group(group_id="table")
        def table(name: str) -> None:
            create = CreateTableOperator(task_id="create_table", table=name, plan=_PLAN, **aws, **_DEPTH_FIRST)
            spike = SpikeOperator(task_id="spike", table=name, plan=_PLAN, **aws, **_DEPTH_FIRST).as_setup()  # type: ignore[no-untyped-call]
            load = LoadOperator(task_id="load", tables=[name], plan=_PLAN, **aws, **_DEPTH_FIRST)
            reset = ResetOperator(task_id="reset", table=name, plan=_PLAN, **aws, **_DEPTH_FIRST).as_teardown(setups=spike)
            create >> spike >> load >> reset

        report = ReportRestoreOperator(task_id="report", plan=_PLAN, spike="table.spike", reset="table.reset", trigger_rule=_ALWAYS, **aws)
        tables = table.expand(name=plan.output)
        plan >> cluster >> tables >> terminate >> watch >> report
        dag.get_task("table.reset") >> report
        dag.get_task("table.load") >> report
    return dag


def backup_daily_dag(settings: Settings, dag_id: str = DAILY, backup: str = BACKUP, **kwargs: Any) -> DAG:
    """Starts one backup run for each configured prefix, waits for all without holding a worker, and is red if any is red."""
    # Without a start date the first run is the next one: with one, unpausing the DAG would at once make up for the last.
    limits = {"max_active_runs": 1, "dagrun_timeout": _LONGEST_DAY}
    overrides = {"schedule": settings.schedule, "start_date": None, **limits, **kwargs}
    with _dag(dag_id, "Back up every configured prefix", {}, **overrides) as dag:

        @task(task_id="prefixes", retries=0)
        def each_prefix(run_id: str | None = None) -> list[dict[str, Any]]:
            if not settings.prefixes:
                raise AirflowFailException(
                    'prefixes: none is configured\nHINT: set AIRFLOW__DYNAMODB_EMR__PREFIXES to a JSON list as ["PROD_", "STAGE_"]'
                )
            return [{"conf": {"prefix": prefix}, "trigger_run_id": f"{run_id}__{prefix}"} for prefix in settings.prefixes]

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


def janitor_dag(settings: Settings, dag_id: str = JANITOR, **kwargs: Any) -> DAG:
    """Every ten minutes: resets what no run will reset any more, terminates what no run owns any more."""
    # Not paused: it touches only what a run of ours has left behind, and a table that stays raised costs money by the hour.
    limits = {"max_active_runs": 1, "dagrun_timeout": _EVERY_PASS, "is_paused_upon_creation": False}
    schedule = _EVERY_PASS if settings.base else None  # nothing is configured yet: no red run every ten minutes
    overrides = {"schedule": schedule, "start_date": None, **limits, **kwargs}
    with _dag(dag_id, "Reset tables and terminate clusters that their runs have left behind", {}, **overrides) as dag:
        JanitorOperator(task_id="sweep", base=settings.base, **{**_every_task(settings), "retries": 0})  # the next pass is the retry
    return dag


def _dag(dag_id: str, description: str, form: dict[str, Any], **overrides: Any) -> DAG:
    defaults: dict[str, Any] = {"start_date": _START, "catchup": False, "max_active_runs": _RUNS_AT_ONCE, "tags": ["dynamodb", "backup"]}
    schedule = overrides.pop("schedule", None)
    if schedule is None:
        defaults["is_paused_upon_creation"] = False  # it does nothing by itself, and paused it would keep the daily DAG waiting
    return DAG(dag_id, schedule=schedule, description=description, params=form, **{**defaults, **overrides})


def _cluster(aws: dict[str, Any]) -> tuple[CreateClusterOperator, WatchSensor, TerminateClusterOperator]:
    create = CreateClusterOperator(task_id="create_cluster", plan=_PLAN, **{**aws, "retries": 2 * aws["retries"]}).as_setup()  # type: ignore[no-untyped-call]
    watch = WatchSensor(task_id="watch", plan=_PLAN, trigger_rule=_ALWAYS, **aws)
    terminate = TerminateClusterOperator(task_id="terminate_cluster", plan=_PLAN, **aws).as_teardown(setups=create)
    return create, watch, terminate


def _every_task(settings: Settings) -> dict[str, Any]:
    return {
        "aws_conn_id": settings.aws_conn_id,
        "region_name": settings.region or None,
        "retries": settings.retries,
        "retry_delay": timedelta(seconds=settings.retry_seconds),
    }
