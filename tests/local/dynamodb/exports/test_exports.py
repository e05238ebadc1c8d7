"""Exports as others have seen them on AWS: https://github.com/scylladb/scylladb/pull/29924."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, all_listed, refusal, told, until

ON = {"PointInTimeRecoveryEnabled": True}
HALF_AN_HOUR = 1800


@pytest.fixture
def table(dynamodb: Any, make_table: MakeTable) -> Iterator[str]:
    """Its ARN; it can be exported."""
    name = make_table()
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=ON)
    yield told(dynamodb, name)["TableArn"]


def export(dynamodb: Any, table: str, **more: Any) -> dict[str, Any]:
    return dict(dynamodb.export_table_to_point_in_time(**{"TableArn": table, "S3Bucket": "local-backups", **more})["ExportDescription"])


def described(dynamodb: Any, started: dict[str, Any]) -> dict[str, Any]:
    return dict(dynamodb.describe_export(ExportArn=started["ExportArn"])["ExportDescription"])


def window(start: float, end: float, **more: Any) -> dict[str, Any]:
    return {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": {"ExportFromTime": start, "ExportToTime": end, **more}}


def test_an_export_is_in_progress_before_it_is_complete(aws: StandIn, dynamodb: Any, table: str) -> None:
    aws.set(export_seconds=0.5)

    started = export(dynamodb, table, S3Prefix="exports/a")

    assert (started["ExportStatus"], started["ExportFormat"], started["S3SseAlgorithm"]) == ("IN_PROGRESS", "DYNAMODB_JSON", "AES256")
    assert started["ExportTime"] == started["StartTime"] and started["ClientToken"] and started["ExportArn"].startswith(f"{table}/export/0")
    assert not {"ExportType", "EndTime", "ItemCount", "ExportManifest"} & started.keys()
    assert described(dynamodb, started)["ExportStatus"] == "IN_PROGRESS"
    ended = until(lambda: (found := described(dynamodb, started))["ExportStatus"] == "COMPLETED" and found)
    assert ended["ExportManifest"] == f"exports/a/AWSDynamoDB/{started['ExportArn'].split('/')[-1]}/manifest-summary.json"
    assert (ended["ItemCount"], ended["EndTime"] >= ended["StartTime"]) == (0, True)


def test_a_table_without_recovery_is_not_exported(dynamodb: Any, make_table: MakeTable) -> None:
    table = told(dynamodb, make_table())["TableArn"]

    with pytest.raises(dynamodb.exceptions.PointInTimeRecoveryUnavailableException, match="not enabled for table"):
        export(dynamodb, table)


def test_recovery_that_is_turned_off_forgets(dynamodb: Any, table: str) -> None:
    name = table.split("/")[-1]
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False})

    with pytest.raises(dynamodb.exceptions.PointInTimeRecoveryUnavailableException):
        export(dynamodb, table)


def test_a_table_that_is_not_there_is_not_exported(dynamodb: Any, table: str) -> None:
    with pytest.raises(dynamodb.exceptions.TableNotFoundException):
        export(dynamodb, f"{table}x")


def test_the_same_request_with_the_same_token_is_the_same_export(dynamodb: Any, table: str) -> None:
    first = export(dynamodb, table, ClientToken="token 1", S3Prefix="a")

    assert export(dynamodb, table, ClientToken="token 1", S3Prefix="a")["ExportArn"] == first["ExportArn"]
    with pytest.raises(dynamodb.exceptions.ExportConflictException, match="Duplicate request detected"):
        export(dynamodb, table, ClientToken="token 1", S3Prefix="b")


def test_a_token_is_known_for_eight_hours(aws: StandIn, dynamodb: Any, table: str) -> None:
    first = export(dynamodb, table, ClientToken="token 2")
    aws.set(clock_ahead_seconds=8 * 3600 + 1)

    assert export(dynamodb, table, ClientToken="token 2")["ExportArn"] != first["ExportArn"]


@pytest.mark.parametrize("denied", [False, True], ids=["no bucket", "no permission"])
def test_what_is_wrong_with_the_bucket_is_only_told_afterwards(dynamodb: Any, s3: Any, table: str, denied: bool) -> None:
    bucket = "read-only-exports" if denied else "nowhere"
    if denied:
        s3.create_bucket(Bucket=bucket)
        deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::read-only-exports/*"}
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))

    started = export(dynamodb, table, S3Bucket=bucket)

    assert started["ExportStatus"] == "IN_PROGRESS"
    ended = described(dynamodb, started)
    assert (ended["ExportStatus"], ended["FailureCode"]) == ("FAILED", "S3AccessDenied" if denied else "S3NoSuchBucket")
    assert ended["FailureMessage"]


def test_an_export_fails_as_it_is_told_to(aws: StandIn, dynamodb: Any, table: str) -> None:
    aws.faults(fail_exports={table.split("/")[-1]: 1})

    assert described(dynamodb, export(dynamodb, table))["ExportStatus"] == "FAILED"
    assert described(dynamodb, export(dynamodb, table))["ExportStatus"] == "COMPLETED"


def test_an_export_takes_as_long_as_it_is_told_to(aws: StandIn, dynamodb: Any, table: str) -> None:
    aws.faults(slow_exports={table.split("/")[-1]: 600})

    assert described(dynamodb, export(dynamodb, table))["ExportStatus"] == "IN_PROGRESS"


@pytest.mark.parametrize("days_ago", [-1, 7])
def test_only_what_recovery_covers_is_exported(dynamodb: Any, table: str, days_ago: int) -> None:
    with pytest.raises(dynamodb.exceptions.InvalidExportTimeException, match="Export Time"):
        export(dynamodb, table, ExportTime=time.time() - days_ago * 86_400)


def test_the_latest_moment_lies_behind(aws: StandIn, dynamodb: Any, table: str) -> None:
    aws.set(recovery_lag_seconds=300, clock_ahead_seconds=600)

    export(dynamodb, table, ExportTime=int(time.time() + 250))
    with pytest.raises(dynamodb.exceptions.InvalidExportTimeException):
        export(dynamodb, table, ExportTime=int(time.time() + 590))


@pytest.mark.parametrize(
    ("minutes", "words"), [pytest.param(14, "less than 15 minutes", id="short"), pytest.param(24 * 60 + 1, "greater than 24 hours", id="long")]
)
def test_a_window_is_neither_short_nor_long(aws: StandIn, dynamodb: Any, table: str, minutes: int, words: str) -> None:
    start = int(time.time()) + 1
    aws.set(clock_ahead_seconds=minutes * 60 + 60)

    with pytest.raises(dynamodb.exceptions.InvalidExportTimeException, match=f"Difference between export period.*{words}"):
        export(dynamodb, table, **window(start, start + minutes * 60))


@pytest.mark.parametrize("early", [True, False], ids=["before recovery was on", "not over yet"])
def test_a_window_lies_in_what_recovery_covers(aws: StandIn, dynamodb: Any, table: str, early: bool) -> None:
    aws.set(clock_ahead_seconds=HALF_AN_HOUR)
    start = time.time() - 60 if early else time.time() + 60

    with pytest.raises(dynamodb.exceptions.InvalidExportTimeException, match="outside of the point in time recovery window"):
        export(dynamodb, table, **window(start, start + (1000 if early else HALF_AN_HOUR)))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        pytest.param({"ExportType": "SOME"}, "exportType", id="type"),
        pytest.param({"ExportFormat": "CSV"}, "exportFormat", id="format"),
        pytest.param({"S3SseAlgorithm": ""}, "s3SseAlgorithm", id="encryption"),
        pytest.param({"S3Bucket": "-nope!"}, "s3Bucket", id="bucket"),
        pytest.param({"S3Prefix": ""}, "s3Prefix", id="prefix"),
        pytest.param({"ClientToken": "a$b"}, "clientToken", id="token"),
        pytest.param(window(0, 1, ExportViewType="NEW_IMAGES"), "exportViewType", id="view"),
        pytest.param({"ExportType": "INCREMENTAL_EXPORT"}, "IncrementalExportSpecification", id="increment without window"),
        pytest.param({**window(0, 1), "ExportType": "FULL_EXPORT"}, "IncrementalExportSpecification", id="window without increment"),
        pytest.param({**window(0, 1), "ExportTime": 1}, "ExportTime", id="increment at a time"),
    ],
)
def test_a_wrong_field_is_named(dynamodb: Any, table: str, more: dict[str, Any], field: str) -> None:
    with pytest.raises(dynamodb.exceptions.ClientError, match=field) as error:
        export(dynamodb, table, **more)

    assert refusal(error) == "ValidationException"


def test_no_more_than_three_hundred_run_at_once(aws: StandIn, dynamodb: Any, table: str) -> None:
    aws.faults(slow_exports={table.split("/")[-1]: 3})
    with pytest.raises(dynamodb.exceptions.LimitExceededException, match="Only 300 exports"):
        for _ in range(301):
            last = export(dynamodb, table)

    until(lambda: described(dynamodb, last)["ExportStatus"] == "COMPLETED")  # or the tests that follow have no room


def test_the_exports_of_a_table_are_listed_latest_first_and_in_pages(dynamodb: Any, table: str) -> None:
    arns = {export(dynamodb, table)["ExportArn"] for _ in range(5)}

    first = dynamodb.list_exports(TableArn=table, MaxResults=3)
    second = dynamodb.list_exports(TableArn=table, MaxResults=3, NextToken=first["NextToken"])

    listed = [each["ExportArn"] for each in first["ExportSummaries"] + second["ExportSummaries"]]
    assert listed == sorted(arns, reverse=True) and "NextToken" not in second
    assert first["ExportSummaries"][0] == {"ExportArn": listed[0], "ExportStatus": "COMPLETED", "ExportType": "FULL_EXPORT"}
    assert all_listed(dynamodb.list_exports, "ExportSummaries") >= arns


def test_exports_of_a_table_that_is_gone_are_described_and_not_listed(dynamodb: Any, table: str) -> None:
    started = export(dynamodb, table)
    dynamodb.delete_table(TableName=table.split("/")[-1])

    assert dynamodb.list_exports(TableArn=table)["ExportSummaries"] == []
    assert described(dynamodb, started)["ExportStatus"] == "COMPLETED"


def test_an_export_that_never_was_is_not_found(dynamodb: Any, table: str) -> None:
    with pytest.raises(dynamodb.exceptions.ExportNotFoundException):
        dynamodb.describe_export(ExportArn=f"{table}/export/01658528578619-c4d4e311")
    with pytest.raises(dynamodb.exceptions.ClientError, match="Invalid Export ARN"):
        dynamodb.describe_export(ExportArn=f"{table}/index/by_id")
