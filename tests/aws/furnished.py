"""A table on the stand-in that has everything that a table can have, and what can be seen of it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from airflow_dynamodb_emr.aws import schemas
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.schema import Schema

ACCOUNT = "123456789012"
_TEXT = [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "at", "status")]
_LOCAL = {
    "IndexName": "local",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "status", "KeyType": "RANGE"}],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}
_GLOBAL = {
    "IndexName": "by_status",
    "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
}
# ARNs, ids, times, counts that DynamoDB makes up later, and what a table was ever raised to.
_CHANGING = {
    *("TableArn", "TableId", "IndexArn", "LatestStreamArn", "LatestStreamLabel", "CreationDateTime", "ItemCount", "TableSizeBytes"),
    *("IndexSizeBytes", "WarmThroughput", "NumberOfDecreasesToday", "LastIncreaseDateTime", "LastDecreaseDateTime", "RevisionId"),
    *("ScalableTargetARN", "PolicyARN", "ScheduledActionARN", "CreationTime", "EarliestRestorableDateTime", "LatestRestorableDateTime"),
    "LastUpdateToPayPerRequestDateTime",
}


def arn(table: str) -> str:
    return f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{table}"


def make(clients: Clients, name: str, key: str | None, stream: str, on_demand: bool = False, local: bool = True) -> str:
    """*key*: of KMS, None for the one that AWS keeps; *stream*: ARN of one of Kinesis."""
    most = {"OnDemandThroughput": {"MaxReadRequestUnits": 900, "MaxWriteRequestUnits": 800}}
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 20, "WriteCapacityUnits": 30}}
    capacity = most if on_demand else units
    request: dict[str, Any] = {
        "TableName": name,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        "AttributeDefinitions": _TEXT,
        "GlobalSecondaryIndexes": [{**_GLOBAL, **capacity}],
        "BillingMode": "PAY_PER_REQUEST" if on_demand else "PROVISIONED",
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "SSESpecification": {"Enabled": True, "SSEType": "KMS", **({"KMSMasterKeyId": key} if key else {})},
        "Tags": [{"Key": "team", "Value": "data"}, {"Key": "env", "Value": "prod"}],
        "DeletionProtectionEnabled": True,
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        **({"LocalSecondaryIndexes": [_LOCAL]} if local else {}),
        **capacity,
    }
    clients.dynamodb.create_table(**request)
    if clients.dynamodb.describe_table(TableName=name)["Table"]["TableStatus"] != "ACTIVE":
        clients.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    _furnish(clients, name, stream)
    if not on_demand:
        _scale(clients.autoscaling, name)
    return name


def _furnish(clients: Clients, name: str, stream: str) -> None:
    dynamodb: Any = clients.dynamodb
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
    recovery = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 9}
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    dynamodb.update_contributor_insights(TableName=name, ContributorInsightsAction="ENABLE", ContributorInsightsMode="THROTTLED_KEYS")
    dynamodb.update_contributor_insights(TableName=name, IndexName="by_status", ContributorInsightsAction="ENABLE")
    precise = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
    dynamodb.enable_kinesis_streaming_destination(TableName=name, StreamArn=stream, EnableKinesisStreamingConfiguration=precise)
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "dynamodb:GetItem", "Resource": arn(name)}
    dynamodb.put_resource_policy(ResourceArn=arn(name), Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def _scale(autoscaling: Any, name: str) -> None:
    """Reads of the table and of its index, within bounds that hold what they have."""
    for resource, kind in ((f"table/{name}", "table"), (f"table/{name}/index/by_status", "index")):
        target = {"ServiceNamespace": "dynamodb", "ResourceId": resource, "ScalableDimension": f"dynamodb:{kind}:ReadCapacityUnits"}
        suspended = {"DynamicScalingInSuspended": True}
        autoscaling.register_scalable_target(**target, MinCapacity=20, MaxCapacity=60, SuspendedState=suspended)
        tracking = {"TargetValue": 70.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}}
        named = {"PolicyName": f"{resource}-policy", "PolicyType": "TargetTrackingScaling"}
        autoscaling.put_scaling_policy(**target, **named, TargetTrackingScalingPolicyConfiguration=tracking)
        action = {"ScheduledActionName": "nightly", "Schedule": "cron(0 1 * * ? *)", "ScalableTargetAction": {"MinCapacity": 30}}
        autoscaling.put_scheduled_action(**target, **action)


def remove(clients: Clients, name: str) -> None:
    """With its targets: AWS knows these by the table's name alone."""
    clients.dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    for target in clients.autoscaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]:
        if target["ResourceId"].split("/")[1] == name:
            about = {field: target[field] for field in ("ServiceNamespace", "ResourceId", "ScalableDimension")}  # type: ignore[literal-required]
            clients.autoscaling.deregister_scalable_target(**about)
    clients.dynamodb.delete_table(TableName=name)


def seen(clients: Clients, name: str) -> dict[str, Any]:
    """All that describe calls say of it, but for what differs between any two tables."""
    ((schema,), _) = schemas.save(clients, [name])
    return told(schema)


def told(schema: Schema) -> dict[str, Any]:
    assert not schema.unread
    found: dict[str, Any] = _without({"table": schema.table, **schema.settings})
    return found


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(each) for key, each in value.items() if key not in _CHANGING}
    return sorted((_without(each) for each in value), key=msgspec.json.encode) if isinstance(value, list) else value
