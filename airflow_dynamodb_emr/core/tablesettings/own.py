"""Settings that a table has itself: class, tags, time to live, recovery, stream, protection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflow_dynamodb_emr.core.schema import RECOVERY, Schema, index_request
from airflow_dynamodb_emr.core.tablesettings.step import Choices, Outcome, Setting, Step, Target

_RESERVED = "aws:"


def table_class(schema: Schema, target: Target, _: Choices) -> Iterator[Step]:
    found = schema.table.get("TableClassSummary", {}).get("TableClass", "STANDARD")
    if found != "STANDARD":
        yield _update("table class", target, TableClass=found)


def tags(schema: Schema, target: Target, choices: Choices) -> Iterator[Step | Setting]:
    """Those that AWS' services have set are theirs alone to set."""
    found = {tag["Key"]: tag["Value"] for tag in schema.settings.get("ListTagsOfResource", {}).get("Tags", [])}
    reserved = sorted(key for key in found if key.lower().startswith(_RESERVED))
    own = {**{key: value for key, value in found.items() if key not in reserved}, **choices.tags}
    if own:
        added = sorted(key for key in choices.tags if choices.tags[key] != found.get(key))
        request = {"ResourceArn": target.arn, "Tags": [{"Key": key, "Value": value} for key, value in own.items()]}
        yield Step(setting="tags", call="TagResource", request=request, mapped=bool(added), how=f"with {', '.join(added)}" if added else "")
    if reserved:
        yield Setting(name="reserved tags", outcome=Outcome.LEFT_OUT, how=f"only AWS' own services set {', '.join(reserved)}")


def later_indexes(schema: Schema, target: Target, later: list[str]) -> Iterator[Step]:
    """DynamoDB fills each from the table, and makes one at a time."""
    types = {each["AttributeName"]: each for each in schema.table["AttributeDefinitions"]}
    for index in (each for each in schema.table.get("GlobalSecondaryIndexes", []) if each["IndexName"] in later):
        keys = [types[key["AttributeName"]] for key in index["KeySchema"]]
        create = {"Create": index_request(schema.table, index)}
        yield _update(f"index {index['IndexName']}", target, "made after the load", AttributeDefinitions=keys, GlobalSecondaryIndexUpdates=[create])


def time_to_live(schema: Schema, target: Target, _: Choices) -> Iterator[Step]:
    found = schema.settings.get("DescribeTimeToLive", {}).get("TimeToLiveDescription", {})
    if found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING"):
        wanted = {"Enabled": True, "AttributeName": found["AttributeName"]}
        yield Step(
            setting="time to live",
            call="UpdateTimeToLive",
            request={"TableName": target.name, "TimeToLiveSpecification": wanted},
            how=f"by {found['AttributeName']}: from now on DynamoDB deletes what has expired since the backup",
        )


def recovery(schema: Schema, target: Target, _: Choices) -> Iterator[Step]:
    told = schema.settings.get(RECOVERY, {}).get("ContinuousBackupsDescription", {}).get("PointInTimeRecoveryDescription", {})
    if told.get("PointInTimeRecoveryStatus") == "ENABLED":
        days = {"RecoveryPeriodInDays": told["RecoveryPeriodInDays"]} if told.get("RecoveryPeriodInDays") else {}
        request = {"TableName": target.name, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, **days}}
        how = "it begins now; nothing before can be recovered"
        yield Step(setting="point-in-time recovery", call="UpdateContinuousBackups", request=request, how=how)


def stream(schema: Schema, target: Target, _: Choices) -> Iterator[Step]:
    found = schema.table.get("StreamSpecification", {})
    if found.get("StreamEnabled"):
        how = "under an ARN of its own: triggers and readers have to be pointed at it"
        yield _update("stream", target, how, StreamSpecification={"StreamEnabled": True, "StreamViewType": found["StreamViewType"]})


def protection(schema: Schema, target: Target, _: Choices) -> Iterator[Step]:
    if schema.table.get("DeletionProtectionEnabled"):
        yield _update("deletion protection", target, DeletionProtectionEnabled=True)


def others(schema: Schema) -> Iterator[Setting]:
    """What no restore makes."""
    replicas = sorted(each["RegionName"] for each in schema.table.get("Replicas", []) if each.get("RegionName") != _region(schema))
    if replicas:
        how = f"the table of a global table is restored alone; add its replicas in {', '.join(replicas)} once you have looked at it"
        yield Setting(name="replicas", outcome=Outcome.LEFT_OUT, how=how)
    vectors = sorted(each["IndexName"] for each in schema.table.get("VectorIndexes", []))
    if vectors:
        yield Setting(name="vector indexes", outcome=Outcome.LEFT_OUT, how=f"this software does not make {', '.join(vectors)}")


def _region(schema: Schema) -> str:
    return str(schema.table["TableArn"]).split(":")[3]


def _update(setting: str, target: Target, how: str = "", **change: Any) -> Step:
    return Step(setting=setting, call="UpdateTable", request={"TableName": target.name, **change}, how=how)
