"""Query, and the Scans that need a look at each item: with a filter, a projection or an index, which is read the slow way round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from airflow_dynamodb_emr.local.dynamodb.consumed import Used, throttled
from airflow_dynamodb_emr.local.dynamodb.expressions.conditions import condition
from airflow_dynamodb_emr.local.dynamodb.expressions.key_conditions import key_conditions
from airflow_dynamodb_emr.local.dynamodb.expressions.paths import project
from airflow_dynamodb_emr.local.dynamodb.expressions.tokens import Placeholders, paths_of
from airflow_dynamodb_emr.local.dynamodb.items import collections, reads
from airflow_dynamodb_emr.local.dynamodb.items.attributes import item_size
from airflow_dynamodb_emr.local.dynamodb.items.store import HASHES, Item, Page
from airflow_dynamodb_emr.local.dynamodb.items.views import Entry, View
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Refused, Request

NEEDS_A_LOOK = ("FilterExpression", "ProjectionExpression", "IndexName")


class Seen(NamedTuple):
    """The items of one page before they are filtered, and the one to go on after, where there may be more."""

    items: list[Item]
    size: int
    last: Item | None


def read(table: Table, request: Request) -> dict[str, Any]:
    """The answer to a Query or a Scan."""
    view, placeholders = View.of(table, request), Placeholders(request)
    _check_select(view, request)
    with table.lock:
        capacity = view.index.capacity if view.index and view.index.capacity else table.capacity
        if not capacity.reads.open:
            raise throttled(table)
        seen = _cut(view, request, placeholders) if view.index else _seen(_page(table, request, placeholders))
        used = Used(0)
        units = reads.read_units(seen.size, request)
        if view.index:
            used.add(view.index, units)
        else:
            used.table = units
        capacity.reads.take(units)
    return _answer(view, request, placeholders, seen, used)


def _check_select(view: View, request: Request) -> None:
    whole = not view.index or view.index.projection.get("ProjectionType") == "ALL"
    if request.get("Select") == "ALL_ATTRIBUTES" and not whole:
        raise Refused("UnknownOperationException", "the stand-in for AWS reads from an index only what is in it")


def _page(table: Table, request: Request, placeholders: Placeholders) -> Page:
    if "KeyConditionExpression" in request:
        return collections.page(table, request, placeholders)
    segment, total = reads.segments(request)
    return table.store.page(segment, total, reads.start_of(table, request), request.get("Limit"), reads.LARGEST_PAGE_BYTES)


def _seen(page: Page) -> Seen:
    items = [row.item for row in page.rows]
    return Seen(items, page.size, items[-1] if page.last else None)


def _cut(view: View, request: Request, placeholders: Placeholders) -> Seen:
    entries, items, size = _chosen(view, request, placeholders), list[Item](), 0
    for entry in entries:
        more = item_size(entry.item)
        if len(items) == request.get("Limit") or (items and size + more > reads.LARGEST_PAGE_BYTES):
            break
        items.append(entry.item)
        size += more
    cut = len(items) < len(entries) or len(items) == request.get("Limit")
    return Seen(items, size, items[-1] if cut and items else None)


def _chosen(view: View, request: Request, placeholders: Placeholders) -> list[Entry]:
    """The entries of a Query, in the order asked for, or those of the segment of a Scan; after ExclusiveStartKey."""
    found = sorted(_queried(view, request, placeholders) if "KeyConditionExpression" in request else _segment(view, request))
    start = request.get("ExclusiveStartKey")
    forward = request.get("ScanIndexForward", True)
    if start:
        item_size(start)
        place = view.place(start)
        reads.check_segment(place[0], *reads.segments(request))
        found = [entry for entry in found if (entry.place > place if forward else entry.place < place)]
    return found if forward else found[::-1]


def _queried(view: View, request: Request, placeholders: Placeholders) -> Iterator[Entry]:
    conditions = key_conditions(request["KeyConditionExpression"], view.keys, view.table.type_of, placeholders)
    return (entry for entry in view.entries() if all(condition.holds(entry.item) for condition in conditions))


def _segment(view: View, request: Request) -> Iterator[Entry]:
    segment, segments = reads.segments(request)
    low, high = segment * HASHES // segments, (segment + 1) * HASHES // segments
    return (entry for entry in view.entries() if low <= entry.place[0] < high)


def _answer(view: View, request: Request, placeholders: Placeholders, seen: Seen, used: Used) -> dict[str, Any]:
    wanted, text = seen.items, request.get("FilterExpression")
    if text:
        holds = condition(text, "FilterExpression", placeholders)
        wanted = [item for item in wanted if holds(item)]
    paths = paths_of(request["ProjectionExpression"], "ProjectionExpression", placeholders) if "ProjectionExpression" in request else []
    placeholders.check_used()
    answer: dict[str, Any] = {"Count": len(wanted), "ScannedCount": len(seen.items)}
    if request.get("Select") != "COUNT":
        answer["Items"] = [project(item, paths) for item in wanted] if paths else wanted
    if seen.last:
        answer["LastEvaluatedKey"] = view.last_key(seen.last)
    consumed = used.describe(view.table.name, request.get("ReturnConsumedCapacity"))
    return {**answer, "ConsumedCapacity": consumed} if consumed else answer
