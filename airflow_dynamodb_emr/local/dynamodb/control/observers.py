"""Who looks on at a table: contributor insights, and streams of Kinesis that get its changes."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.dynamodb.control.settings import Settings
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Refused, Request, invalid

_MODE = "ACCESSED_AND_THROTTLED_KEYS"


class Observers(Settings):
    """Each is turned on and off by itself."""

    def update_contributor_insights(self, request: Request) -> Answer:
        table, index = self.tables.get(request["TableName"]), request.get("IndexName", "")
        _check_index(table, index)
        if request["ContributorInsightsAction"] == "ENABLE":
            table.insights[index] = request.get("ContributorInsightsMode", _MODE)
        else:
            table.insights.pop(index, None)
        return _insights(table, index)

    def describe_contributor_insights(self, request: Request) -> Answer:
        table, index = self.tables.get(request["TableName"]), request.get("IndexName", "")
        _check_index(table, index)
        return _insights(table, index)

    def list_contributor_insights(self, request: Request) -> Answer:
        """Of a table and its global indexes, or of all tables; those where it is off, too."""
        tables = [self.tables.get(request["TableName"])] if "TableName" in request else self.tables.all()
        names = [(table, index) for table in tables for index in ["", *(index.name for index in table.global_indexes)]]
        return {"ContributorInsightsSummaries": [_insights(table, index) for table, index in names]}

    def enable_kinesis_streaming_destination(self, request: Request) -> Answer:
        table, arn = self.tables.get(request["TableName"]), request["StreamArn"]
        _check_stream(table, arn)
        if table.status != "ACTIVE":
            raise Refused("ResourceInUseException", f"Attempt to change a resource which is still in use: Table: {table.name} is {table.status}")
        if arn in table.destinations:
            raise invalid("Table is not in a valid state to enable Kinesis Streaming Destination: EnableKinesisStreamingDestination must be DISABLED")
        configuration = request.get("EnableKinesisStreamingConfiguration") or {}
        table.destinations[arn] = configuration.get("ApproximateCreationDateTimePrecision", "MILLISECOND")
        return {"TableName": table.name, "StreamArn": arn, "DestinationStatus": "ENABLING", "EnableKinesisStreamingConfiguration": configuration}

    def disable_kinesis_streaming_destination(self, request: Request) -> Answer:
        table, arn = self.tables.get(request["TableName"]), request["StreamArn"]
        if table.destinations.pop(arn, None) is None:
            raise invalid("Table is not in a valid state to disable Kinesis Streaming Destination: it must be ACTIVE to perform DISABLE operation")
        return {"TableName": table.name, "StreamArn": arn, "DestinationStatus": "DISABLING"}

    def describe_kinesis_streaming_destination(self, request: Request) -> Answer:
        table = self.tables.get(request["TableName"])
        return {"TableName": table.name, "KinesisDataStreamDestinations": [_destination(*each) for each in table.destinations.items()]}


def _insights(table: Table, index: str) -> dict[str, Any]:
    named, mode = {"IndexName": index} if index else {}, table.insights.get(index)
    status = {"ContributorInsightsStatus": "ENABLED", "ContributorInsightsMode": mode} if mode else {"ContributorInsightsStatus": "DISABLED"}
    return {"TableName": table.name, **named, **status}


def _destination(arn: str, precision: str) -> dict[str, str]:
    return {"StreamArn": arn, "DestinationStatus": "ACTIVE", "ApproximateCreationDateTimePrecision": precision}


def _check_index(table: Table, index: str) -> None:
    if index and not any(each.name == index for each in table.global_indexes):
        raise Refused("ResourceNotFoundException", f"Requested resource not found: Index: {index} not found")


def _check_stream(table: Table, arn: str) -> None:
    """It is of the table's own account and region."""
    if arn.split(":")[3:5] != table.arn.split(":")[3:5] or not moto_side.has_data_stream(arn):
        raise Refused("ResourceNotFoundException", f"Requested resource not found: Kinesis stream: {arn} not found")


OPERATIONS: dict[str, Operation] = {
    "DescribeContributorInsights": Observers.describe_contributor_insights,
    "DescribeKinesisStreamingDestination": Observers.describe_kinesis_streaming_destination,
    "DisableKinesisStreamingDestination": Observers.disable_kinesis_streaming_destination,
    "EnableKinesisStreamingDestination": Observers.enable_kinesis_streaming_destination,
    "ListContributorInsights": Observers.list_contributor_insights,
    "UpdateContributorInsights": Observers.update_contributor_insights,
}
