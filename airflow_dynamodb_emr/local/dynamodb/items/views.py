"""A table, or one of its indexes, as something that is read in an order of its own: the slow way round, item by item, and right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from airflow_dynamodb_emr.local.dynamodb.expressions.comparisons import order
from airflow_dynamodb_emr.local.dynamodb.indexes import Index
from airflow_dynamodb_emr.local.dynamodb.items.attributes import key_bytes
from airflow_dynamodb_emr.local.dynamodb.items.store import Item, hash_of
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Request, invalid


class Entry(NamedTuple):
    """An item in the order of a table or an index."""

    place: Any
    item: Item


class View:
    """Of *table* itself where there is no *index*."""

    def __init__(self, table: Table, index: Index | None) -> None:
        self.table, self.index = table, index
        self.keys = index.keys if index else table.keys

    @classmethod
    def of(cls, table: Table, request: Request) -> View:
        name = request.get("IndexName")
        index = next((index for index in table.indexes if index.name == name), None)
        if name and not index:
            raise invalid(f"The table does not have the specified index: {name}")
        if index and index.capacity and request.get("ConsistentRead"):
            raise invalid("Consistent reads are not supported on global secondary indexes")
        return cls(table, index)

    def place(self, item: Item) -> Any:
        """By the hash of the hash key, then the range key, then the table's own key."""
        hashed = key_bytes(item[self.keys[0]])
        ranged = [order(item[name]) for name in self.keys[1:]]
        return (hash_of(hashed), hashed, *ranged, *(self.table.store.key(item) if self.index else ()))

    def entries(self) -> Iterator[Entry]:
        for row in self.table.store:
            item = self.index.project(row.item) if self.index else row.item
            if item is not None:
                yield Entry(self.place(item), item)

    def last_key(self, item: Item) -> Item:
        return {name: item[name] for name in dict.fromkeys([*self.keys, *self.table.keys])}
