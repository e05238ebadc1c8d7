"""What a table has beside itself: tags, time to live, recovery, policy."""

from __future__ import annotations

import time
from typing import Any

from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.dynamodb.tables import Tables
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Refused, Request, invalid


class Settings:
    """Each has operations of its own."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def list_tags_of_resource(self, request: Request) -> Answer:
        return {"Tags": [{"Key": key, "Value": value} for key, value in self.tables.get(request["ResourceArn"]).tags.items()]}

    def tag_resource(self, request: Request) -> Answer:
        self.tables.get(request["ResourceArn"]).tags.update({tag["Key"]: tag["Value"] for tag in request["Tags"]})
        return {}

    def untag_resource(self, request: Request) -> Answer:
        for key in request["TagKeys"]:
            self.tables.get(request["ResourceArn"]).tags.pop(key, None)
        return {}

    def describe_time_to_live(self, request: Request) -> Answer:
        wanted = self.tables.get(request["TableName"]).time_to_live
        if not wanted.get("Enabled"):
            return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": wanted["AttributeName"]}}

    def update_time_to_live(self, request: Request) -> Answer:
        table, wanted = self.tables.get(request["TableName"]), request["TimeToLiveSpecification"]
        if bool(table.time_to_live.get("Enabled")) == wanted["Enabled"]:
            raise invalid(f"TimeToLive is already {'enabled' if wanted['Enabled'] else 'disabled'}")
        table.time_to_live = wanted
        return {"TimeToLiveSpecification": wanted}

    def describe_continuous_backups(self, request: Request) -> Answer:
        return {"ContinuousBackupsDescription": _recovery(self.tables.get(request["TableName"]))}

    def update_continuous_backups(self, request: Request) -> Answer:
        table = self.tables.get(request["TableName"])
        table.recovery = {"EarliestRestorableDateTime": time.time(), **request["PointInTimeRecoverySpecification"]}
        return {"ContinuousBackupsDescription": _recovery(table)}

    def get_resource_policy(self, request: Request) -> Answer:
        policy = self.tables.get(request["ResourceArn"]).policy
        if policy is None:
            raise Refused("PolicyNotFoundException", f"Resource-based policy not found for the provided ResourceArn: {request['ResourceArn']}")
        return {"Policy": policy, "RevisionId": str(hash(policy))}

    def put_resource_policy(self, request: Request) -> Answer:
        self.tables.get(request["ResourceArn"]).policy = request["Policy"]
        return {"RevisionId": str(hash(request["Policy"]))}

    def delete_resource_policy(self, request: Request) -> Answer:
        self.tables.get(request["ResourceArn"]).policy = None
        return {}

    def describe_kinesis_streaming_destination(self, request: Request) -> Answer:
        return {"TableName": self.tables.get(request["TableName"]).name, "KinesisDataStreamDestinations": []}

    def describe_contributor_insights(self, request: Request) -> Answer:
        return {"TableName": self.tables.get(request["TableName"]).name, "ContributorInsightsStatus": "DISABLED"}


def _recovery(table: Table) -> dict[str, Any]:
    if not table.recovery.get("PointInTimeRecoveryEnabled"):
        return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}
    described = {
        "PointInTimeRecoveryStatus": "ENABLED",
        "RecoveryPeriodInDays": table.recovery.get("RecoveryPeriodInDays", 35),
        "EarliestRestorableDateTime": table.recovery["EarliestRestorableDateTime"],
        "LatestRestorableDateTime": time.time(),
    }
    return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": described}


OPERATIONS: dict[str, Operation] = {
    "DeleteResourcePolicy": Settings.delete_resource_policy,
    "DescribeContinuousBackups": Settings.describe_continuous_backups,
    "DescribeContributorInsights": Settings.describe_contributor_insights,
    "DescribeKinesisStreamingDestination": Settings.describe_kinesis_streaming_destination,
    "DescribeTimeToLive": Settings.describe_time_to_live,
    "GetResourcePolicy": Settings.get_resource_policy,
    "ListTagsOfResource": Settings.list_tags_of_resource,
    "PutResourcePolicy": Settings.put_resource_policy,
    "TagResource": Settings.tag_resource,
    "UntagResource": Settings.untag_resource,
    "UpdateContinuousBackups": Settings.update_continuous_backups,
    "UpdateTimeToLive": Settings.update_time_to_live,
}
