"""A backup by Spark as a step of a cluster, and its restore by Spark as a job run of EMR Serverless."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import Any

import pytest

from airflow_dynamodb_emr.aws import backups
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.transfer.compare import compare
from airflow_dynamodb_emr.transfer.scan import scan

from .conftest import BASE, World

pytestmark = pytest.mark.skipif(
    not (shutil.which("java") and find_spec("pyspark")), reason="Spark needs Java and pyspark: pip install 'airflow-dynamodb-emr[spark]'"
)


@pytest.fixture(scope="module")
def ran(world: World) -> str:
    """The table that was there and back: each way one start of Spark, which takes seconds."""
    name = world.table("SPARK_one", 25, empty={"L": []})
    ways: dict[str, dict[str, Any]] = {"backup": {"spark_on": "emr"}, "restore": {"spark_on": "serverless", "rename_prefix": "NEW_"}}
    for verb, form in ways.items():
        world.aws.reset_calls()
        done = world.runs.together({verb: (f"dynamodb_{verb}", {"prefix": "SPARK_", "engine": "spark", **form})})
        assert done[verb], world.runs.log(verb)
        assert ("emr.RunJobFlow" in world.aws.calls()) == (form["spark_on"] == "emr")
    return name


def test_spark_copies_a_table_there_and_back(world: World, ran: str) -> None:
    (folder,) = backups.folders(world.store, BASE / "us-east-1" / "SPARK_")
    found = backups.read(world.store, folder)

    assert found and found.verdict is Verdict.VALID
    assert [(table.engine, table.items) for table in found.tables] == [("spark", 25)]
    left, right = ([item for page in scan(world.aws.endpoint, name) for item in page] for name in (ran, f"NEW_{ran}"))
    assert compare(left, right, ["id"]).equal == len(left) == len(right) == 25
