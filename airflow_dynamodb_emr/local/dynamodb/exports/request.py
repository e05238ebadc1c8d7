"""What an export asks for, and what DynamoDB refuses of it."""

from __future__ import annotations

from typing import NamedTuple

from airflow_dynamodb_emr.local.dynamodb.checks import check_bucket, check_prefix, check_token, check_words
from airflow_dynamodb_emr.local.dynamodb.control.settings import recovery_window
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Refused, Request, invalid
from airflow_dynamodb_emr.local.knobs import Knobs

FULL, INCREMENTAL = "FULL_EXPORT", "INCREMENTAL_EXPORT"
SHORTEST_WINDOW, LONGEST_WINDOW = 15 * 60, 24 * 3600
_WORDS = {"ExportType": (FULL, INCREMENTAL), "ExportFormat": ("DYNAMODB_JSON", "ION"), "S3SseAlgorithm": ("AES256", "KMS")}
_VIEWS = {"ExportViewType": ("NEW_IMAGE", "NEW_AND_OLD_IMAGES")}


class Span(NamedTuple):
    """A moment, where it has no start, or a window."""

    start: float | None
    end: float
    old_images: bool = True


def check(request: Request) -> None:
    """What can be said without knowing the table."""
    check_words(request, _WORDS)
    check_token(request)
    check_bucket(request["S3Bucket"])
    check_prefix("S3Prefix", request.get("S3Prefix"), shortest=1)
    incremental = request.get("ExportType") == INCREMENTAL
    if incremental != ("IncrementalExportSpecification" in request):
        raise invalid(f"IncrementalExportSpecification must be given with ExportType {INCREMENTAL}, and with no other")
    if incremental and "ExportTime" in request:
        raise invalid(f"ExportTime must not be given with ExportType {INCREMENTAL}")
    if request.get("ExportFormat") == "ION" or "FilterSpecification" in request:
        raise Refused("UnknownOperationException", "the stand-in for AWS does not do exports in ION, or filtered ones")


def span(request: Request, table: Table, knobs: Knobs, now: float) -> Span:
    """Raises Refused where the table cannot tell it."""
    if table.store.journal is None:
        raise Refused("PointInTimeRecoveryUnavailableException", f"Point in time recovery is not enabled for table '{table.name}'")
    earliest, latest = recovery_window(table, knobs)
    if request.get("ExportType") == INCREMENTAL:
        return _window(request["IncrementalExportSpecification"], earliest, now)
    time = request.get("ExportTime", now)
    if "ExportTime" in request and not earliest <= time <= latest:
        raise Refused("InvalidExportTimeException", "Export Time is invalid: it is outside of the point in time recovery window")
    return Span(None, time)


def _window(asked: Request, earliest: float, now: float) -> Span:
    check_words(asked, _VIEWS)
    start, end = asked["ExportFromTime"], asked.get("ExportToTime", now)
    if start < earliest or end > now:
        raise Refused("InvalidExportTimeException", "Export From Time or Export To Time is outside of the point in time recovery window")
    for wrong, words in ((end - start < SHORTEST_WINDOW, "less than 15 minutes"), (end - start > LONGEST_WINDOW, "greater than 24 hours")):
        if wrong:
            raise Refused("InvalidExportTimeException", f"Difference between export period from time and to time is {words}")
    return Span(start, end, asked.get("ExportViewType") != "NEW_IMAGE")
