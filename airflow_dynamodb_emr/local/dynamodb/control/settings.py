"""What a table has beside itself: tags, time to live, recovery, policy. Who looks on at it is in observers."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.local.dynamodb.control.rules import check_tags
from airflow_dynamodb_emr.local.dynamodb.journal import Journal
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.dynamodb.tables import Tables
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Refused, Request, invalid
from airflow_dynamodb_emr.local.knobs import Knobs

_MOST_RECOVERY_DAYS = 35


class Settings:
    """Each has operations of its own."""

    def __init__(self, tables: Tables, knobs: Knobs) -> None:
        self.tables, self._knobs = tables, knobs

    def list_tags_of_resource(self, request: Request) -> Answer:
        return {"Tags": [{"Key": key, "Value": value} for key, value in self.tables.get(request["ResourceArn"]).tags.items()]}

    def tag_resource(self, request: Request) -> Answer:
        table = self.tables.get(request["ResourceArn"])
        check_tags(request["Tags"])
        table.tags.update({tag["Key"]: tag["Value"] for tag in request["Tags"]})
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
        return {"ContinuousBackupsDescription": _recovery(self.tables.get(request["TableName"]), self._knobs)}

    def update_continuous_backups(self, request: Request) -> Answer:
        """What is told of the past begins when it is turned on."""
        table, wanted = self.tables.get(request["TableName"]), request["PointInTimeRecoverySpecification"]
        if table.status == "CREATING":
            raise Refused("ContinuousBackupsUnavailableException", f"Backups are being enabled for the table: {table.name}. Please retry later")
        days = wanted.get("RecoveryPeriodInDays", _MOST_RECOVERY_DAYS)
        if not 1 <= days <= _MOST_RECOVERY_DAYS:
            raise invalid(f"RecoveryPeriodInDays must be 1 to {_MOST_RECOVERY_DAYS}, not {days}")
        with table.lock:
            table.recovery_days = days
            on = wanted["PointInTimeRecoveryEnabled"]
            table.store.journal = (table.store.journal or Journal(self._knobs.now)) if on else None
        return {"ContinuousBackupsDescription": _recovery(table, self._knobs)}

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


def recovery_window(table: Table, knobs: Knobs) -> tuple[float, float]:
    """The earliest and the latest moment that can be told of the table; its point-in-time recovery is on."""
    assert table.store.journal
    now = knobs.now()
    return max(table.store.journal.since, now - table.recovery_days * 86_400), now - knobs.recovery_lag_seconds


def _recovery(table: Table, knobs: Knobs) -> dict[str, Any]:
    if table.store.journal is None:
        return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}
    earliest, latest = recovery_window(table, knobs)
    described = {
        "PointInTimeRecoveryStatus": "ENABLED",
        "RecoveryPeriodInDays": table.recovery_days,
        "EarliestRestorableDateTime": earliest,
        "LatestRestorableDateTime": latest,
    }
    return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": described}


OPERATIONS: dict[str, Operation] = {
    "DeleteResourcePolicy": Settings.delete_resource_policy,
    "DescribeContinuousBackups": Settings.describe_continuous_backups,
    "DescribeTimeToLive": Settings.describe_time_to_live,
    "GetResourcePolicy": Settings.get_resource_policy,
    "ListTagsOfResource": Settings.list_tags_of_resource,
    "PutResourcePolicy": Settings.put_resource_policy,
    "TagResource": Settings.tag_resource,
    "UntagResource": Settings.untag_resource,
    "UpdateContinuousBackups": Settings.update_continuous_backups,
    "UpdateTimeToLive": Settings.update_time_to_live,
}
