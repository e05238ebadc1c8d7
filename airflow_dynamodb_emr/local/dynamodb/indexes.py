"""A secondary index: which items are in it, what is copied into it, and what a write costs there."""

from __future__ import annotations

import time
from collections.abc import Iterable
from math import ceil
from typing import Any

from airflow_dynamodb_emr.local.dynamodb.capacity import Capacity
from airflow_dynamodb_emr.local.dynamodb.items.attributes import item_size
from airflow_dynamodb_emr.local.dynamodb.items.store import Item
from airflow_dynamodb_emr.local.http.protocol import Request


class Index:
    """Global where it has a *capacity* of its own, else local."""

    def __init__(self, request: Request, table_keys: list[str], capacity: Capacity | None) -> None:
        self.name: str = request["IndexName"]
        self.key_schema: list[dict[str, str]] = request["KeySchema"]
        self.projection: Request = request["Projection"]
        self.capacity, self.status = capacity, "ACTIVE"
        self.keys = [key["AttributeName"] for key in self.key_schema]
        self._copied = {*table_keys, *self.keys, *self.projection.get("NonKeyAttributes", [])}
        self.items = self.bytes = 0
        self._filled_at = 0.0  # when what the table held before it is in it

    def backfill(self, seconds: float) -> None:
        """It is added to a table that has items: it is CREATING for so long after the table is ACTIVE again."""
        self.status, self._filled_at = "CREATING", time.monotonic() + seconds

    @property
    def backfills(self) -> bool:
        return time.monotonic() < self._filled_at

    def settle(self, of_table: str) -> None:
        """With its table in that state."""
        if self.backfills:
            self.status = "CREATING"
        elif of_table == "ACTIVE":
            self.status = "ACTIVE"

    def project(self, item: Item | None) -> Item | None:
        """*item* as it is in this index; None: it is not."""
        if item is None or any(key not in item for key in self.keys):
            return None
        if self.projection.get("ProjectionType") == "ALL":
            return item
        return {name: value for name, value in item.items() if name in self._copied}

    def cost(self, old: Item | None, new: Item | None) -> int:
        """Write units: nothing if the index does not change, twice if the entry moves."""
        before, after = self.project(old), self.project(new)
        if before == after:
            return 0
        old_units, new_units = _units(before), _units(after)
        moves = before and after and any(before[key] != after[key] for key in self.keys)
        return old_units + new_units if moves else max(old_units, new_units)

    def count(self, old: Item | None, new: Item | None) -> None:
        before, after = self.project(old), self.project(new)
        self.items += (after is not None) - (before is not None)
        self.bytes += _size(after) - _size(before)

    def recount(self, items: Iterable[Item]) -> None:
        self.items = self.bytes = 0
        for item in items:
            self.count(None, item)

    def describe(self, table_arn: str) -> dict[str, Any]:
        described = {
            "IndexName": self.name,
            "IndexArn": f"{table_arn}/index/{self.name}",
            "KeySchema": self.key_schema,
            "Projection": self.projection,
            "ItemCount": self.items,
            "IndexSizeBytes": self.bytes,
        }
        return {**described, **self._capacity(self.capacity)} if self.capacity else described

    def _capacity(self, capacity: Capacity) -> dict[str, Any]:
        limit = {"OnDemandThroughput": capacity.on_demand} if capacity.on_demand else {}
        warm = capacity.warmth(self.status)
        filling = {"Backfilling": True} if self.backfills else {}
        return {"IndexStatus": self.status, **filling, "ProvisionedThroughput": capacity.describe(), "WarmThroughput": warm, **limit}


def _size(item: Item | None) -> int:
    return item_size(item) if item else 0


def _units(item: Item | None) -> int:
    return max(1, ceil(_size(item) / 1024)) if item else 0
