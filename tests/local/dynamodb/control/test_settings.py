"""What a table has beside itself, and who looks on at it: kept, told, and refused as on AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, told, until

ON = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
KEYS = [{"AttributeName": "status", "AttributeType": "S"}]
CREATE = {"IndexName": "by_status", "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}


def add_index(dynamodb: Any, table: str, name: str = "by_status") -> None:
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
    provisioned = "BillingModeSummary" not in told(dynamodb, table)
    create = {**CREATE, "IndexName": name, **(units if provisioned else {})}
    dynamodb.update_table(TableName=table, AttributeDefinitions=KEYS, GlobalSecondaryIndexUpdates=[{"Create": create}])


def test_contributor_insights_are_those_of_a_table_or_of_an_index(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table()
    add_index(dynamodb, table)

    dynamodb.update_contributor_insights(TableName=table, IndexName="by_status", ContributorInsightsAction="ENABLE")

    found = dynamodb.list_contributor_insights(TableName=table)["ContributorInsightsSummaries"]
    assert {each.get("IndexName"): each["ContributorInsightsStatus"] for each in found} == {None: "DISABLED", "by_status": "ENABLED"}


def test_a_stream_of_kinesis_gets_changes_once(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table, kinesis = make_table(), aws.client("kinesis")
    kinesis.create_stream(StreamName=table, ShardCount=1)
    arn = kinesis.describe_stream(StreamName=table)["StreamDescription"]["StreamARN"]

    dynamodb.enable_kinesis_streaming_destination(TableName=table, StreamArn=arn)

    (found,) = dynamodb.describe_kinesis_streaming_destination(TableName=table)["KinesisDataStreamDestinations"]
    assert (found["StreamArn"], found["DestinationStatus"]) == (arn, "ACTIVE")
    with pytest.raises(ClientError, match="must be DISABLED"):
        dynamodb.enable_kinesis_streaming_destination(TableName=table, StreamArn=arn)


REFUSED: dict[str, tuple[Callable[[Any, str], Any], str]] = {
    "a tag of AWS' own": (
        lambda to, table: to.tag_resource(ResourceArn=told(to, table)["TableArn"], Tags=[{"Key": "aws:x", "Value": "y"}]),
        "reserved for AWS",
    ),
    "a key that is not there": (
        lambda to, table: to.update_table(TableName=table, SSESpecification={"Enabled": True, "KMSMasterKeyId": "alias/none"}),
        "Invalid keyId alias/none",
    ),
    "a stream that is not there": (
        lambda to, table: to.enable_kinesis_streaming_destination(
            TableName=table, StreamArn=told(to, table)["TableArn"].replace("dynamodb", "kinesis").replace("table/", "stream/")
        ),
        "Kinesis stream: .* not found",
    ),
    "a second stream": (
        lambda to, table: [to.update_table(TableName=table, StreamSpecification=ON) for _ in range(2)],
        "already has an enabled stream",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_aws_refuses_is_refused(dynamodb: Any, make_table: MakeTable, what: str) -> None:
    table = make_table()
    ask, words = REFUSED[what]

    with pytest.raises(ClientError, match=words):
        ask(dynamodb, table)


def test_an_index_that_is_added_is_filled_while_the_table_is_active_and_alone(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table()
    aws.set(backfill_seconds=0.5)
    add_index(dynamodb, table)
    aws.set(backfill_seconds=0)

    (index,) = told(dynamodb, table)["GlobalSecondaryIndexes"]
    assert (told(dynamodb, table)["TableStatus"], index["IndexStatus"], index["Backfilling"]) == ("ACTIVE", "CREATING", True)
    with pytest.raises(dynamodb.exceptions.LimitExceededException, match="Only 1 online index"):
        add_index(dynamodb, table, "another")
    until(lambda: told(dynamodb, table)["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE")
