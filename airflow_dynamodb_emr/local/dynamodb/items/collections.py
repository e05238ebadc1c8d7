"""Query of a table: items of one hash key, found by where they are. None is decoded to be found, however many there are."""

from __future__ import annotations

from base64 import b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import dropwhile, takewhile

from airflow_dynamodb_emr.local.dynamodb.expressions.comparisons import order
from airflow_dynamodb_emr.local.dynamodb.expressions.key_conditions import KeyCondition, key_conditions
from airflow_dynamodb_emr.local.dynamodb.expressions.tokens import Placeholders
from airflow_dynamodb_emr.local.dynamodb.items.keys import check_key
from airflow_dynamodb_emr.local.dynamodb.items.reads import LARGEST_PAGE_BYTES, whole
from airflow_dynamodb_emr.local.dynamodb.items.store import Item, Key, Page, Row
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Request


def query(table: Table, request: Request) -> bytes:
    placeholders = Placeholders(request)

    def find() -> Page:
        found = page(table, request, placeholders)
        placeholders.check_used()
        return found

    return whole(table, request, find)


def page(table: Table, request: Request, placeholders: Placeholders) -> Page:
    """In the order asked for, after ExclusiveStartKey; one item at least, where there is one."""
    most, rows, size = request.get("Limit"), list[Row](), 0
    last: Key | None = None
    for key in _keys(table, request, placeholders):
        row = table.store.row(key)
        if rows and size + row.size > LARGEST_PAGE_BYTES:
            return Page(rows, size, last)
        rows.append(row)
        size, last = size + row.size, key
        if len(rows) == most:
            return Page(rows, size, last)
    return Page(rows, size, None)


def _keys(table: Table, request: Request, placeholders: Placeholders) -> Iterator[Key]:
    hashed, *ranged = key_conditions(request["KeyConditionExpression"], table.keys, table.type_of, placeholders)
    keys, forward = table.store.keys_of(hashed.value), request.get("ScanIndexForward", True)
    if "ExclusiveStartKey" in request:
        start = check_key(table, request["ExclusiveStartKey"])
        keys = keys[bisect_right(keys, start) :] if forward else keys[: bisect_left(keys, start)]
    if not ranged:
        return iter(keys if forward else keys[::-1])
    return _within(table, ranged[0], _from(ranged[0], keys) if forward else keys[::-1])


def _from(condition: KeyCondition, keys: Sequence[Key]) -> Sequence[Key]:
    """Without those before the lower end, where there is one: a page far into a large collection takes no longer than its first."""
    if not keys or condition.operator in ("<", "<="):
        return keys
    return keys[bisect_left(keys, (*keys[0][:2], order(condition.value))) :]


def _within(table: Table, condition: KeyCondition, keys: Sequence[Key]) -> Iterator[Key]:
    """Those for which it holds lie side by side."""

    def holds(key: Key) -> bool:
        return condition.holds(_range_of(table, key))

    return takewhile(holds, dropwhile(lambda key: not holds(key), keys))


def _range_of(table: Table, key: Key) -> Item:
    """An item with the range key alone."""
    name, value = table.keys[1], key[2]
    if isinstance(value, Decimal):
        return {name: {"N": format(value, "f")}}
    return {name: {"S": value.decode()} if table.type_of(name) == "S" else {"B": b64encode(value).decode()}}
