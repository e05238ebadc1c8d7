"""`dynamodb_check`: red where something is not as a run needs it, and the log says what."""

from __future__ import annotations

from typing import Any, cast

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.operators.check import CheckOperator
from airflow_dynamodb_emr.recipes.check import check_dag
from airflow_dynamodb_emr.settings import Settings

from .conftest import BASE, World

SETTINGS = Settings(base=str(BASE), engine="worker")


class Notes(dict[str, Any]):
    """The XComs of the task."""

    def xcom_push(self, key: str, value: Any) -> None:
        self[key] = value


def run(world: World, settings: Settings = SETTINGS, **form: Any) -> Notes:
    """The DAG's own task, with its form as Airflow fills it in."""
    dag, notes = check_dag(settings), Notes()
    task = cast("CheckOperator", dag.get_task("check"))
    task.__dict__["clients"] = Clients(lambda service, config: world.aws.client(service, config=config), "us-east-1")
    task.__dict__["settings"] = settings
    task.execute(cast("Any", {"params": {**dag.params.dump(), **form}, "ti": notes}))
    return notes


def test_where_all_is_well_it_is_green_and_tells_what_it_has_looked_at(world: World) -> None:
    world.table("CHECK_a", 1)

    found = {each["name"]: each for each in run(world, prefix="CHECK_", purposes=["backup", "restore"])["findings"]}

    assert {each["ok"] for each in found.values()} == {True}
    assert found["permission dynamodb:BatchWriteItem"]["detail"] == "IAM's simulator allows it on table/CHECK_a"


def test_what_is_wrong_makes_it_red_and_is_told(world: World) -> None:
    with pytest.raises(AirflowFailException, match=r"1 is not.*\nNO  bucket: base: bucket check-none is not there\n    HINT: "):
        run(world, base="s3://check-none/x")


def test_without_a_base_it_is_red_at_once(world: World) -> None:
    with pytest.raises(AirflowFailException, match="base: expected s3://bucket/prefix"):
        run(world, Settings())
