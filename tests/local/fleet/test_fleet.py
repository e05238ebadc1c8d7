"""The fleet holds one of every kind of table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from airflow_dynamodb_emr.local.fleet.shapes import SHAPES
from airflow_dynamodb_emr.local.process import StandIn, stand_in

TABLES = 30


@pytest.fixture(scope="module")
def fleet() -> Iterator[StandIn]:
    with stand_in(fleet=TABLES) as aws:
        yield aws


@pytest.fixture(scope="module")
def tables(fleet: StandIn) -> dict[str, Any]:
    client = fleet.client("dynamodb")
    return {name: client.describe_table(TableName=name)["Table"] for name in client.list_tables()["TableNames"]}


@pytest.fixture(scope="module")
def items(fleet: StandIn, tables: dict[str, Any]) -> list[dict[str, Any]]:
    client = fleet.client("dynamodb")
    return [item for name in tables for item in client.scan(TableName=name, Limit=30)["Items"]]


def test_it_has_as_many_tables_as_asked_a_third_in_each_prefix_and_one_beside(tables: dict[str, Any]) -> None:
    prefixes = Counter(name.partition("_")[0] for name in tables)

    assert len(tables) == TABLES + 1
    assert "OLD_PROD_orders" in tables
    assert min(prefixes[prefix] for prefix in ("PROD", "STAGE", "DEV")) >= TABLES // 3 - 2
    assert all(table["TableStatus"] == "ACTIVE" for table in tables.values())


def test_26_tables_are_enough_for_every_kind() -> None:
    assert len(SHAPES) <= 26


def test_one_table_is_large_and_short_of_units(tables: dict[str, Any]) -> None:
    large = tables["PROD_events"]

    assert (large["ItemCount"], large["ProvisionedThroughput"]["ReadCapacityUnits"]) == (100_000, 100)
    assert large["TableSizeBytes"] >= 50_000_000


@pytest.mark.parametrize("type_", ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"])
def test_every_type_occurs(items: list[dict[str, Any]], type_: str) -> None:
    assert any(type_ in value for item in items for value in item.values())


def test_empty_lists_and_maps_occur_within_others_too(items: list[dict[str, Any]]) -> None:
    values = [value for item in items for value in item.values()]

    assert {"L": []} in values
    assert {"M": {}} in values
    assert any({"L": []} in value.get("L", []) for value in values)
    assert any({"M": {}} in value.get("L", []) for value in values)


def test_odd_names_and_values_occur(items: list[dict[str, Any]]) -> None:
    names = {name for item in items for name in item}
    texts = "".join(value["S"] for item in items for value in item.values() if "S" in value)
    digits = [len(value["N"].strip("-").replace(".", "").strip("0")) for item in items for value in item.values() if "N" in value]

    assert {"S", "M", "L", "s"} <= names
    assert all(character in texts for character in '"\\\x07\n🚀東ü')
    assert max(digits) == 38


def test_every_kind_of_table_occurs(tables: dict[str, Any]) -> None:
    keys = {"".join(_types(table)) for table in tables.values()}
    on_demand = [name for name, table in tables.items() if "BillingModeSummary" in table]

    assert {"S", "N", "B", "SN", "NN", "BB"} <= keys
    assert 0 < len(on_demand) < len(tables)
    assert any(table["ItemCount"] == 0 for table in tables.values())
    assert any("LocalSecondaryIndexes" in table for table in tables.values())
    assert any(table.get("GlobalSecondaryIndexes", [{}])[0].get("ItemCount") for table in tables.values())
    assert all(any(character in name for name in tables) for character in ".-_")


def _types(table: dict[str, Any]) -> list[str]:
    types = {attribute["AttributeName"]: attribute["AttributeType"] for attribute in table["AttributeDefinitions"]}
    return [types[key["AttributeName"]] for key in table["KeySchema"]]


def test_some_tables_are_autoscaled_in_every_prefix(fleet: StandIn) -> None:
    client = fleet.client("application-autoscaling")

    targets = client.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
    pages = client.get_paginator("describe_scaling_policies").paginate(ServiceNamespace="dynamodb")
    policies = [policy for page in pages for policy in page["ScalingPolicies"]]

    assert {target["ResourceId"].split("/")[1].partition("_")[0] for target in targets} == {"PROD", "STAGE", "DEV"}
    assert any("/index/" in target["ResourceId"] for target in targets)
    assert len(policies) == len(targets)


def test_two_fleets_hold_the_same(fleet: StandIn) -> None:
    client = fleet.client("dynamodb")
    with stand_in(fleet=4) as other:
        for table in ("PROD_orders", "PROD_all.types"):
            assert other.client("dynamodb").scan(TableName=table)["Items"] == client.scan(TableName=table)["Items"]
