"""Tables: made, listed, described and deleted."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, refusal, throughput, told, until


def test_a_new_table_is_creating_and_holds_no_items_yet(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    aws.set(create_seconds=0.5)
    table = make_table()

    assert told(dynamodb, table)["TableStatus"] == "CREATING"
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.put_item(TableName=table, Item={"id": {"S": "x"}})
    until(lambda: told(dynamodb, table)["TableStatus"] == "ACTIVE")
    dynamodb.put_item(TableName=table, Item={"id": {"S": "x"}})


def listed(dynamodb: Any) -> list[str]:
    """A page is a hundred."""
    return [name for page in dynamodb.get_paginator("list_tables").paginate() for name in page["TableNames"]]


def test_tables_are_listed_in_order_and_after_a_name_that_is_gone(dynamodb: Any, make_table: MakeTable) -> None:
    made = [make_table() for _ in range(3)]

    names = listed(dynamodb)
    after = dynamodb.list_tables(ExclusiveStartTableName=f"{min(made)}!", Limit=1)

    assert names == sorted(names)
    assert after["TableNames"] == [names[names.index(min(made)) + 1]]


def test_a_deleted_table_is_gone_after_a_while(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table()
    aws.set(delete_seconds=0.3)

    dynamodb.delete_table(TableName=table)

    assert told(dynamodb, table)["TableStatus"] == "DELETING"
    until(lambda: table not in listed(dynamodb))
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException, match="not found"):
        told(dynamodb, table)


def test_a_protected_table_is_not_deleted(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table(DeletionProtectionEnabled=True)

    with pytest.raises(ClientError, match="protected against deletion"):
        dynamodb.delete_table(TableName=table)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param({"TableName": "ab"}, "Invalid table/index name", id="short name"),
        pytest.param({"AttributeDefinitions": [{"AttributeName": "x", "AttributeType": "S"}]}, "not defined|not used", id="attributes"),
        pytest.param({"BillingMode": "PROVISIONED"}, "must both be specified", id="no units"),
        pytest.param({"ProvisionedThroughput": throughput(1, 1)}, "Neither ReadCapacityUnits nor", id="units on demand"),
    ],
)
def test_a_table_that_cannot_be_is_refused(dynamodb: Any, more: dict[str, Any], message: str) -> None:
    good = {
        "TableName": "refused",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }

    with pytest.raises(ClientError, match=message) as error:
        dynamodb.create_table(**{**good, **more})

    assert refusal(error) == "ValidationException"


def test_settings_beside_the_table_are_kept(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table(Tags=[{"Key": "team", "Value": "sales"}], StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})

    recovery = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]

    assert dynamodb.list_tags_of_resource(ResourceArn=told(dynamodb, table)["TableArn"])["Tags"] == [{"Key": "team", "Value": "sales"}]
    assert dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    assert told(dynamodb, table)["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"
