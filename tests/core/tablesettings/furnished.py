"""A table that has everything that a table can have."""

from __future__ import annotations

import json
from typing import Any

from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.tablesettings.step import Place, Target
from tests.core.makers import NOON, description, index, units

HERE = Place(partition="aws", region="eu-west-1", account="123456789012")
ABROAD = Place(partition="aws", region="us-east-1", account="123456789012")
OTHERS = Place(partition="aws", region="eu-west-1", account="210987654321")
ARN = HERE.arn("orders")
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1111"
OWN_KEY = "arn:aws:kms:eu-west-1:123456789012:key/2222"
ROLE = "arn:aws:iam::123456789012:role/reader"
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes"
READS: dict[str, str] = {"ResourceId": "table/orders", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}
WRITES: dict[str, str] = {"ResourceId": "table/orders/index/by_status", "ScalableDimension": "dynamodb:index:WriteCapacityUnits"}
METRIC = {"Dimensions": [{"Name": "TableName", "Value": "orders"}, {"Name": "Operation", "Value": "orders"}]}


def to(place: Place = HERE, name: str = "orders2") -> Target:
    return Target(name=name, place=place, now=NOON)


def policy(principal: str = ROLE, resource: str = ARN) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "dynamodb:GetItem", "Resource": [resource, f"{resource}/index/*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def settings(**more: Any) -> dict[str, Any]:
    return {
        "DescribeTimeToLive": {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"}},
        "ListTagsOfResource": {"Tags": [{"Key": "team", "Value": "data"}, {"Key": "aws:cloudformation:stack-name", "Value": "s"}]},
        "DescribeContinuousBackups": {
            "ContinuousBackupsDescription": {
                "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 7},
            }
        },
        "GetResourcePolicy": {"Policy": policy(), "RevisionId": "1"},
        "ListContributorInsights": {
            "ContributorInsightsSummaries": [
                {"TableName": "orders", "ContributorInsightsStatus": "ENABLED", "ContributorInsightsMode": "THROTTLED_KEYS"},
                {"TableName": "orders", "IndexName": "by_status", "ContributorInsightsStatus": "ENABLED"},
                {"TableName": "orders", "IndexName": "by_day", "ContributorInsightsStatus": "DISABLED"},
            ]
        },
        "DescribeKinesisStreamingDestination": {
            "KinesisDataStreamDestinations": [
                {"StreamArn": STREAM, "DestinationStatus": "ACTIVE", "ApproximateCreationDateTimePrecision": "MICROSECOND"},
                {"StreamArn": f"{STREAM}-old", "DestinationStatus": "DISABLED"},
            ]
        },
        "DescribeScalableTargets": {"ScalableTargets": [{**READS, "MinCapacity": 5, "MaxCapacity": 50, "RoleARN": ROLE}]},
        "DescribeScalingPolicies": {
            "ScalingPolicies": [
                {
                    **READS,
                    "PolicyName": "DynamoDBReadCapacityUtilization:table/orders",
                    "PolicyType": "TargetTrackingScaling",
                    "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70.0, "CustomizedMetricSpecification": METRIC},
                    "Alarms": [],
                }
            ]
        },
        "DescribeScheduledActions": {
            "ScheduledActions": [
                {**READS, "ScheduledActionName": "nightly", "Schedule": "cron(0 1 * * ? *)", "ScalableTargetAction": {"MinCapacity": 9}},
                {**READS, "ScheduledActionName": "once", "Schedule": "at(2020-01-01T00:00:00)"},
                {**READS, "ScheduledActionName": "over", "Schedule": "rate(1 day)", "EndTime": "2026-01-01T00:00:00Z"},
            ]
        },
        "DescribeKey": {"KeyMetadata": {"Arn": OWN_KEY}},
        **more,
    }


def schema(told: dict[str, Any] | None = None, unread: dict[str, str] | None = None, **more: Any) -> Schema:
    """With *told* in place of single settings, and *more* in place of what DescribeTable says."""
    table = description(
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "status", "day")],
        GlobalSecondaryIndexes=[index(name, key, ProvisionedThroughput=units(3, 4)) for name, key in (("by_status", "status"), ("by_day", "day"))],
        TableClassSummary={"TableClass": "STANDARD_INFREQUENT_ACCESS"},
        SSEDescription={"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": KEY},
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        LatestStreamArn=f"{ARN}/stream/1",
        Replicas=[{"RegionName": "us-east-1", "ReplicaStatus": "ACTIVE"}, {"RegionName": "eu-west-1"}],
    )
    return Schema(table={**table, "DeletionProtectionEnabled": True, **more}, settings=settings(**(told or {})), unread=unread or {})
