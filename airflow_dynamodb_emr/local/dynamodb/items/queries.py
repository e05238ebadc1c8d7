"""Query, and the reads that need a look at each item: with a filter, a projection or an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from airflow_dynamodb_emr.local.dynamodb.consumed import Used, throttled
from airflow_dynamodb_emr.local.dynamodb.expressions.comparisons import order
from airflow_dynamodb_emr.local.dynamodb.expressions.conditions import condition
from airflow_dynamodb_emr.local.dynamodb.expressions.key_conditions import KeyCondition, key_conditions
from airflow_dynamodb_emr.local.dynamodb.expressions.paths import project
from airflow_dynamodb_emr.local.dynamodb.expressions.tokens import Placeholders, paths_of
from airflow_dynamodb_emr.local.dynamodb.items import reads
from airflow_dynamodb_emr.local.dynamodb.items.attributes import item_size
from airflow_dynamodb_emr.local.dynamodb.items.store import HASHES, Item
from airflow_dynamodb_emr.local.dynamodb.items.views import Entry, View
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Refused, Request, invalid

NEEDS_A_LOOK = ("FilterExpression", "ProjectionExpression", "IndexName")


class Seen(NamedTuple):
    """The items of one page before they are filtered, and the one to go on after, where there may be more."""

    items: list[Item]
    size: int
    last: Item | None


def query(table: Table, request: Request) -> bytes | dict[str, Any]:
    if any(name in request for name in NEEDS_A_LOOK):
        return read(table, request)
    placeholders = Placeholders(request)
    conditions = _conditions(View(table, None), request, placeholders)
    places = _collection(table, request, conditions)
    placeholders.check_used()
    return reads.read(table, request, places, _end(request, conditions))


def read(table: Table, request: Request) -> dict[str, Any]:
    """The answer to a Query or a Scan."""
    view, placeholders = View.of(table, request), Placeholders(request)
    _check_select(view, request)
    conditions = _conditions(view, request, placeholders) if "KeyConditionExpression" in request else []
    with table.lock:
        capacity = view.index.capacity if view.index and view.index.capacity else table.capacity
        if not capacity.reads.open:
            raise throttled(table)
        seen = _cut(view, request, conditions) if view.index else _page(table, request, conditions)
        used = Used(0)
        units = reads.read_units(seen.size, request)
        if view.index:
            used.add(view.index, units)
        else:
            used.table = units
        capacity.reads.take(units)
    return _answer(view, request, placeholders, seen, used)


def _conditions(view: View, request: Request, placeholders: Placeholders) -> list[KeyCondition]:
    """Those of a Query; a key to start after has to meet them too."""
    conditions = key_conditions(request["KeyConditionExpression"], view.keys, view.table.type_of, placeholders)
    start = request.get("ExclusiveStartKey")
    if start:
        item_size(start)
        if any(name not in start for name in view.keys):
            raise invalid("The provided starting key is invalid")
        end = _end(request, conditions)
        if not all(condition.holds(start) for condition in conditions) or (end is not None and order(start[conditions[1].name]) == end):
            raise invalid("The provided starting key is outside query boundaries based on provided conditions")
    return conditions


def _end(request: Request, conditions: list[KeyCondition]) -> Any:
    """The bound of the range key that a Query reads up to, itself included; None where there is no such bound."""
    ranged = conditions[1] if len(conditions) > 1 else None
    return ranged and (ranged.last if request.get("ScanIndexForward", True) else ranged.first)


def _collection(table: Table, request: Request, conditions: list[KeyCondition]) -> Callable[[], range]:
    """Where the table has the items of a Query."""
    hashed, ranged = conditions[0], conditions[1] if len(conditions) > 1 else None
    below, above = (ranged.is_below, ranged.is_above) if ranged else (_never, _never)
    after, forward = reads.start_of(table, request), request.get("ScanIndexForward", True)
    return lambda: table.store.collection(hashed.value, below, above, after, forward)


def _never(_: Any) -> bool:
    return False


def _check_select(view: View, request: Request) -> None:
    whole = not view.index or view.index.projection.get("ProjectionType") == "ALL"
    if request.get("Select") == "ALL_ATTRIBUTES" and not whole:
        raise Refused("UnknownOperationException", "the stand-in for AWS reads from an index only what is in it")


def _page(table: Table, request: Request, conditions: list[KeyCondition]) -> Seen:
    """Of the table itself: without a look at the rest of it."""
    if conditions:
        places = _collection(table, request, conditions)()
    else:
        places = table.store.segment(*reads.segments(request), reads.start_of(table, request))
    page = table.store.page(places, request.get("Limit"), reads.LARGEST_PAGE_BYTES, _end(request, conditions))
    items = [row.item for row in page.rows]
    return Seen(items, page.size, items[-1] if page.last else None)


def _cut(view: View, request: Request, conditions: list[KeyCondition]) -> Seen:
    entries, items, size = _chosen(view, request, conditions), list[Item](), 0
    for entry in entries:
        more = item_size(entry.item)
        if len(items) == request.get("Limit") or (items and size + more > reads.LARGEST_PAGE_BYTES):
            break
        items.append(entry.item)
        size += more
    cut = len(items) < len(entries) or len(items) == request.get("Limit")
    return Seen(items, size, items[-1] if cut and items else None)


def _chosen(view: View, request: Request, conditions: list[KeyCondition]) -> list[Entry]:
    """The entries of a Query of an index, in the order asked for, or those of the segment of a Scan; after ExclusiveStartKey."""
    found = sorted(entry for entry in _segment(view, request) if all(condition.holds(entry.item) for condition in conditions))
    start = request.get("ExclusiveStartKey")
    forward = request.get("ScanIndexForward", True)
    if start:
        item_size(start)
        place = view.place(start)
        reads.check_segment(place[0], *reads.segments(request))
        found = [entry for entry in found if (entry.place > place if forward else entry.place < place)]
    return found if forward else found[::-1]


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
