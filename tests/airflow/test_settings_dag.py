"""A table that has everything a table can have is deleted and restored, by each way of loading: it is as it was, but for ARNs, ids and times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.restore import Restore
from airflow_dynamodb_emr.core.tablesettings.step import Outcome
from tests.aws import furnished

from .conftest import World

TABLES = {"ASWAS_lines": "worker", "ASWAS_parts": "native"}  # by the connector: test_restore_dag.py
ITEMS = 6
Seen = dict[str, dict[str, Any]]
Ran = tuple[Seen, Seen, dict[str, Restore]]


@pytest.fixture(scope="module")
def clients(world: World) -> Clients:
    return Clients(lambda service, config: world.aws.client(service, config=config), "us-east-1")


@pytest.fixture(scope="module")
def tables(world: World, clients: Clients) -> list[str]:
    """Under a key of ours. No import makes local indexes."""
    key = clients.kms.create_key()["KeyMetadata"]["Arn"]
    world.aws.set(create_seconds=0, delete_seconds=0, backfill_seconds=0.5)
    for name, engine in TABLES.items():
        furnished.make(clients, name, key, world.stream, local=engine != "native")
        for number in range(ITEMS):
            world.dynamodb.put_item(TableName=name, Item={field: {"S": str(number)} for field in ("id", "at", "status", "until")})
    return [*TABLES]


@pytest.fixture(scope="module")
def ran(world: World, clients: Clients, tables: list[str]) -> Iterator[Ran]:
    """What is seen of the tables before and after; by table the report of its restore."""
    before = {name: furnished.seen(clients, name) for name in tables}
    assert world.runs.together({"as it was": ("dynamodb_backup", {"prefix": "ASWAS_", "engine": "worker"})})["as it was"], world.runs.log("as it was")
    for name in tables:
        furnished.remove(clients, name)
    restores = world.runs.together({name: ("dynamodb_restore", _form(name, engine)) for name, engine in TABLES.items()})
    assert all(restores.values()), "\n".join(world.runs.log(name, 40) for name, ok in restores.items() if not ok)
    yield before, {name: furnished.seen(clients, name) for name in tables}, {name: _report(world, name) for name in tables}
    world.aws.set(create_seconds=1, delete_seconds=0.5, backfill_seconds=0)


def _form(name: str, engine: str) -> dict[str, Any]:
    return {"prefix": "ASWAS_", "tables": [name], "engine": engine, "restore_indexes": "after" if engine == "worker" else "auto"}


def _report(world: World, name: str) -> Restore:
    found = [uri for uri, _ in world.store.objects(S3Uri("local-backups", "dynamodb/restores")) if uri.key.endswith("/restore.json")]
    reports = [report for uri in found if (report := world.store.load(uri, Restore))]
    return next(report for report in reports if [table.name for table in report.loaded] == [name])


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_as_it_was(ran: Ran, name: str) -> None:
    before, after, _ = ran

    assert after[name] == before[name]


@pytest.mark.parametrize("name", TABLES)
def test_the_report_says_what_became_of_each_setting(world: World, ran: Ran, name: str) -> None:
    restore = ran[2][name]

    (loaded,), (report,) = restore.loaded, restore.settings
    assert loaded.engine == TABLES[name]
    assert {setting.outcome for setting in report.settings} == {Outcome.RESTORED}
    told = {"encryption", "tags", "time to live", "stream", "deletion protection", "Kinesis stream changes"}
    assert told <= {setting.name for setting in report.settings}
    assert "as they were: table class, encryption, tags" in world.runs.log(name, 400)


@pytest.mark.parametrize("name", TABLES)
def test_the_items_are_there_and_in_their_index(world: World, ran: Ran, name: str) -> None:
    found = world.dynamodb.query(
        TableName=name,
        IndexName="by_status",
        KeyConditionExpression="#s = :s",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":s": {"S": "3"}},
    )

    assert len(world.dynamodb.scan(TableName=name)["Items"]) == ITEMS and found["Count"] == 1
