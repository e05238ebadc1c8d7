"""Conditions and filters: which hold."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.dynamodb.expressions.examples import used


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("n = :5", True),
        ("n <> :5", False),
        ("n < :10", True),  # as numbers, not as text
        ("n BETWEEN :4 AND :10", True),
        ("n IN ( :4 , :10 )", False),
        ("begins_with(t, :h )", True),
        ("begins_with(b, :bytes )", True),
        ("contains(t, :h ) AND NOT contains(tags, :h )", True),
        ("contains(tags, :a )", True),
        ("contains(l, :one )", True),
        ("tags = :set", True),
        ("attribute_exists(l[2].deep)", True),
        ("attribute_not_exists(l[3])", True),
        ("attribute_type(t, :S )", True),
        ("size(t) > :4", True),
        ("t < :10", False),  # of another type
        ("n = :4 OR n = :10 OR ( n = :5 AND attribute_exists(m.S))", True),
        ("absent_ = :5", False),
        ("absent_ <> :5", True),
    ],
)
def test_a_filter_holds_or_not(dynamodb: Any, table: str, expression: str, holds: bool) -> None:
    values = used(expression)

    page = dynamodb.scan(TableName=table, FilterExpression=expression, **({"ExpressionAttributeValues": values} if values else {}))

    assert (page["Count"], page["ScannedCount"]) == (int(holds), 1)


def test_a_condition_that_does_not_hold_stops_the_write(dynamodb: Any, table: str) -> None:
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(TableName=table, Item={"id": {"S": "x"}}, ConditionExpression="attribute_not_exists(id)")

    assert dynamodb.get_item(TableName=table, Key={"id": {"S": "x"}})["Item"]["n"] == {"N": "5"}
