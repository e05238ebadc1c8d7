"""Reading items: Scan and Query that need no look at them, GetItem, BatchGetItem; answers are joined from the stored JSON, nothing is decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil
from typing import Any

import msgspec

from airflow_dynamodb_emr.local.dynamodb.consumed import Used, throttled
from airflow_dynamodb_emr.local.dynamodb.items.keys import check_key
from airflow_dynamodb_emr.local.dynamodb.items.store import HASHES, Key, Page, Row
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Request, invalid

LARGEST_PAGE_BYTES, MOST_SEGMENTS = 2**20, 1_000_000


def scan(table: Table, request: Request) -> bytes:
    segment, total = segments(request)
    after = start_of(table, request)
    return read(table, request, lambda: table.store.segment(segment, total, after))


def read(table: Table, request: Request, places: Callable[[], range], end: Any = None) -> bytes:
    """A page of the items at these *places*, as they are once the table is locked; behind the range key *end* there are none."""
    with table.lock:
        if not table.capacity.reads.open:
            raise throttled(table)
        page = table.store.page(places(), request.get("Limit"), LARGEST_PAGE_BYTES, end)
        used = Used(read_units(page.size, request))
        table.capacity.reads.take(used.table)
    return _answer(table, request, page, used)


def read_units(size: int, request: Request) -> float:
    return max(1, ceil(size / 4096)) * (1 if request.get("ConsistentRead") else 0.5)


def get(table: Table, key: dict[str, Any], request: Request) -> tuple[Row | None, Used]:
    with table.lock:
        checked = check_key(table, key)
        if not table.capacity.reads.open:
            raise throttled(table)
        row = table.store.get(checked)
        used = Used(read_units(row.size if row else 0, request))
        table.capacity.reads.take(used.table)
        return row, used


def joined(fields: Iterable[tuple[str, bytes]]) -> bytes:
    """A JSON object of values that are JSON already."""
    return b"{" + b",".join(b'"%s":%s' % (name.encode(), value) for name, value in fields) + b"}"


def rows_json(rows: Iterable[Row]) -> bytes:
    return b"[" + b",".join([row.json for row in rows]) + b"]"


def segments(request: Request) -> tuple[int, int]:
    """The segment, and of how many."""
    segment, total = request.get("Segment"), request.get("TotalSegments")
    if (segment is None) != (total is None):
        missing = "Segment" if segment is None else "TotalSegments"
        raise invalid(f"The {missing} parameter is required but was not present in the request when the other one is")
    if segment is None or total is None:
        return 0, 1
    if not 1 <= total <= MOST_SEGMENTS or not 0 <= segment < total:
        rule = "The Segment parameter is zero-based and must be less than parameter TotalSegments, which is 1 to 1000000"
        raise invalid(f"{rule}: Segment: {segment}, TotalSegments: {total}")
    return segment, total


def start_of(table: Table, request: Request) -> Key | None:
    """The key that a read goes on after; None: from the beginning."""
    start = request.get("ExclusiveStartKey")
    if not start:
        return None
    key = check_key(table, start)
    check_segment(key[0], *segments(request))
    return key


def check_segment(hashed: int, segment: int, total: int) -> None:
    """A key of one segment is no start in another."""
    if not segment * HASHES // total <= hashed < (segment + 1) * HASHES // total:
        hint = "Please use ExclusiveStartKey with correct Segment."
        raise invalid(f"The provided starting key is invalid: Invalid ExclusiveStartKey. {hint} TotalSegments: {total} Segment: {segment}")


def _answer(table: Table, request: Request, page: Page, used: Used) -> bytes:
    count = str(len(page.rows)).encode()
    fields = [("Count", count), ("ScannedCount", count)]
    if request.get("Select") != "COUNT":
        fields.append(("Items", rows_json(page.rows)))
    if page.last:
        item = page.rows[-1].item
        fields.append(("LastEvaluatedKey", msgspec.json.encode({name: item[name] for name in table.keys})))
    consumed = used.describe(table.name, request.get("ReturnConsumedCapacity"))
    if consumed:
        fields.append(("ConsumedCapacity", msgspec.json.encode(consumed)))
    return joined(fields)
