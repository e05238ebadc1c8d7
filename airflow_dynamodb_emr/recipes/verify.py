"""The DAG that looks at backups in S3: are they still restorable."""

from __future__ import annotations

from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import DAG, task

from airflow_dynamodb_emr import params
from airflow_dynamodb_emr.operators.verify_backup import VerifyBackupOperator
from airflow_dynamodb_emr.recipes.common import NO_PREFIX, every_task, new_dag, people
from airflow_dynamodb_emr.settings import Settings

VERIFY = "dynamodb_verify"
_AT_ONCE = 2  # prefixes; each reads as fast as it can


def verify_dag(settings: Settings, dag_id: str = VERIFY, **kwargs: Any) -> DAG:
    """By schedule the newest good backup of each configured prefix, every part of it; by hand, what the form says."""
    schedule = settings.verify_schedule if settings.prefixes else None  # nothing is configured yet: no red run every week
    overrides = {"schedule": schedule, "start_date": None, "max_active_runs": 1, **people(settings, "other"), **kwargs}
    with new_dag(dag_id, "Verify backups: read them back and hold them against what they should be", params.verify(settings), **overrides) as dag:

        @task(task_id="backups", retries=0)
        def backups(params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
            """What to look at: the form's, or the newest good backup of each configured prefix."""
            form = {field: given for field, given in (params or {}).items() if given is not None}
            if form.get("prefix") or str(form.get("backup")).startswith("s3"):
                return [form]
            if not settings.prefixes:
                raise AirflowFailException(NO_PREFIX)
            return [{**form, "prefix": prefix, "app": ""} for prefix in settings.prefixes]

        VerifyBackupOperator.partial(task_id="verify", max_active_tis_per_dagrun=_AT_ONCE, **every_task(settings)).expand_kwargs(backups())
    return dag
