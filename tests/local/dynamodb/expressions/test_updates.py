"""UpdateExpression: what it changes, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.dynamodb.expressions.examples import ITEM, used
from tests.local.helpers import refusal


@pytest.mark.parametrize(
    ("expression", "changed"),
    [
        ("SET n = n + :10", {"n": {"N": "15"}}),
        ("SET n = n - :10", {"n": {"N": "-5"}}),
        ("SET fresh = if_not_exists(fresh, :5 )", {"fresh": {"N": "5"}}),
        ("SET n = if_not_exists(n, :10 )", {}),
        ("SET l = list_append(l, l)", {"l": {"L": [*ITEM["l"]["L"], *ITEM["l"]["L"]]}}),
        (
            "SET l[1] = :a , m.more = :one",
            {"l": {"L": [{"N": "1"}, {"S": "a"}, ITEM["l"]["L"][2]]}, "m": {"M": {"S": {"S": "s"}, "more": {"N": "1"}}}},
        ),
        ("REMOVE l[0], l[2]", {"l": {"L": [{"S": "two"}]}}),
        ("ADD n :10", {"n": {"N": "15"}}),
        ("DELETE tags :set", {"tags": None}),
        ("REMOVE t SET n = :4", {"t": None, "n": {"N": "4"}}),
    ],
)
def test_an_update_changes_what_it_says(dynamodb: Any, table: str, expression: str, changed: dict[str, Any]) -> None:
    values = used(expression)
    expected = {name: value for name, value in {**ITEM, **changed}.items() if value is not None}

    told = dynamodb.update_item(
        TableName=table,
        Key={"id": {"S": "x"}},
        UpdateExpression=expression,
        ReturnValues="ALL_NEW",
        **({"ExpressionAttributeValues": values} if values else {}),
    )

    assert told["Attributes"] == expected
    assert dynamodb.get_item(TableName=table, Key={"id": {"S": "x"}})["Item"] == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("SET id = :5", "part of the key"),
        ("SET n = :5 , n = :4", "overlap"),
        ("SET n = absent_ + :5", "does not exist in the item"),
        ("SET absent_.x = :5", "invalid for update"),
        ("SET t = t + :5", "incorrect data type"),
        ("SET status = :5", "reserved keyword"),
        ("SET n == :5", "Syntax error"),
        ("REMOVE n", "unused in expressions"),
    ],
)
def test_an_update_that_cannot_be_is_refused(dynamodb: Any, table: str, expression: str, message: str) -> None:
    values = used(expression) or {":5": {"N": "5"}}

    with pytest.raises(ClientError, match=message) as error:
        dynamodb.update_item(TableName=table, Key={"id": {"S": "x"}}, UpdateExpression=expression, ExpressionAttributeValues=values)

    assert refusal(error) == "ValidationException"
