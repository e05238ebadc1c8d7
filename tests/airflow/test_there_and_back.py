"""The shortest whole story, for every Airflow that is supported: one table backed up, and restored under another name."""

from __future__ import annotations

from airflow_dynamodb_emr.transfer.compare import compare
from airflow_dynamodb_emr.transfer.scan import scan

from .conftest import World


def test_a_table_is_backed_up_and_restored(world: World) -> None:
    world.table("BACK_and-forth", 12)

    ran = world.runs.together({"there": ("dynamodb_backup", {"prefix": "BACK_"})})
    assert ran["there"], world.runs.log("there")
    ran = world.runs.together({"back": ("dynamodb_restore", {"prefix": "BACK_", "rename_prefix": "NEW_"})})
    assert ran["back"], world.runs.log("back")

    left, right = ([item for page in scan(world.aws.endpoint, name) for item in page] for name in ("BACK_and-forth", "NEW_BACK_and-forth"))
    assert compare(left, right, ["id"]).equal == len(left) == len(right) == 12
