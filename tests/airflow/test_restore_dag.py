"""What a run of `dynamodb_restore` makes of a backup, and what it refuses."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from airflow_dynamodb_emr.aws import tables
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.transfer.compare import compare
from airflow_dynamodb_emr.transfer.scan import scan
from tests.aws import furnished

from .conftest import World

INDEX = {"IndexName": "by_text", "KeySchema": [{"AttributeName": "text", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 7}
RUNS = {
    "all": {"prefix": "SRC_", "rename_prefix": "ALL_"},
    "some": {"prefix": "SRC_", "tables": ["SRC_ind*"], "rename_suffix": "_some"},
    "existing": {"prefix": "SRC_", "tables": ["SRC_plain"]},
    "never": {"prefix": "SRC_", "rename_prefix": "TOO-EARLY_", "backup": "2020-01-01T00:00:00Z"},
}


@pytest.fixture(scope="module")
def ran(world: World) -> dict[str, bool]:
    """One backup, then four restores of it at once."""
    world.table("SRC_plain", 20)
    world.table("SRC_empties", 5, list={"L": []}, map={"M": {"inner": {"M": {}}}})
    world.dynamodb.create_table(
        TableName="SRC_indexed",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "text")],
        ProvisionedThroughput=UNITS,
        GlobalSecondaryIndexes=[{**INDEX, "ProvisionedThroughput": UNITS}],
    )
    world.dynamodb.get_waiter("table_exists").wait(TableName="SRC_indexed", WaiterConfig={"Delay": 1})
    for number in range(6):
        world.dynamodb.put_item(TableName="SRC_indexed", Item={"id": {"S": str(number)}, "text": {"S": f"text {number}"}})
    full = Clients(lambda service, config: world.aws.client(service, config=config), "us-east-1")
    world.aws.set(create_seconds=0)
    furnished.make(full, "SRC_full", None, world.stream, on_demand=True)
    world.aws.set(create_seconds=1)
    world.dynamodb.put_item(TableName="SRC_full", Item={name: {"S": "x"} for name in ("id", "at", "status")})
    assert world.runs.together({"source": ("dynamodb_backup", {"prefix": "SRC_"})})["source"], world.runs.log("source")
    return world.runs.together({name: ("dynamodb_restore", form) for name, form in RUNS.items()})


def look(world: World, name: str) -> Table:
    table = tables.look(world.dynamodb, name)
    assert table, f"{name} is not there"
    return table


@pytest.mark.parametrize("source", ["SRC_plain", "SRC_empties", "SRC_indexed"])
def test_every_item_is_restored_as_it_was(world: World, ran: dict[str, bool], source: str) -> None:
    assert ran["all"], world.runs.log("all")

    left, right = ([item for page in scan(world.aws.endpoint, name) for item in page] for name in (source, f"ALL_{source}"))

    assert compare(left, right, ["id"]).equal == len(left) == len(right)


def test_a_restored_table_has_its_indexes_billing_mode_and_capacity(world: World, ran: dict[str, bool]) -> None:
    source, restored = look(world, "SRC_indexed"), look(world, "ALL_SRC_indexed")

    assert (restored.billing, restored.throughput, restored.indexes) == (source.billing, source.throughput, source.indexes)
    assert not look(world, "ALL_SRC_plain").provisioned


def test_a_table_that_has_everything_is_as_it_was_under_its_new_name(world: World, ran: dict[str, bool]) -> None:
    clients = Clients(lambda service, config: world.aws.client(service, config=config), "us-east-1")

    source, restored = (str(furnished.seen(clients, name)) for name in ("SRC_full", "ALL_SRC_full"))

    assert restored.replace("ALL_SRC_full", "SRC_full") == source
    assert f"resource policy: mapped: {furnished.arn('SRC_full')} became {furnished.arn('ALL_SRC_full')}" in world.runs.log("all", 400)


def test_only_the_named_tables_are_restored(world: World, ran: dict[str, bool]) -> None:
    assert ran["some"], world.runs.log("some")
    assert [name for name in tables.list_tables(world.dynamodb) if name.endswith("_some")] == ["SRC_indexed_some"]


def test_a_table_that_exists_is_refused_before_anything_is_touched(world: World, ran: dict[str, bool]) -> None:
    assert not ran["existing"]
    assert "table SRC_plain exists already" in world.runs.log("existing", 400)


def test_a_time_before_the_first_backup_is_refused(world: World, ran: dict[str, bool]) -> None:
    assert not ran["never"]
    assert not [name for name in tables.list_tables(world.dynamodb) if name.startswith("TOO-EARLY_")]


def test_nothing_is_left_raised_and_no_cluster_is_left_running(world: World, ran: dict[str, bool]) -> None:
    assert world.ledger() == []
    assert world.live_clusters() == []


def test_an_existing_table_is_loaded_into_when_that_is_asked_for(world: World, ran: dict[str, bool]) -> None:
    world.dynamodb.delete_item(TableName="SRC_plain", Key={"id": {"S": "item 3"}})
    soon = (datetime.now(timezone.utc) + timedelta(minutes=1)).isoformat()
    form = {"prefix": "SRC_", "tables": ["SRC_plain"], "into_existing": True, "backup": soon}

    ran_into = world.runs.together({"into": ("dynamodb_restore", form)})

    assert ran_into["into"], world.runs.log("into")
    assert "Item" in world.dynamodb.get_item(TableName="SRC_plain", Key={"id": {"S": "item 3"}})
