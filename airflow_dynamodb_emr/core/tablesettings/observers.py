"""Who looks on at a table: contributor insights, and streams of Kinesis that get its changes."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.tablesettings.step import Choices, Outcome, Place, Setting, Step, Target

_PRECISION = "ApproximateCreationDateTimePrecision"


def insights(schema: Schema, target: Target, _: Choices) -> Iterator[Step]:
    for found in schema.settings.get("ListContributorInsights", {}).get("ContributorInsightsSummaries", []):
        if found["ContributorInsightsStatus"] in ("ENABLED", "ENABLING"):
            index = {"IndexName": found["IndexName"]} if found.get("IndexName") else {}
            mode = {"ContributorInsightsMode": found["ContributorInsightsMode"]} if found.get("ContributorInsightsMode") else {}
            yield Step(
                setting="contributor insights" + (f" of index {found['IndexName']}" if index else ""),
                call="UpdateContributorInsights",
                request={"TableName": target.name, **index, "ContributorInsightsAction": "ENABLE", **mode},
            )


def kinesis(schema: Schema, target: Target, _: Choices) -> Iterator[Step | Setting]:
    """A stream is of the table's own account and region."""
    for found in schema.settings.get("DescribeKinesisStreamingDestination", {}).get("KinesisDataStreamDestinations", []):
        if found["DestinationStatus"] not in ("ACTIVE", "ENABLING", "UPDATING"):
            continue
        name = f"Kinesis stream {found['StreamArn'].rpartition('/')[2]}"
        if Place.of(found["StreamArn"]) != target.place:
            yield Setting(name=name, outcome=Outcome.LEFT_OUT, how=f"{found['StreamArn']} is not of {target.place}, where the table is")
            continue
        request = {"TableName": target.name, "StreamArn": found["StreamArn"]}
        if found.get(_PRECISION):
            request |= {"EnableKinesisStreamingConfiguration": {_PRECISION: found[_PRECISION]}}
        yield Step(setting=name, call="EnableKinesisStreamingDestination", request=request, how="it gets the changes of this table, too")
