"""The DAG of a restore: one backup, or some of its tables, into tables."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, task_group

from airflow_dynamodb_emr import params
from airflow_dynamodb_emr.operators.apply_settings import ApplySettingsOperator
from airflow_dynamodb_emr.operators.create_table import CreateTableOperator
from airflow_dynamodb_emr.operators.load import LoadOperator
from airflow_dynamodb_emr.operators.plan_restore import PlanRestoreOperator
from airflow_dynamodb_emr.operators.report import ReportRestoreOperator
from airflow_dynamodb_emr.operators.reset import ResetOperator
from airflow_dynamodb_emr.operators.spike import SpikeOperator
from airflow_dynamodb_emr.recipes.common import ALWAYS, DEPTH_FIRST, PLAN, cluster_tasks, every_task, new_dag, people
from airflow_dynamodb_emr.settings import Settings

RESTORE = "dynamodb_restore"


def restore_dag(settings: Settings, dag_id: str = RESTORE, **kwargs: Any) -> DAG:
    """One backup, or some of its tables, into tables."""
    aws = every_task(settings)
    with new_dag(dag_id, "Restore DynamoDB tables from a backup in S3", params.restore(settings), **{**people(settings, "restore"), **kwargs}) as dag:
        plan = PlanRestoreOperator(task_id="plan", **aws)
        cluster, watch, terminate = cluster_tasks(aws)

        @task_group(group_id="table")
        def table(name: str) -> None:
            create = CreateTableOperator(task_id="create_table", table=name, plan=PLAN, **aws, **DEPTH_FIRST)
            spike = SpikeOperator(task_id="spike", table=name, plan=PLAN, **aws, **DEPTH_FIRST).as_setup()  # type: ignore[no-untyped-call]
            load = LoadOperator(task_id="load", tables=[name], plan=PLAN, **aws, **DEPTH_FIRST)
            reset = ResetOperator(task_id="reset", table=name, plan=PLAN, **aws, **DEPTH_FIRST).as_teardown(setups=spike)
            settings = ApplySettingsOperator(task_id="apply_settings", table=name, plan=PLAN, **aws, **DEPTH_FIRST)
            create >> spike >> load >> reset
            [load, reset] >> settings  # autoscaling would fight what is raised; reset alone is done where the load failed, too

        report = ReportRestoreOperator(task_id="report", plan=PLAN, spike="table.spike", reset="table.reset", trigger_rule=ALWAYS, **aws)
        tables = table.expand(name=plan.output)
        plan >> cluster >> tables >> report
        dag.get_task("table.load") >> terminate >> watch >> report  # no cluster waits for settings
        dag.get_task("table.reset") >> report
        dag.get_task("table.load") >> report
    return dag
