"""Document paths, into what is within attributes."""

from __future__ import annotations

from typing import Any

from tests.local.dynamodb.expressions.examples import ITEM


def test_a_projection_gives_what_it_names(dynamodb: Any, table: str) -> None:
    item = dynamodb.get_item(
        TableName=table, Key={"id": {"S": "x"}}, ProjectionExpression="#n, l[2].deep, m.S, absent_", ExpressionAttributeNames={"#n": "n"}
    )["Item"]

    assert item == {"n": {"N": "5"}, "l": {"L": [{"M": {"deep": {"S": "y"}}}]}, "m": ITEM["m"]}
