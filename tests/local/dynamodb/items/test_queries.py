"""Query, and reading by an index."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.helpers import MakeTable, index, refusal


@pytest.fixture
def ranged(dynamodb: Any, make_table: MakeTable) -> str:
    attributes = [{"AttributeName": "g", "AttributeType": "S"}]
    name = make_table(keys="SN", GlobalSecondaryIndexes=[index("by_g", "g")], AttributeDefinitions=attributes)
    for number in range(20):
        item = {"id": {"S": f"h{number % 2}"}, "at": {"N": str(number)}, **({"g": {"S": "x"}} if number < 5 else {})}
        dynamodb.put_item(TableName=name, Item=item)
    return name


@pytest.mark.parametrize(
    ("expression", "forward", "found"),
    [
        ("id = :id", True, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]),
        ("id = :id AND #at > :low", False, [18, 16, 14, 12, 10]),
        ("#at BETWEEN :low AND :high AND id = :id", True, [8, 10, 12]),
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


SORT_KEYS = {"S": lambda n: {"S": f"ü{n:02}"}, "N": lambda n: {"N": str(n * 10 - 55)}, "B": lambda n: {"B": bytes([n, 255])}}
RANGES = {
    "#at < :low": range(4),
    "#at <= :low": range(5),
    "#at = :low": range(4, 5),
    "#at >= :low": range(4, 12),
    "#at > :low": range(5, 12),
    "#at BETWEEN :low AND :high": range(4, 10),
}


@pytest.mark.parametrize("forward", [True, False], ids=["forward", "backward"])
@pytest.mark.parametrize("expression", RANGES)
@pytest.mark.parametrize("kind", SORT_KEYS)
def test_every_range_of_every_kind_of_sort_key_is_found(dynamodb: Any, make_table: MakeTable, kind: str, expression: str, forward: bool) -> None:
    table, of = make_table(keys=f"S{kind}"), SORT_KEYS[kind]
    items = [{"id": {"S": "x"}, "at": of(n), "n": {"N": str(n)}} for n in range(12)] + [{"id": {"S": "y"}, "at": of(5)}]
    dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in items]})

    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression=f"id = :id AND {expression}",
        ExpressionAttributeNames={"#at": "at"},
        ExpressionAttributeValues={":id": {"S": "x"}, ":low": of(4), **({":high": of(9)} if ":high" in expression else {})},
        ScanIndexForward=forward,
        PaginationConfig={"PageSize": 2},
    )

    found = [int(item["n"]["N"]) for page in pages for item in page["Items"]]
    assert found == (list(RANGES[expression]) if forward else list(RANGES[expression])[::-1])


def test_a_page_of_a_query_ends_before_a_mebibyte(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table(keys="SN")
    for n in range(7):
        dynamodb.put_item(TableName=table, Item={"id": {"S": "x"}, "at": {"N": str(n)}, "body": {"S": "x" * 200_000}})
    query = {"KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "x"}}}

    pages = list(dynamodb.get_paginator("query").paginate(TableName=table, **query))

    assert [page["Count"] for page in pages] == [5, 2] and "LastEvaluatedKey" not in pages[-1]


@pytest.mark.parametrize("operation", ["query", "scan"])
def test_an_index_holds_the_items_that_have_its_key(dynamodb: Any, ranged: str, operation: str) -> None:
    wanted = {"KeyConditionExpression": "g = :g", "ExpressionAttributeValues": {":g": {"S": "x"}}} if operation == "query" else {}

    pages = dynamodb.get_paginator(operation).paginate(TableName=ranged, IndexName="by_g", PaginationConfig={"PageSize": 2}, **wanted)

    assert sorted(int(item["at"]["N"]) for page in pages for item in page["Items"]) == [0, 1, 2, 3, 4]


def test_a_query_finds_a_beginning(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table(keys="SS")
    for at in ("a", "ab", "b"):
        dynamodb.put_item(TableName=table, Item={"id": {"S": "x"}, "at": {"S": at}})

    page = dynamodb.query(
        TableName=table,
        KeyConditionExpression="(id = :id) AND begins_with(#at, :a)",
        ExpressionAttributeNames={"#at": "at"},
        ExpressionAttributeValues={":id": {"S": "x"}, ":a": {"S": "a"}},
    )

    assert [item["at"]["S"] for item in page["Items"]] == ["a", "ab"]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        pytest.param("#at = :n", "missed key schema element: id", id="no hash key"),
        pytest.param("id > :s", "Query key condition not supported", id="a range of hash keys"),
        pytest.param("id = :n", "type does not match schema type", id="another type"),
        pytest.param("id = :s AND other_ = :n", "names an attribute that is no key", id="no key"),
        pytest.param("id = :s AND #at <> :n", "Syntax error", id="another operator"),
        pytest.param("id = :s AND contains(#at, :n)", "Syntax error", id="another function"),
    ],
)
def test_a_key_condition_that_cannot_be_is_refused(dynamodb: Any, ranged: str, expression: str, message: str) -> None:
    values = {":s": {"S": "h0"}, ":n": {"N": "1"}}

    with pytest.raises(ClientError, match=message) as error:
        dynamodb.query(
            TableName=ranged,
            KeyConditionExpression=expression,
            ExpressionAttributeNames={"#at": "at"} if "#at" in expression else {},
            ExpressionAttributeValues={name: value for name, value in values.items() if name in expression},
        )

    assert refusal(error) == "ValidationException"
