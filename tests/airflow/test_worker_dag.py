"""A backup and its restore by the worker engine: no cluster, no jar, nothing decoded."""

from __future__ import annotations

import pytest

from airflow_dynamodb_emr.aws import backups
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.transfer.compare import compare
from airflow_dynamodb_emr.transfer.scan import scan

from .conftest import BASE, World

LARGE = {"text": {"S": "x" * 30_000}}  # at 5 read units, five items of it take longer than a dump should
OWN = {"engine": "worker"}


@pytest.fixture(scope="module")
def ran(world: World) -> dict[str, bool]:
    world.table("OWN_plain", 40)
    world.table("OWN_empties", 5, empty={"L": []}, nothing={"M": {}})
    world.table("OWN_spiked", 5, read=5, **LARGE)
    world.table("OWN_nothing", 0)
    world.table("DENIED_one", 5)
    world.table("DENIED_two", 5)
    world.aws.reset_calls()
    first = world.runs.together({"own": ("dynamodb_backup", {"prefix": "OWN_", **OWN})})
    world.aws.reset_capacity()
    second = world.runs.together({"own_back": ("dynamodb_restore", {"prefix": "OWN_", "rename_prefix": "NEW_", **OWN})})
    return {**first, **second}


def backup(world: World) -> Backup:
    (folder,) = backups.folders(world.store, BASE / "us-east-1" / "OWN_")
    found = backups.read(world.store, folder)
    assert found
    return found


def test_every_table_is_in_the_backup_with_its_items(world: World, ran: dict[str, bool]) -> None:
    assert ran["own"], world.runs.log("own")

    found = backup(world)

    assert found.verdict is Verdict.VALID
    assert {table.name: (table.items, table.engine) for table in found.tables} == {
        "OWN_plain": (40, "worker"),
        "OWN_empties": (5, "worker"),
        "OWN_spiked": (5, "worker"),
        "OWN_nothing": (0, "worker"),
    }


def test_no_cluster_is_made(world: World, ran: dict[str, bool]) -> None:
    assert "emr.RunJobFlow" not in world.aws.calls()


def test_the_manifest_names_each_part_as_it_is_stored(world: World, ran: dict[str, bool]) -> None:
    folder = Folder.parse(backup(world).uri)
    manifest = world.store.load(folder.manifest("OWN_plain"), TableManifest)
    assert manifest

    (part,) = manifest.parts

    assert part.key == "OWN_plain/1/data/part-0-0000.json.gz"
    assert world.store.size(folder.uri / part.key) == part.bytes
    assert manifest.engines == ["worker", "spark", "native"]


def test_a_spiked_table_is_put_back(world: World, ran: dict[str, bool]) -> None:
    plan = world.store.load(Folder.parse(backup(world).uri).plan, BackupPlan)

    assert plan
    assert plan.spiked == ["OWN_spiked"]
    assert world.units("OWN_spiked") == 5
    assert not [entry for entry in world.ledger() if "OWN_" in entry]


@pytest.mark.parametrize("name", ["OWN_plain", "OWN_empties", "OWN_spiked", "OWN_nothing"])
def test_the_restored_table_has_the_same_items(world: World, ran: dict[str, bool], name: str) -> None:
    assert ran["own_back"], world.runs.log("own_back")

    left, right = ([item for page in scan(world.aws.endpoint, table) for item in page] for table in (name, f"NEW_{name}"))

    assert compare(left, right, ["id"]).equal == len(left) == len(right)


def test_tables_that_cannot_be_copied_are_named(world: World, ran: dict[str, bool]) -> None:
    world.aws.faults(deny={"dynamodb.Scan": 99})

    done = world.runs.together({"denied": ("dynamodb_backup", {"prefix": "DENIED_", **OWN})})

    world.aws.faults(deny={"dynamodb.Scan": 0})
    assert not done["denied"]
    (folder,) = backups.folders(world.store, BASE / "us-east-1" / "DENIED_")
    found = backups.read(world.store, folder)
    assert found
    assert found.missing.keys() == {"DENIED_one", "DENIED_two"}
    assert found.missing["DENIED_one"].startswith("its copy was not finished: Scan was refused: AccessDeniedException")
