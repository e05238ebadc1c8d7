"""The DAG of retention: forgets what the policy does not keep, and deletes the data of what is forgotten."""

from __future__ import annotations

from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import DAG, task, task_group

from airflow_dynamodb_emr import params
from airflow_dynamodb_emr.operators.forget import ForgetOperator
from airflow_dynamodb_emr.operators.prune import PruneOperator
from airflow_dynamodb_emr.recipes.common import NO_PREFIX, every_task, new_dag, people
from airflow_dynamodb_emr.settings import Settings

RETENTION = "dynamodb_retention"


def retention_dag(settings: Settings, dag_id: str = RETENTION, **kwargs: Any) -> DAG:
    """For each configured prefix: forget, then prune; by hand also a dry run, or one prefix alone."""
    aws, by_itself = every_task(settings), settings.base and settings.prefixes and settings.retains  # else there is nothing to do
    schedule = settings.retention_schedule if by_itself else None
    limits = {"max_active_runs": 1}  # two passes at once do no harm, and no good either
    overrides = {"schedule": schedule, "start_date": None, **limits, **people(settings, "other"), **kwargs}
    with new_dag(dag_id, "Forget the backups that the policy does not keep, and delete their data", params.retention(settings), **overrides) as dag:

        @task(task_id="prefixes", retries=0)
        def each_prefix(params: dict[str, Any] | None = None) -> list[str]:
            prefixes = [params["prefix"]] if params and params.get("prefix") else settings.prefixes
            if not prefixes:
                raise AirflowFailException(NO_PREFIX)
            return prefixes

        @task_group(group_id="prefix")
        def prefix(name: str) -> None:
            told = {"prefix": name, "rehearse": "{{ params.dry_run }}", **aws}
            ForgetOperator(task_id="forget", **told) >> PruneOperator(task_id="prune", **told)

        prefix.expand(name=each_prefix())
    return dag
