"""The DAG of a backup: one prefix, one backup."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, task_group

from airflow_dynamodb_emr import params
from airflow_dynamodb_emr.operators.dump import DumpOperator
from airflow_dynamodb_emr.operators.plan_backup import BatchesOperator, PlanBackupOperator
from airflow_dynamodb_emr.operators.prove import ProveOperator
from airflow_dynamodb_emr.operators.publish import PublishBackupOperator
from airflow_dynamodb_emr.operators.reset import ResetOperator
from airflow_dynamodb_emr.operators.spike import SpikeOperator
from airflow_dynamodb_emr.operators.step import LABEL
from airflow_dynamodb_emr.recipes.common import ALWAYS, DEPTH_FIRST, PLAN, cluster_tasks, every_task, new_dag, people
from airflow_dynamodb_emr.settings import Settings

BACKUP = "dynamodb_backup"


def backup_dag(settings: Settings, dag_id: str = BACKUP, **kwargs: Any) -> DAG:
    """One prefix: one backup. Started by hand, by the daily DAG, or by anything that can trigger a DAG run."""
    aws = every_task(settings)
    with new_dag(
        dag_id, "Back up the DynamoDB tables of one prefix to S3", params.backup(settings), **{**people(settings, "backup"), **kwargs}
    ) as dag:
        plan = PlanBackupOperator(task_id="plan", **aws)
        cluster, watch, terminate = cluster_tasks(aws)

        @task_group(group_id="table")
        def table(name: str) -> None:
            spike = SpikeOperator(task_id="spike", table=name, plan=PLAN, **aws, **DEPTH_FIRST).as_setup()  # type: ignore[no-untyped-call]
            dump = DumpOperator(task_id="dump", tables=[name], plan=PLAN, **aws, **DEPTH_FIRST)
            reset = ResetOperator(task_id="reset", table=name, plan=PLAN, **aws, **DEPTH_FIRST).as_teardown(setups=spike)
            spike >> dump >> reset

        batches = BatchesOperator(task_id="batches", on_cluster=True, plan=PLAN, **aws)
        dumps = DumpOperator.partial(task_id="dump", plan=PLAN, map_index_template=LABEL, **aws).expand(tables=batches.output)
        copies = BatchesOperator(task_id="copies", on_cluster=False, plan=PLAN, **aws)
        copy = DumpOperator.partial(task_id="copy", plan=PLAN, map_index_template=LABEL, **aws).expand(tables=copies.output)
        verify = ProveOperator(task_id="verify", plan=PLAN, trigger_rule=ALWAYS, **aws)
        publish = PublishBackupOperator(
            task_id="publish", plan=PLAN, verify="verify", spike="table.spike", reset="table.reset", trigger_rule=ALWAYS, **aws
        )
        tables = table.expand(name=plan.output)
        plan >> batches >> dumps
        plan >> copies >> copy >> verify  # neither they nor a cluster wait for each other
        plan >> cluster >> [tables, dumps] >> terminate >> watch >> verify >> publish
        dag.get_task("table.reset") >> publish  # what waits for a group does not wait for its teardowns
        [dag.get_task("table.dump"), dumps] >> publish  # else, with teardowns alone behind them, their states would count for the run's
    return dag
