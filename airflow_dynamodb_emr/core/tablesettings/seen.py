"""Whether a setting is as it was: the answer to each step, from what the table has now."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from airflow_dynamodb_emr.core.schema import RECOVERY, SCALING, SCALING_FIELDS, Schema
from airflow_dynamodb_emr.core.tablesettings.step import Step

_STANDARD = {"TableClass": "STANDARD"}
# The operations that tell; DescribeTable always does.
LOOKS: dict[str, frozenset[str]] = {
    "UpdateTable": frozenset(),
    "TagResource": frozenset({"ListTagsOfResource"}),
    "UpdateTimeToLive": frozenset({"DescribeTimeToLive"}),
    "UpdateContinuousBackups": frozenset({RECOVERY}),
    "UpdateContributorInsights": frozenset({"ListContributorInsights"}),
    "EnableKinesisStreamingDestination": frozenset({"DescribeKinesisStreamingDestination"}),
    "PutResourcePolicy": frozenset({"GetResourcePolicy"}),
    "RegisterScalableTarget": SCALING,
    "PutScalingPolicy": SCALING,
    "PutScheduledAction": SCALING,
}


def is_so(step: Step, now: Schema) -> bool:
    """Also where it is just becoming so."""
    return _IS_SO[step.call](step.request, now)


def _table(request: dict[str, Any], now: Schema) -> bool:
    checks: dict[str, Callable[[Any, dict[str, Any]], bool]] = {
        "TableClass": _class,
        "SSESpecification": _key,
        "StreamSpecification": _stream,
        "GlobalSecondaryIndexUpdates": _index,
    }
    protected = request.get("DeletionProtectionEnabled")
    same = protected is None or protected == bool(now.table.get("DeletionProtectionEnabled"))
    return same and all(check(request[field], now.table) for field, check in checks.items() if field in request)


def _class(wanted: str, table: dict[str, Any]) -> bool:
    return bool(table.get("TableClassSummary", _STANDARD)["TableClass"] == wanted)


def _key(wanted: dict[str, Any], table: dict[str, Any]) -> bool:
    """An alias does not tell which key it stands for."""
    told, key = table.get("SSEDescription", {}), wanted.get("KMSMasterKeyId", "")
    on = told.get("Status") in ("ENABLED", "ENABLING", "UPDATING")
    return on and (":key/" not in key or told.get("KMSMasterKeyArn") == key)


def _stream(wanted: dict[str, Any], table: dict[str, Any]) -> bool:
    return bool(table.get("StreamSpecification", {}) == wanted)


def _index(wanted: list[dict[str, Any]], table: dict[str, Any]) -> bool:
    there = {index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])}
    return {each["Create"]["IndexName"] for each in wanted} <= there


def _tags(request: dict[str, Any], now: Schema) -> bool:
    return all(tag in now.settings["ListTagsOfResource"]["Tags"] for tag in request["Tags"])


def _time_to_live(request: dict[str, Any], now: Schema) -> bool:
    told, wanted = now.settings["DescribeTimeToLive"]["TimeToLiveDescription"], request["TimeToLiveSpecification"]
    return told.get("TimeToLiveStatus") in ("ENABLED", "ENABLING") and told.get("AttributeName") == wanted["AttributeName"]


def _recovery(request: dict[str, Any], now: Schema) -> bool:
    told = now.settings[RECOVERY]["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    days = request["PointInTimeRecoverySpecification"].get("RecoveryPeriodInDays")
    return told.get("PointInTimeRecoveryStatus") == "ENABLED" and days in (None, told.get("RecoveryPeriodInDays"))


def _insights(request: dict[str, Any], now: Schema) -> bool:
    on = [
        each.get("IndexName")
        for each in now.settings["ListContributorInsights"]["ContributorInsightsSummaries"]
        if each["ContributorInsightsStatus"] in ("ENABLED", "ENABLING")
    ]
    return request.get("IndexName") in on


def _kinesis(request: dict[str, Any], now: Schema) -> bool:
    found = now.settings["DescribeKinesisStreamingDestination"]["KinesisDataStreamDestinations"]
    return any(each["StreamArn"] == request["StreamArn"] and each["DestinationStatus"] in ("ACTIVE", "ENABLING", "UPDATING") for each in found)


def _policy(request: dict[str, Any], now: Schema) -> bool:
    found = now.settings["GetResourcePolicy"].get("Policy")
    return bool(found) and json.loads(found) == json.loads(request["Policy"])


def _scaling(operation: str, *fields: str) -> Callable[[dict[str, Any], Schema], bool]:
    """Times are left aside: they come back in other forms."""
    same = ("ResourceId", "ScalableDimension", *fields)

    def check(request: dict[str, Any], now: Schema) -> bool:
        found = now.settings[operation][SCALING_FIELDS[operation]]
        return any(all(each.get(field) == request[field] for field in same if field in request) for each in found)

    return check


_IS_SO: dict[str, Callable[[dict[str, Any], Schema], bool]] = {
    "UpdateTable": _table,
    "TagResource": _tags,
    "UpdateTimeToLive": _time_to_live,
    "UpdateContinuousBackups": _recovery,
    "UpdateContributorInsights": _insights,
    "EnableKinesisStreamingDestination": _kinesis,
    "PutResourcePolicy": _policy,
    "RegisterScalableTarget": _scaling("DescribeScalableTargets", "MinCapacity", "MaxCapacity", "SuspendedState"),
    "PutScalingPolicy": _scaling(
        "DescribeScalingPolicies", "PolicyName", "PolicyType", "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration"
    ),
    "PutScheduledAction": _scaling("DescribeScheduledActions", "ScheduledActionName", "Schedule", "Timezone", "ScalableTargetAction"),
}
