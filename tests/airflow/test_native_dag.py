"""A backup that DynamoDB exports, and a restore that it imports: no cluster, no read or write unit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflow_dynamodb_emr.aws import backups
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.transfer.compare import compare
from airflow_dynamodb_emr.transfer.scan import scan

from .conftest import BASE, World

OWN = {"engine": "native"}
TABLES = {"NATIVE_one": 30, "NATIVE_two": 7}


def recoverable(world: World, name: str, items: int) -> None:
    world.table(name, items, empty={"L": []})
    on = {"PointInTimeRecoveryEnabled": True}
    world.dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=on)


@pytest.fixture(scope="module")
def ran(world: World) -> dict[str, bool]:
    world.aws.set(export_seconds=0.2, import_seconds=0.2, recovery_lag_seconds=0)
    for name, items in TABLES.items():
        recoverable(world, name, items)
    world.table("UNSAFE_one", 3)
    recoverable(world, "GONE_one", 3)
    world.aws.faults(fail_exports={"GONE_one": 99})
    world.aws.reset_calls()
    runs = {prefix: ("dynamodb_backup", {"prefix": prefix, **OWN}) for prefix in ("NATIVE_", "UNSAFE_", "GONE_")}
    first = world.runs.together(runs)
    return {**first, **world.runs.together({"native_back": ("dynamodb_restore", {"prefix": "NATIVE_", "rename_prefix": "NEW_", **OWN})})}


def backup(world: World, prefix: str) -> Backup:
    """The first."""
    *_, folder = backups.folders(world.store, BASE / "us-east-1" / prefix)
    found = backups.read(world.store, folder)
    assert found
    return found


def test_every_table_is_exported_as_of_one_moment(world: World, ran: dict[str, bool]) -> None:
    assert ran["NATIVE_"], world.runs.log("NATIVE_")

    found = backup(world, "NATIVE_")

    assert found.verdict is Verdict.VALID
    assert {table.name: (table.items, table.engine) for table in found.tables} == {name: (items, "native") for name, items in TABLES.items()}
    manifests = [world.store.load(Folder.parse(found.uri).manifest(name), TableManifest) for name in TABLES]
    assert len({manifest.consistent for manifest in manifests if manifest}) == 1


def test_neither_table_nor_cluster_is_touched(world: World, ran: dict[str, bool]) -> None:
    assert not {"emr.RunJobFlow", "dynamodb.Scan", "dynamodb.BatchWriteItem", "dynamodb.UpdateTable"} & world.aws.calls().keys()


@pytest.mark.parametrize("name", TABLES)
def test_it_is_imported_into_a_table_of_its_own(world: World, ran: dict[str, bool], name: str) -> None:
    assert ran["native_back"], world.runs.log("native_back")

    left, right = ([item for page in scan(world.aws.endpoint, table) for item in page] for table in (name, f"NEW_{name}"))

    assert compare(left, right, ["id"]).equal == len(left) == len(right) == TABLES[name]


@pytest.fixture(scope="module")
def later(world: World, ran: dict[str, bool]) -> Iterator[Backup]:
    """A backup of what changed in the twenty minutes after the first."""
    world.aws.set(clock_ahead_seconds=1200)
    world.dynamodb.put_item(TableName="NATIVE_one", Item={"id": {"S": "item 1"}, "changed": {"BOOL": True}})
    world.dynamodb.put_item(TableName="NATIVE_one", Item={"id": {"S": "new"}})
    world.dynamodb.delete_item(TableName="NATIVE_one", Key={"id": {"S": "item 2"}})
    how = {"prefix": "NATIVE_", "increments": 3, **OWN}
    done = world.runs.together({"later": ("dynamodb_backup", how)})
    assert done["later"], world.runs.log("later")
    done = world.runs.together({"folded": ("dynamodb_restore", {"prefix": "NATIVE_", "rename_prefix": "FOLDED_"})})
    assert done["folded"], world.runs.log("folded")
    newest, _ = backups.folders(world.store, BASE / "us-east-1" / "NATIVE_")
    found = backups.read(world.store, newest)
    assert found
    yield found
    world.aws.set(clock_ahead_seconds=0)


def test_the_next_backup_may_hold_only_what_has_changed(world: World, later: Backup) -> None:
    assert {table.name: table.items for table in later.tables} == {"NATIVE_one": 3, "NATIVE_two": 0}
    manifest = world.store.load(Folder.parse(later.uri).manifest("NATIVE_one"), TableManifest)
    assert manifest and manifest.increment and manifest.engines == ["worker"]


@pytest.mark.parametrize("name", TABLES)
def test_it_is_restored_with_what_it_stands_on(world: World, later: Backup, name: str) -> None:
    left, right = ([item for page in scan(world.aws.endpoint, table) for item in page] for table in (name, f"FOLDED_{name}"))

    assert compare(left, right, ["id"]).equal == len(left) == len(right) == TABLES[name]


def test_a_table_without_recovery_is_refused_before_anything_is_done(world: World, ran: dict[str, bool]) -> None:
    assert not ran["UNSAFE_"]
    assert not list(backups.folders(world.store, BASE / "us-east-1" / "UNSAFE_"))


def test_an_export_that_fails_is_told_in_the_verdict(world: World, ran: dict[str, bool]) -> None:
    assert not ran["GONE_"]
    assert backup(world, "GONE_").missing["GONE_one"].startswith("its export does not count: ")
