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


SLOW = {"text": {"S": "x" * 30_000}}  # five items of it take a worker longer than the tenth of a minute that it is given


@pytest.fixture(scope="module")
def ran(world: World) -> tuple[str, ...]:
    """Two tables that were there and back: each way one start of Spark, which takes seconds."""
    tables = world.table("SPARK_slow", 5, read=5, empty={"L": []}, **SLOW), world.table("SPARK_quick", 25)
    ways: dict[str, dict[str, Any]] = {
        "emr": {"engine": "auto", "worker_minutes": 0.1, "spike": "off", "spark_on": "emr"},
        "serverless": {"engine": "spark", "spark_on": "serverless", "rename_prefix": "NEW_"},
    }
    for verb, (way, form) in zip(("backup", "restore"), ways.items(), strict=True):
        world.aws.reset_calls()
        done = world.runs.together({f"spark-{way}": (f"dynamodb_{verb}", {"prefix": "SPARK_", **form})})
        assert done[f"spark-{way}"], world.runs.log(f"spark-{way}")
        assert ("emr.RunJobFlow" in world.aws.calls()) == (way == "emr")
    return tables


def test_auto_gives_spark_what_is_too_much_for_a_worker(world: World, ran: tuple[str, ...]) -> None:
    (folder,) = backups.folders(world.store, BASE / "us-east-1" / "SPARK_")
    found = backups.read(world.store, folder)

    assert found and found.verdict is Verdict.VALID
    assert {table.name: (table.engine, table.items) for table in found.tables} == {"SPARK_slow": ("spark", 5), "SPARK_quick": ("worker", 25)}


def test_spark_copies_tables_there_and_back(world: World, ran: tuple[str, ...]) -> None:
    for name in ran:
        left, right = ([item for page in scan(world.aws.endpoint, table) for item in page] for table in (name, f"NEW_{name}"))
        assert compare(left, right, ["id"]).equal == len(left) == len(right) > 0
