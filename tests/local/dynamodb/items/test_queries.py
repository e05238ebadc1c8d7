"""Query, and reading by an index."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.helpers import MakeTable, index, refusal


@pytest.fixture(scope="session")
def ranged(dynamodb: Any) -> str:
    """Nobody writes into it."""
    attributes = [{"AttributeName": name, "AttributeType": kind} for name, kind in (("id", "S"), ("at", "N"), ("g", "S"))]
    schema = [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}]
    asked = {"AttributeDefinitions": attributes, "KeySchema": schema, "GlobalSecondaryIndexes": [index("by_g", "g")]}
    dynamodb.create_table(TableName="ranged", BillingMode="PAY_PER_REQUEST", **asked)
    for number in range(20):
        item = {"id": {"S": f"h{number % 2}"}, "at": {"N": str(number)}, **({"g": {"S": "x"}} if number < 5 else {})}
        dynamodb.put_item(TableName="ranged", Item=item)
    return "ranged"


@pytest.mark.parametrize(
    ("expression", "forward", "found"),
    [
        ("id = :id", True, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]),
        ("id = :id AND #at > :low", False, [18, 16, 14, 12, 10]),
        ("id = :id AND #at >= :low", True, [8, 10, 12, 14, 16, 18]),
        ("id = :id AND #at < :low", True, [0, 2, 4, 6]),
        ("id = :id AND #at <= :low", False, [8, 6, 4, 2, 0]),
        ("id = :id AND #at = :low", True, [8]),
        ("id = :id AND #at > :high", False, [18, 16, 14]),
        ("#at BETWEEN :low AND :high AND id = :id", True, [8, 10, 12]),
        ("#at BETWEEN :low AND :high AND id = :id", False, [12, 10, 8]),
    ],
)
def test_a_query_finds_a_range_in_order_page_by_page(dynamodb: Any, ranged: str, expression: str, forward: bool, found: list[int]) -> None:
    values = {":id": {"S": "h0"}, ":low": {"N": "8"}, ":high": {"N": "13"}}

    pages = dynamodb.get_paginator("query").paginate(
        TableName=ranged,
        KeyConditionExpression=expression,
        ExpressionAttributeNames={"#at": "at"} if "#at" in expression else {},
        ExpressionAttributeValues={name: value for name, value in values.items() if name in expression},
        ScanIndexForward=forward,
        PaginationConfig={"PageSize": 3},
    )

    assert [int(item["at"]["N"]) for page in pages for item in page["Items"]] == found


@pytest.mark.parametrize("more", [{}, {"FilterExpression": "attribute_exists(id)"}], ids=["plain", "filtered"])
@pytest.mark.parametrize(
    ("start", "found"), [pytest.param("12", ["14", "16", "18"], id="an item"), pytest.param("12.5", ["14", "16", "18"], id="none, or none any more")]
)
def test_a_query_goes_on_behind_a_key(dynamodb: Any, ranged: str, more: dict[str, Any], start: str, found: list[str]) -> None:
    page = dynamodb.query(**_from(ranged, "8", start), **more)

    assert [item["at"]["N"] for item in page["Items"]] == found


@pytest.mark.parametrize(
    ("start", "message"),
    [
        pytest.param({"id": {"S": "h0"}, "at": {"N": "7"}}, "outside query boundaries", id="below the range"),
        pytest.param({"id": {"S": "h0"}, "at": {"N": "16"}}, "outside query boundaries", id="at its end, behind which there is nothing"),
        pytest.param({"id": {"S": "h1"}, "at": {"N": "9"}}, "outside query boundaries", id="of another hash key"),
        pytest.param({"id": {"S": "h0"}}, "starting key is invalid", id="no range key"),
        pytest.param({"id": {"S": "h0"}, "at": {"N": "9"}, "x": {"S": "x"}}, "does not match the schema", id="more than a key"),
    ],
)
def test_a_query_starts_within_its_bounds(dynamodb: Any, ranged: str, start: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message) as error:
        dynamodb.query(**{**_from(ranged, "8", ""), "ExclusiveStartKey": start, **_up_to("16")})

    assert refusal(error) == "ValidationException"


def _from(table: str, low: str, start: str) -> dict[str, Any]:
    return {
        "TableName": table,
        "KeyConditionExpression": "id = :id AND #at >= :low",
        "ExpressionAttributeNames": {"#at": "at"},
        "ExpressionAttributeValues": {":id": {"S": "h0"}, ":low": {"N": low}},
        "ExclusiveStartKey": {"id": {"S": "h0"}, "at": {"N": start}},
    }


def _up_to(high: str) -> dict[str, Any]:
    values = {":id": {"S": "h0"}, ":low": {"N": "8"}, ":high": {"N": high}}
    return {"KeyConditionExpression": "id = :id AND #at BETWEEN :low AND :high", "ExpressionAttributeValues": values}


@pytest.mark.parametrize("more", [{}, {"FilterExpression": "attribute_exists(id)"}], ids=["plain", "filtered"])
def test_a_page_that_is_full_at_the_end_of_a_range_says_that_it_is_the_end(dynamodb: Any, ranged: str, more: dict[str, Any]) -> None:
    asked = {"TableName": ranged, "ExpressionAttributeNames": {"#at": "at"}, "Limit": 2, **more}

    ends, goes_on = (dynamodb.query(**asked, **_up_to(high)) for high in ("10", "11"))

    assert [[item["at"]["N"] for item in page["Items"]] for page in (ends, goes_on)] == [["8", "10"]] * 2
    assert "LastEvaluatedKey" not in ends and goes_on["LastEvaluatedKey"]["at"] == {"N": "10"}


def test_a_bound_that_no_key_can_have_is_refused(dynamodb: Any, make_table: MakeTable) -> None:
    with pytest.raises(ClientError, match="Aggregated size of all range keys has exceeded the size limit of 1024 bytes"):
        dynamodb.query(
            TableName=make_table(keys="SS"),
            KeyConditionExpression="id = :id AND #at <= :high",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":id": {"S": "x"}, ":high": {"S": "x" * 1025}},
        )


def test_the_last_item_of_a_collection_is_found_backwards(dynamodb: Any, ranged: str) -> None:
    page = dynamodb.query(
        TableName=ranged, KeyConditionExpression="id = :id", ExpressionAttributeValues={":id": {"S": "h1"}}, ScanIndexForward=False, Limit=1
    )

    assert page["Items"] == [{"id": {"S": "h1"}, "at": {"N": "19"}}]
    assert page["LastEvaluatedKey"] == page["Items"][0]


def test_a_query_tells_its_units_and_may_only_count(dynamodb: Any, ranged: str) -> None:
    asked = {"KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "h1"}}}

    page = dynamodb.query(TableName=ranged, **asked, Select="COUNT", ReturnConsumedCapacity="TOTAL", ConsistentRead=True)

    assert (page["Count"], page["ScannedCount"], "Items" in page) == (10, 10, False)
    assert page["ConsumedCapacity"] == {"TableName": ranged, "CapacityUnits": 1.0}


@pytest.mark.parametrize("operation", ["query", "scan"])
def test_an_index_holds_the_items_that_have_its_key(dynamodb: Any, ranged: str, operation: str) -> None:
    wanted = {"KeyConditionExpression": "g = :g", "ExpressionAttributeValues": {":g": {"S": "x"}}} if operation == "query" else {}

    pages = dynamodb.get_paginator(operation).paginate(TableName=ranged, IndexName="by_g", PaginationConfig={"PageSize": 2}, **wanted)

    assert sorted(int(item["at"]["N"]) for page in pages for item in page["Items"]) == [0, 1, 2, 3, 4]


def test_a_query_finds_a_beginning(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table(keys="SS")
    for at in ("A", "a", "ab", "a\U0010ffff", "b"):
        dynamodb.put_item(TableName=table, Item={"id": {"S": "x"}, "at": {"S": at}})

    page = dynamodb.query(
        TableName=table,
        KeyConditionExpression="(id = :id) AND begins_with(#at, :a)",
        ExpressionAttributeNames={"#at": "at"},
        ExpressionAttributeValues={":id": {"S": "x"}, ":a": {"S": "a"}},
    )

    assert [item["at"]["S"] for item in page["Items"]] == ["a", "ab", "a\U0010ffff"]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        pytest.param("#at = :n", "missed key schema element: id", id="no hash key"),
        pytest.param("id > :s", "Query key condition not supported", id="a range of hash keys"),
        pytest.param("id = :n", "type does not match schema type", id="another type"),
        pytest.param("id = :s AND other_ = :n", "names an attribute that is no key", id="no key"),
        pytest.param("id = :s AND #at <> :n", "Syntax error", id="another operator"),
        pytest.param("id = :s AND #at BETWEEN :n AND :low", "upper bound to be greater than or equal", id="bounds the wrong way round"),
        pytest.param("id = :s AND #at BETWEEN :n AND :s", "same data type", id="bounds of two types"),
        pytest.param("id = :s AND #at = :t", "type does not match schema type", id="what no key can be"),
        pytest.param("id = :s AND contains(#at, :n)", "Syntax error", id="another function"),
    ],
)
def test_a_key_condition_that_cannot_be_is_refused(dynamodb: Any, ranged: str, expression: str, message: str) -> None:
    values = {":s": {"S": "h0"}, ":n": {"N": "1"}, ":low": {"N": "0"}, ":t": {"BOOL": True}}

    with pytest.raises(ClientError, match=message) as error:
        dynamodb.query(
            TableName=ranged,
            KeyConditionExpression=expression,
            ExpressionAttributeNames={"#at": "at"} if "#at" in expression else {},
            ExpressionAttributeValues={name: value for name, value in values.items() if name in expression},
        )

    assert refusal(error) == "ValidationException"
