"""Putting and deleting items: one at a time, and in batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import ceil
from typing import Any, NamedTuple

import msgspec

from airflow_dynamodb_emr.local.dynamodb.consumed import ThroughputExceeded, Used, throttled, throttled_index
from airflow_dynamodb_emr.local.dynamodb.items.attributes import item_size
from airflow_dynamodb_emr.local.dynamodb.items.keys import check_item_keys, check_key
from airflow_dynamodb_emr.local.dynamodb.items.store import Item, Key, Row
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import invalid

MOST_IN_BATCH, LARGEST_BATCH_BYTES = 25, 16 * 2**20


class Write(NamedTuple):
    """One item to be put, or deleted where there is none; checked."""

    table: Table
    key: Key
    item: Item | None
    row: Row | None


def put(table: Table, item: Item) -> Write:
    size = item_size(item)
    key = check_item_keys(table, item)
    return Write(table, key, item, Row(size, msgspec.json.encode(item)))


def delete(table: Table, key: Item) -> Write:
    return Write(table, check_key(table, key), None, None)


def carry_out(write: Write) -> Used:
    """Raises Refused when table or index is out of capacity. Holds for one item what AWS holds for one: all or nothing."""
    table = write.table
    with table.lock:
        old = table.store.get(write.key)
        used = _cost(table, old, write)
        _take(table, used)
        if table.indexes:
            was = old.item if old else None
            for index in table.indexes:
                index.count(was, write.item)
        if write.row:
            table.store.put(write.key, write.row)
        else:
            table.store.delete(write.key)
        return used


def _cost(table: Table, old: Row | None, write: Write) -> Used:
    bigger = max(old.size if old else 0, write.row.size if write.row else 0)
    used = Used(max(1, ceil(bigger / 1024)))
    if table.indexes:
        was = old.item if old else None
        for index in table.indexes:
            used.add(index, index.cost(was, write.item))
    return used


def _take(table: Table, used: Used) -> None:
    if not table.capacity.writes.open:
        raise throttled(table)
    touched = [index for index in table.global_indexes if used.indexes.get(index.name)]
    for index in touched:
        if index.capacity and not index.capacity.writes.open:
            raise throttled_index()
    table.capacity.writes.take(used.table + used.local)
    for index in touched:
        if index.capacity:
            index.capacity.writes.take(used.indexes[index.name])


def check_batch(writes: list[Write], request_bytes: int) -> None:
    if not 1 <= len(writes) <= MOST_IN_BATCH:
        raise invalid("Too many items requested for the BatchWriteItem call" if writes else "Batch write request must have at least one item")
    if request_bytes > LARGEST_BATCH_BYTES:
        raise invalid("Request size exceeded the limit of 16777216 bytes")
    if len({(write.table.name, write.key) for write in writes}) < len(writes):
        raise invalid("Provided list of item keys contains duplicates")


def carry_out_all(writes: Iterable[tuple[str, Any, Write]]) -> tuple[dict[str, list[Any]], dict[str, Used]]:
    """What is left undone for want of capacity, by table as the request names it, and what the rest used. Raises Refused when nothing was done."""
    undone: dict[str, list[Any]] = defaultdict(list)
    used: dict[str, Used] = {}
    refusals = []
    for name, request, write in writes:
        done = _attempt(write)
        if isinstance(done, Used):
            used[name] = done + used.get(name)
        else:
            refusals.append(done)
            undone[name].append(request)
    if refusals and not used:
        raise refusals[0]
    return undone, used


def _attempt(write: Write) -> Used | ThroughputExceeded:
    try:
        return carry_out(write)
    except ThroughputExceeded as refusal:
        return refusal
