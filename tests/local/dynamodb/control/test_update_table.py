"""UpdateTable: throughput, billing mode and indexes, and what may be changed when."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, index, throughput, told, until

BY_G: dict[str, Any] = {"AttributeDefinitions": [{"AttributeName": "g", "AttributeType": "S"}]}


def test_a_change_of_throughput_takes_its_time_and_bars_another(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5))
    aws.set(update_seconds=0.5)

    answer = dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(9, 5))["TableDescription"]

    assert (answer["TableStatus"], answer["ProvisionedThroughput"]["ReadCapacityUnits"]) == ("UPDATING", 5)
    with pytest.raises(dynamodb.exceptions.ResourceInUseException):
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(10, 5))
    assert told(dynamodb, table)["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    until(lambda: told(dynamodb, table)["TableStatus"] == "ACTIVE")
    assert told(dynamodb, table)["ProvisionedThroughput"]["ReadCapacityUnits"] == 9


def test_the_same_throughput_again_is_refused(dynamodb: Any, make_table: MakeTable) -> None:
    with pytest.raises(ClientError, match="The provisioned throughput for the table will not change"):
        dynamodb.update_table(TableName=make_table((5, 5)), ProvisionedThroughput=throughput(5, 5))


def test_the_fifth_decrease_of_a_day_is_refused_and_told_in_the_counter(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((10, 10))
    for units in (9, 8, 7, 6):
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(units, 10))

    with pytest.raises(
        dynamodb.exceptions.LimitExceededException, match=r"Number of decreases today: 4\. Last decrease at .* Next decrease can be made at"
    ):
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(5, 10))

    assert told(dynamodb, table)["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 4
    assert "LastDecreaseDateTime" in told(dynamodb, table)["ProvisionedThroughput"]
    aws.set(decrease_wait_seconds=0)
    dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(5, 10))


def test_table_and_index_have_decreases_of_their_own(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((10, 10), GlobalSecondaryIndexes=[index("by_g", "g", (10, 10))], **BY_G)
    for units in (9, 8, 7, 6):
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(units, 10))
    update = {"IndexName": "by_g", "ProvisionedThroughput": throughput(9, 9)}

    with pytest.raises(dynamodb.exceptions.LimitExceededException):
        dynamodb.update_table(
            TableName=table, ProvisionedThroughput=throughput(5, 10), GlobalSecondaryIndexUpdates=[{"Update": update}]
        )  # refused as a whole
    dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Update": update}])

    assert told(dynamodb, table)["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 1


def test_a_new_day_brings_new_decreases_and_tests_may_bring_the_day(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((10, 10))
    for units in (9, 8, 7, 6):
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(units, 10))
    spent = told(dynamodb, table)["ProvisionedThroughput"]

    aws.set(clock_ahead_seconds=86_400)
    tomorrow = told(dynamodb, table)["ProvisionedThroughput"]
    dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(5, 10))
    lowered = told(dynamodb, table)["ProvisionedThroughput"]

    assert (spent["NumberOfDecreasesToday"], tomorrow["NumberOfDecreasesToday"], lowered["NumberOfDecreasesToday"]) == (4, 0, 1)
    assert tomorrow["LastDecreaseDateTime"] == spent["LastDecreaseDateTime"]
    assert abs(lowered["LastDecreaseDateTime"] - spent["LastDecreaseDateTime"] - timedelta(days=1)) < timedelta(minutes=1)


def test_the_refusal_of_a_day_ahead_tells_times_of_that_day(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((10, 10))
    aws.set(clock_ahead_seconds=3 * 86_400)
    for units in (9, 8, 7, 6):
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(units, 10))
    last = told(dynamodb, table)["ProvisionedThroughput"]["LastDecreaseDateTime"].astimezone(timezone.utc)

    with pytest.raises(dynamodb.exceptions.LimitExceededException, match=f"Last decrease at {last:%A, %B %d, %Y at %I:%M:%S %p}"):
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(5, 10))

    assert last > datetime.now(timezone.utc) + timedelta(days=2)


@pytest.mark.parametrize(
    ("read", "message"), [pytest.param(40_001, "Per table maximum: 40000", id="table"), pytest.param(40_000, "Limit: 80000", id="account")]
)
def test_more_than_the_maximum_is_refused(dynamodb: Any, make_table: MakeTable, read: int, message: str) -> None:
    others = [make_table((39_990, 5))]
    table = make_table((5, 5))

    with pytest.raises(dynamodb.exceptions.LimitExceededException, match=message):
        dynamodb.update_table(TableName=table, ProvisionedThroughput=throughput(read, 5))
        others.append(make_table((5, 5)))
        dynamodb.update_table(TableName=others[-1], ProvisionedThroughput=throughput(read, 5))

    for name in (*others, table):
        dynamodb.delete_table(TableName=name)


def test_billing_mode_is_told_only_after_a_table_was_on_demand(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table((5, 5))
    never = told(dynamodb, table)
    dynamodb.update_table(TableName=table, BillingMode="PAY_PER_REQUEST")
    on_demand = told(dynamodb, table)
    dynamodb.update_table(TableName=table, BillingMode="PROVISIONED", ProvisionedThroughput=throughput(7, 7))
    back = told(dynamodb, table)

    assert "BillingModeSummary" not in never
    assert on_demand["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert on_demand["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert (back["BillingModeSummary"]["BillingMode"], back["ProvisionedThroughput"]["ReadCapacityUnits"]) == ("PROVISIONED", 7)


def test_a_switch_to_provisioned_needs_units_for_every_index(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table(GlobalSecondaryIndexes=[index("by_g", "g")], **BY_G)

    with pytest.raises(ClientError, match="must be specified for index: by_g"):
        dynamodb.update_table(TableName=table, BillingMode="PROVISIONED", ProvisionedThroughput=throughput(5, 5))


def test_an_index_can_be_added_and_deleted(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table()
    dynamodb.put_item(TableName=table, Item={"id": {"S": "x"}, "g": {"S": "y"}})
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "g")]

    dynamodb.update_table(TableName=table, AttributeDefinitions=attributes, GlobalSecondaryIndexUpdates=[{"Create": index("by_g", "g")}])

    assert told(dynamodb, table)["GlobalSecondaryIndexes"][0]["ItemCount"] == 1
    dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_g"}}])
    assert "GlobalSecondaryIndexes" not in told(dynamodb, table)
