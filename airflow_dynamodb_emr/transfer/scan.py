"""Every item of a table, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.transfer.lines import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import ScanOutputTypeDef


def scan(dynamodb: DynamoDBClient, table: str, *, segments: int = 1, consistent: bool = False) -> Iterator[list[Item]]:
    """Pages of items, of up to 1 MB each, in no order; at most one page a segment is in memory.

    Throttling is left to the client: make it with `retries={"mode": "adaptive"}`. `consistent` reads cost twice as much.
    """
    with ThreadPoolExecutor(segments) as pool:

        def submit(segment: int, start: dict[str, Any]) -> tuple[Future[ScanOutputTypeDef], int]:
            return pool.submit(_page, dynamodb, table, segment, segments, start, consistent), segment

        reading = dict(submit(segment, {}) for segment in range(segments))
        while reading:
            for done in wait(reading, return_when=FIRST_COMPLETED).done:
                segment, page = reading.pop(done), done.result()
                if page.get("LastEvaluatedKey"):
                    reading.update([submit(segment, {"ExclusiveStartKey": page["LastEvaluatedKey"]})])
                if page["Items"]:
                    yield page["Items"]


def _page(dynamodb: DynamoDBClient, table: str, segment: int, segments: int, start: dict[str, Any], consistent: bool) -> ScanOutputTypeDef:
    parallel: dict[str, Any] = {"Segment": segment, "TotalSegments": segments} if segments > 1 else {}
    return dynamodb.scan(TableName=table, ConsistentRead=consistent, **parallel, **start)
