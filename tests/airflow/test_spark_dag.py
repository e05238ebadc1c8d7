"""A backup and its restore by Spark: once as steps of a cluster, once as job runs of EMR Serverless."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

import pytest

from airflow_dynamodb_emr.aws import backups
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.transfer.compare import compare
from airflow_dynamodb_emr.transfer.scan import scan

from .conftest import BASE, World

pytestmark = pytest.mark.skipif(
    not (shutil.which("java") and find_spec("pyspark")), reason="Spark needs Java and pyspark: pip install 'airflow-dynamodb-emr[spark]'"
)


@pytest.fixture(scope="module", params=["emr", "serverless"])
def ran(world: World, request: pytest.FixtureRequest) -> str:
    """The prefix of the table that was there and back."""
    prefix = f"SPARK_{request.param}_"
    world.table(f"{prefix}one", 25, empty={"L": []})
    for verb, form in (("backup", {}), ("restore", {"rename_prefix": "NEW_"})):
        world.aws.reset_calls()
        how = {"prefix": prefix, "engine": "spark", "spark_on": request.param, **form}
        done = world.runs.together({f"{prefix}{verb}": (f"dynamodb_{verb}", how)})
        assert done[f"{prefix}{verb}"], world.runs.log(f"{prefix}{verb}")
        assert ("emr.RunJobFlow" in world.aws.calls()) == (request.param == "emr")
    return prefix


def test_spark_copies_a_table_there_and_back(world: World, ran: str) -> None:
    (folder,) = backups.folders(world.store, BASE / "us-east-1" / ran)
    found = backups.read(world.store, folder)

    assert found and found.verdict is Verdict.VALID
    assert [(table.engine, table.items) for table in found.tables] == [("spark", 25)]
    left, right = ([item for page in scan(world.aws.endpoint, name) for item in page] for name in (f"{ran}one", f"NEW_{ran}one"))
    assert compare(left, right, ["id"]).equal == len(left) == len(right) == 25
