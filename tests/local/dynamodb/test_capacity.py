"""Capacity in the stand-in's DynamoDB: what requests cost, and what happens when it is used up."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, index, refusal, throughput, until

TOTAL: dict[str, Any] = {"ReturnConsumedCapacity": "TOTAL"}
BY_G: dict[str, Any] = {"AttributeDefinitions": [{"AttributeName": "g", "AttributeType": "S"}]}


def item(key: str, size: int = 10, **more: Any) -> dict[str, Any]:
    return {"id": {"S": key}, "v": {"S": "x" * size}, **more}


@pytest.mark.parametrize(("size", "units"), [(10, 1), (1023, 2), (5000, 5)])
def test_a_write_costs_a_unit_a_kibibyte(dynamodb: Any, make_table: MakeTable, size: int, units: int) -> None:
    answer = dynamodb.put_item(TableName=make_table(), Item=item("x", size), **TOTAL)

    assert answer["ConsumedCapacity"]["CapacityUnits"] == units


def test_an_eventual_read_costs_half(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table()
    dynamodb.put_item(TableName=table, Item=item("x", 7000))

    costs = [dynamodb.scan(TableName=table, ConsistentRead=strong, **TOTAL)["ConsumedCapacity"]["CapacityUnits"] for strong in (False, True)]

    assert costs == [1, 2]


def test_a_write_is_charged_to_each_index_it_changes(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table(GlobalSecondaryIndexes=[index("by_g", "g")], **BY_G)

    costs = [
        dynamodb.put_item(TableName=table, Item=put, **TOTAL)["ConsumedCapacity"]["CapacityUnits"]
        for put in (item("x"), item("x", g={"S": "1"}), item("x", g={"S": "1"}), item("x", g={"S": "2"}))
    ]

    assert costs == [1, 2, 1, 3]  # not in the index; put in; unchanged there; moved


def test_a_table_short_of_units_throttles_writes(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((1, 1))

    with pytest.raises(ClientError) as error:
        for number in range(100):
            dynamodb.put_item(TableName=table, Item=item(str(number)))

    assert refusal(error) == "ProvisionedThroughputExceededException"


def test_a_batch_leaves_undone_what_there_are_no_units_for(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((1, 1))
    puts = [{"PutRequest": {"Item": item(str(number))}} for number in range(25)]

    undone = dynamodb.batch_write_item(RequestItems={table: puts})["UnprocessedItems"][table]

    assert 0 < len(undone) < 25
    assert dynamodb.describe_table(TableName=table)["Table"]["ItemCount"] == 25 - len(undone)
    assert all(put in puts for put in undone)


def test_an_index_short_of_units_throttles_writes_of_its_table(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((1000, 1000), GlobalSecondaryIndexes=[index("by_g", "g", (1, 1))], **BY_G)

    with pytest.raises(ClientError, match="global secondary indexes"):
        for number in range(100):
            dynamodb.put_item(TableName=table, Item=item(str(number), g={"S": "x"}))


def test_a_raise_ends_the_throttling(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    aws.set(burst_seconds=1000)
    table = make_table((1, 1))
    aws.set(burst_seconds=1)
    dynamodb.put_item(TableName=table, Item=item("x", 400_000))
    with pytest.raises(ClientError):
        dynamodb.put_item(TableName=table, Item=item("y"))

    dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(1, 20_000))

    assert until(lambda: _puts(dynamodb, table))


def _puts(dynamodb: Any, table: str) -> bool:
    try:
        dynamodb.put_item(TableName=table, Item=item("y"))
    except ClientError:
        return False
    return True


def test_on_demand_never_throttles_unless_it_has_a_maximum(dynamodb: Any, make_table: MakeTable) -> None:
    free, limited = make_table(), make_table(OnDemandThroughput={"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 1})

    for number in range(50):
        dynamodb.put_item(TableName=free, Item=item(str(number), 4000))
    with pytest.raises(ClientError) as error:
        for number in range(50):
            dynamodb.put_item(TableName=limited, Item=item(str(number), 4000))

    assert refusal(error) == "ThrottlingException"
