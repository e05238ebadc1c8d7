"""The stand-in's own record of capacity: who changed what, in order."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, index, throughput, until

BY_G: dict[str, Any] = {"AttributeDefinitions": [{"AttributeName": "g", "AttributeType": "S"}]}
READ = {"ServiceNamespace": "dynamodb", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}


def recorded(aws: StandIn, table: str) -> list[tuple[str, int, int, bool, str]]:
    return [(one.index, one.read, one.write, one.decrease, one.by) for one in aws.capacity() if one.table == table]


def test_each_change_of_a_table_and_its_indexes_is_recorded_from_its_making_to_its_end(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5), GlobalSecondaryIndexes=[index("by_g", "g", (2, 2))], **BY_G)
    update = {"IndexName": "by_g", "ProvisionedThroughput": throughput(1, 3)}
    dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(9, 5), GlobalSecondaryIndexUpdates=[{"Update": update}])
    dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(5, 5))
    dynamodb.delete_table(TableName=table)

    assert recorded(aws, table) == [
        ("", 5, 5, False, "CreateTable"),
        ("by_g", 2, 2, False, "CreateTable"),
        ("", 9, 5, False, "UpdateTable"),
        ("by_g", 1, 3, True, "UpdateTable"),
        ("", 5, 5, True, "UpdateTable"),
        ("", 0, 0, False, "DeleteTable"),
        ("by_g", 0, 0, False, "DeleteTable"),
    ]


def test_a_switch_of_billing_is_recorded_as_one(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5))
    dynamodb.update_table(TableName=table, BillingMode="PAY_PER_REQUEST")
    dynamodb.update_table(TableName=table, BillingMode="PROVISIONED", ProvisionedThroughput=throughput(3, 3))

    assert recorded(aws, table)[1:] == [("", 0, 0, False, "billing"), ("", 3, 3, False, "billing")]


def test_an_index_that_is_added_or_dropped_is_recorded(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table, of_g = make_table((5, 5)), [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "g")]
    create: dict[str, Any] = {"AttributeDefinitions": of_g, "GlobalSecondaryIndexUpdates": [{"Create": index("by_g", "g", (2, 2))}]}
    dynamodb.update_table(TableName=table, **create)
    dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_g"}}])

    assert recorded(aws, table)[1:] == [("by_g", 2, 2, False, "UpdateTable"), ("by_g", 0, 0, False, "UpdateTable")]


def test_what_autoscaling_does_is_recorded_as_its_own(aws: StandIn, autoscaling: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5))
    autoscaling.register_scalable_target(**READ, ResourceId=f"table/{table}", MinCapacity=9, MaxCapacity=20)
    autoscaling.register_scalable_target(**READ, ResourceId=f"table/{table}", MinCapacity=1, MaxCapacity=4)

    until(lambda: len(recorded(aws, table)) == 3)

    assert recorded(aws, table)[1:] == [("", 9, 5, False, "autoscaling"), ("", 4, 5, True, "autoscaling")]


def test_what_is_refused_is_not_recorded_and_what_is_under_way_is(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5))
    aws.set(update_seconds=60)
    dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(9, 5))

    with pytest.raises(ClientError):
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(7, 5))

    assert recorded(aws, table)[1:] == [("", 9, 5, False, "UpdateTable")]


def test_after_a_reset_the_record_begins_with_what_is_there(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    kept, gone = make_table((5, 5)), make_table((5, 5))
    dynamodb.update_table(TableName=kept, ProvisionedThroughput=throughput(9, 5))
    dynamodb.delete_table(TableName=gone)

    aws.reset_capacity()
    dynamodb.update_table(TableName=kept, ProvisionedThroughput=throughput(5, 5))

    assert recorded(aws, kept) == [("", 9, 5, False, "start"), ("", 5, 5, True, "UpdateTable")]
    assert recorded(aws, gone) == []


def test_changes_are_in_order_of_time(aws: StandIn, make_table: MakeTable) -> None:
    aws.reset_capacity()  # other tests may have put the clock forward and back
    for _ in range(3):
        make_table((5, 5))

    times = [one.time for one in aws.capacity()]

    assert times == sorted(times) and {one.region for one in aws.capacity()} == {"us-east-1"}
