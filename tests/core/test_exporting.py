from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core.exporting import Export, Round, Wish
from airflow_dynamodb_emr.core.manifest import Increment

from .makers import NOON, RUN, schema

FOLDER = "s3://backups/dynamodb/eu-west-1/PROD_/2026/11/23/12_00.00"
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
WISH = Wish.of(schema("orders"), RUN, FOLDER)


def described(**more: Any) -> Export:
    into = {"S3Bucket": "backups", "S3Prefix": WISH.into(3).key}
    return Export.of({"ExportArn": f"{ARN}/export/017-ab", "TableArn": ARN, "ExportStatus": "COMPLETED", **into, **more})


def test_a_whole_table_is_asked_for_as_it_is_when_the_export_begins() -> None:
    asked = WISH.request(2)

    assert asked == {
        "TableArn": ARN,
        "ClientToken": asked["ClientToken"],
        "S3Bucket": "backups",
        "S3Prefix": "dynamodb/eu-west-1/PROD_/2026/11/23/12_00.00/orders/2",
        "ExportFormat": "DYNAMODB_JSON",
    }


def test_a_moment_is_asked_for_where_there_is_one() -> None:
    assert structs.replace(WISH, at=NOON).request(1)["ExportTime"] == NOON


def test_an_increment_is_asked_for_without_what_was_before() -> None:
    window = Increment(base="s3://b/m.json", base_time=NOON, start=NOON, end=NOON + timedelta(hours=1))

    asked = structs.replace(WISH, increment=window, at=NOON).request(1)

    spec = {"ExportFromTime": window.start, "ExportToTime": window.end, "ExportViewType": "NEW_IMAGE"}
    assert (asked["ExportType"], asked["IncrementalExportSpecification"]) == ("INCREMENTAL_EXPORT", spec) and "ExportTime" not in asked


def test_a_token_can_be_recomputed_and_is_like_no_other() -> None:
    others = [WISH, structs.replace(WISH, table="orders2"), structs.replace(WISH, run="other")]
    tokens = [wish.request(attempt)["ClientToken"] for wish in others for attempt in (1, 2)]

    assert len(set(tokens)) == 6 and all("$" not in token for token in tokens)
    assert WISH.request(1) == Wish.of(schema("orders"), RUN, FOLDER).request(1)


def test_an_export_is_read_as_aws_tells_it() -> None:
    running, failed = (
        described(ExportStatus="IN_PROGRESS"),
        described(ExportStatus="FAILED", FailureCode="S3NoSuchBucket", FailureMessage="no bucket"),
    )

    assert (running.id, running.attempt, running.table, running.items, running.ended) == ("017-ab", 3, "orders", None, False)
    assert str(running.summary) == f"{FOLDER}/orders/3/AWSDynamoDB/017-ab/manifest-summary.json"
    assert (failed.failure, failed.ended, failed.hopeless) == ("S3NoSuchBucket: no bucket", True, True)


@pytest.mark.parametrize(
    ("export", "hopeless"),
    [
        pytest.param(described(), False, id="completed"),
        pytest.param(described(ExportStatus="FAILED", FailureCode="InternalServerError"), False, id="failed by itself"),
        pytest.param(described(ExportStatus="FAILED", FailureCode="KmsNotFoundException"), True, id="no key"),
        pytest.param(structs.replace(described(ExportStatus="FAILED"), arn=""), True, id="refused"),
    ],
)
def test_only_what_time_can_cure_is_tried_again(export: Export, hopeless: bool) -> None:
    assert export.hopeless is hopeless


def test_a_round_leaves_what_may_be_tried_again() -> None:
    wishes = {name: Wish.of(schema(name), RUN, FOLDER) for name in ("whole", "damaged", "denied", "often")}
    denied = described(ExportStatus="FAILED", FailureCode="S3AccessDenied")
    outcomes = {
        "whole": (described(), []),
        "damaged": (described(), ["gone", "short"]),
        "denied": (denied, ["no"]),
        "often": (described(), ["again"]),
    }

    after = Round(left=list(wishes.values()), failures={"often": 2}, done={"earlier": "arn"}).after(outcomes, tries=3)

    assert after == Round(
        left=[wishes["damaged"]],
        failures={"often": 3, "damaged": 1, "denied": 1},
        done={"earlier": "arn", "whole": described().arn},
        given_up={"denied": "no", "often": "again"},
    )
