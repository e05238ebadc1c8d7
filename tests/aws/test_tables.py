from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from airflow_dynamodb_emr.aws import schemas, tables
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.schema import create_request
from airflow_dynamodb_emr.local.process import StandIn

from .conftest import MakeTable, billing, index


def test_more_tables_than_one_answer_holds_are_listed(clients: Clients, make_table: MakeTable, prefix: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda number: make_table(f"{prefix}{number}"), range(101)))

    assert made <= set(tables.list_tables(clients.dynamodb))
    assert len(clients.dynamodb.list_tables()["TableNames"]) == 100


def test_a_table_that_is_not_there_is_none(clients: Clients) -> None:
    assert tables.describe(clients.dynamodb, "nowhere") is None and tables.look(clients.dynamodb, "nowhere") is None


def test_a_table_that_vanished_is_reported_and_the_others_are_saved(clients: Clients, make_table: MakeTable, prefix: str) -> None:
    there = make_table(prefix + "there")

    saved, vanished = schemas.save(clients, [prefix + "gone", there])

    assert [schema.name for schema in saved] == [there] and vanished == [prefix + "gone"]


def test_a_table_that_is_being_deleted_has_vanished(aws: StandIn, clients: Clients, make_table: MakeTable, prefix: str) -> None:
    aws.set(delete_seconds=600)
    clients.dynamodb.delete_table(TableName=make_table(prefix + "going"))

    assert tables.describe(clients.dynamodb, prefix + "going") is not None
    assert schemas.save(clients, [prefix + "going"]) == ([], [prefix + "going"])


def test_tables_that_are_there_are_looked_at_and_those_that_go_are_not(aws: StandIn, clients: Clients, make_table: MakeTable, prefix: str) -> None:
    aws.set(delete_seconds=600)
    clients.dynamodb.delete_table(TableName=make_table(prefix + "going"))

    found = tables.look_at(clients.dynamodb, [make_table(prefix + "b"), prefix + "going", "nowhere", make_table(prefix + "a")])

    assert [table.name for table in found] == [prefix + "b", prefix + "a"]


KEYS: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in (("id", "S"), ("at", "N"), ("other", "B"))],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "local",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "other", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}


@pytest.mark.parametrize(
    ("units", "more"),
    [
        pytest.param(7, {}, id="provisioned"),
        pytest.param(None, {}, id="on demand"),
        pytest.param(7, {**KEYS, "GlobalSecondaryIndexes": [index(3)]}, id="provisioned with indexes"),
        pytest.param(None, {**KEYS, "GlobalSecondaryIndexes": [index(None)]}, id="on demand with indexes"),
        pytest.param(None, {"OnDemandThroughput": {"MaxReadRequestUnits": 9, "MaxWriteRequestUnits": 8}}, id="on demand with a ceiling"),
        pytest.param(7, {"TableClass": "STANDARD_INFREQUENT_ACCESS"}, id="infrequent access"),
    ],
)
def test_a_table_is_made_again_as_it_was(clients: Clients, make_table: MakeTable, prefix: str, units: int | None, more: dict[str, Any]) -> None:
    ((schema,), _) = schemas.save(clients, [make_table(prefix + "was", units, **more)])

    assert tables.create(clients.dynamodb, create_request(schema, prefix + "made"))

    ((made,), _) = schemas.save(clients, [prefix + "made"])
    assert create_request(made, "x") == create_request(schema, "x")
    assert create_request(made, "x").items() >= {**billing(units), **{key: more[key] for key in more if key in ("TableClass", "KeySchema")}}.items()


def test_a_table_that_is_there_already_is_left_alone(clients: Clients, make_table: MakeTable, prefix: str) -> None:
    ((schema,), _) = schemas.save(clients, [make_table(prefix, 5)])

    assert tables.create(clients.dynamodb, {**create_request(schema, prefix), **billing(9)}) is False

    now = tables.look(clients.dynamodb, prefix)
    assert now and now.throughput.read == 5
