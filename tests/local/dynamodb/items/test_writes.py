"""Putting and deleting items: keys, batches, and what a table counts."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, index, refusal


@pytest.mark.parametrize(
    ("item", "message"),
    [
        pytest.param({"v": {"S": "x"}}, "Missing the key id in the item", id="no key"),
        pytest.param({"id": {"N": "1"}}, "Type mismatch for key id expected: S actual: N", id="key of another type"),
        pytest.param({"id": {"S": ""}}, "cannot contain an empty string value. Key: id", id="empty key"),
        pytest.param({"id": {"S": "x" * 2049}}, "Size of hashkey has exceeded", id="long key"),
        pytest.param({"id": {"S": "x"}, "g": {"N": "1"}}, "Type mismatch for Index Key g Expected: S Actual: N", id="index key of another type"),
    ],
)
def test_a_bad_key_is_refused(dynamodb: Any, make_table: MakeTable, item: dict[str, Any], message: str) -> None:
    table = make_table(GlobalSecondaryIndexes=[index("by_g", "g")], AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}])

    with pytest.raises(ClientError, match=message):
        dynamodb.put_item(TableName=table, Item=item)


def test_a_batch_with_one_bad_item_writes_nothing(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table()
    good, bad = {"id": {"S": "good"}}, {"id": {"N": "1"}}

    with pytest.raises(ClientError):
        dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in (good, bad)]})

    assert dynamodb.scan(TableName=table)["Count"] == 0


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        pytest.param([f"k{number}" for number in range(26)], "Too many items requested", id="26 items"),
        pytest.param(["same", "same"], "contains duplicates", id="one key twice"),
    ],
)
def test_the_rules_of_a_batch_hold(dynamodb: Any, make_table: MakeTable, keys: list[str], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        dynamodb.batch_write_item(RequestItems={make_table(): [{"PutRequest": {"Item": {"id": {"S": key}}}} for key in keys]})


def test_put_and_delete_count_and_measure_the_table_and_its_index(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table(GlobalSecondaryIndexes=[index("by_g", "g")], AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}])
    dynamodb.put_item(TableName=table, Item={"id": {"S": "12"}, "g": {"S": "x"}, "n": {"N": "1234"}})
    dynamodb.put_item(TableName=table, Item={"id": {"S": "34"}})
    dynamodb.delete_item(TableName=table, Key={"id": {"S": "34"}})

    told = dynamodb.describe_table(TableName=table)["Table"]

    assert (told["ItemCount"], told["TableSizeBytes"]) == (1, 4 + 2 + 1 + 3)
    assert (told["GlobalSecondaryIndexes"][0]["ItemCount"], told["GlobalSecondaryIndexes"][0]["IndexSizeBytes"]) == (1, 10)


def test_what_is_not_supported_is_refused_and_not_retried(shared: StandIn, make_table: MakeTable) -> None:
    shared.reset_calls()

    with pytest.raises(ClientError) as error:
        shared.client("dynamodb").execute_statement(Statement=f'SELECT * FROM "{make_table()}"')

    assert refusal(error) == "UnknownOperationException"
    assert shared.calls()["dynamodb.ExecuteStatement"] == 1
