from __future__ import annotations

from collections.abc import Callable

import pytest
from airflow.sdk import DAG
from airflow.utils.types import DagRunType

from airflow_dynamodb_emr.recipes.backup import backup_dag
from airflow_dynamodb_emr.recipes.daily import backup_daily_dag
from airflow_dynamodb_emr.recipes.restore import restore_dag
from airflow_dynamodb_emr.settings import Settings


def leaves(dag: DAG) -> list[str]:
    """The tasks whose states make that of the run, as Airflow's scheduler tells them."""

    def counts(task_id: str) -> bool:
        task = dag.get_task(task_id)
        return not task.is_teardown or task.on_failure_fail_dagrun

    return [task.task_id for task in dag.tasks if counts(task.task_id) and not any(map(counts, task.downstream_task_ids))]


@pytest.mark.parametrize(("recipe", "last"), [pytest.param(backup_dag, "publish", id="backup"), pytest.param(restore_dag, "report", id="restore")])
def test_the_last_task_alone_says_what_a_run_is(recipe: Callable[[Settings], DAG], last: str) -> None:
    assert leaves(recipe(Settings(base="s3://my-backups/dynamodb"))) == [last]


@pytest.mark.parametrize("run_type", list(DagRunType))
def test_a_daily_run_starts_runs_by_names_that_any_run_may_have(run_type: DagRunType) -> None:
    """Airflow 3.1 starts none that is called as if Airflow had scheduled it."""
    dag = backup_daily_dag(Settings(base="s3://my-backups/dynamodb", prefixes=["A_", "B_"]))

    started = dag.get_task("prefixes").python_callable(run_id=f"{run_type.value}__2026-11-23T02:00:00+00:00")

    ids = [each["trigger_run_id"] for each in started]
    assert [DagRunType.from_run_id(id) for id in ids] == [DagRunType.MANUAL] * 2 and len(set(ids)) == 2
