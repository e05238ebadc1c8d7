"""The dump of a prefix as it is written without this package: the Amazon provider's operators, one step and one sensor for each table.

It is the fair one of its kind: the cluster and the steps are those of `dynamodb_backup`, retries are usual ones, and each table goes on by
itself when another has failed. It has no plan, no spikes, looks for nothing that an earlier try has left, and believes EMR's word.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3
import pendulum
from airflow.providers.amazon.aws.operators.emr import EmrAddStepsOperator, EmrCreateJobFlowOperator, EmrTerminateJobFlowOperator
from airflow.providers.amazon.aws.sensors.emr import EmrStepSensor
from airflow.sdk import DAG, task, task_group

from airflow_dynamodb_emr import Settings
from airflow_dynamodb_emr.aws.tables import list_tables
from airflow_dynamodb_emr.core.names import step_name
from airflow_dynamodb_emr.core.steps import dump_step

LONGEST = timedelta(seconds=900)
CLUSTER = "{{ ti.xcom_pull(task_ids='create_cluster') }}"
settings = Settings.from_config()
region = {"region_name": settings.region}

with DAG(
    "plain_emr",
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    is_paused_upon_creation=False,
    params={"prefix": ""},
    dagrun_timeout=LONGEST,
    default_args={"retries": 3, "retry_delay": timedelta(seconds=30)},
) as dag:

    @task
    def steps(params: dict[str, Any] | None = None) -> list[list[dict[str, Any]]]:
        prefix, base = (params or {})["prefix"], settings.base_uri / "plain"
        names = [name for name in list_tables(boto3.client("dynamodb", region_name=settings.region)) if name.startswith(prefix)]
        return [[dump_step(step_name(name, 1), settings.connector_jar, settings.region, name, base / name, 0.5, 1)] for name in names]

    create_cluster = EmrCreateJobFlowOperator(
        task_id="create_cluster",
        job_flow_overrides={"Name": "plain", **settings.cluster({}).request("plain", settings.logs)},
        emr_conn_id=None,
        **region,
    )
    # A teardown, because a run that ends in a task for "all done" is green whatever has failed before.
    terminate_cluster = EmrTerminateJobFlowOperator(task_id="terminate_cluster", job_flow_id=CLUSTER, **region)
    terminate_cluster.as_teardown(setups=create_cluster)

    @task_group(group_id="table")
    def table(step: list[dict[str, Any]]) -> None:
        add = EmrAddStepsOperator(task_id="add", job_flow_id=CLUSTER, steps=step, **region)
        # Rescheduled, a sensor holds a worker for a look and not for the wait; to be deferrable it would need aiobotocore, which pins botocore.
        # It looks as often as `dynamodb_backup` does, and hardly ever twice, because steps are short.
        done = EmrStepSensor(
            task_id="done",
            job_flow_id=CLUSTER,
            step_id="{{ ti.xcom_pull(task_ids='table.add', map_indexes=ti.map_index)[0] }}",
            mode="reschedule",
            poke_interval=settings.poll_seconds,
            **region,
        )
        add >> done

    create_cluster >> table.expand(step=steps()) >> terminate_cluster
