"""How fast the emulated connector reads and writes, and over how many segments and tasks: its rules, from a table's description."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

from airflow_dynamodb_emr.local.connector.hadoop import JavaError, log

ON_DEMAND_UNITS = 40_000  # what the connector takes every on-demand table to have
DEFAULT_RATIO = 0.5
BYTES_PER_READ_UNIT = 8192  # reads are eventually consistent
_UNITS_PER_SEGMENT = _UNITS_PER_TASK = 100
_BYTES_PER_SEGMENT = 1 << 30
_PAGE_UNITS_AT_MOST = 25
_WINDOW_SECONDS = 5
_LARGEST_ITEM_BYTES = 400 * 1024


def units_per_second(description: Mapping[str, Any], kind: str, ratio: float | None) -> int:
    """*kind* is Read or Write; at least 1."""
    ratio = DEFAULT_RATIO if ratio is None else ratio
    if ratio <= 0:
        raise JavaError("java.lang.RuntimeException", f"Invalid {kind.lower()} percentage: {ratio}")
    capacity = ON_DEMAND_UNITS
    if description.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED") == "PROVISIONED":
        capacity = description["ProvisionedThroughput"][f"{kind}CapacityUnits"]
    log(f"tools.DynamoDB{'Export' if kind == 'Read' else 'Import'}: {kind} throughput: {capacity}, ratio: {ratio}")
    return max(1, floor(capacity * ratio))


@dataclass(frozen=True)
class Mapper:
    """One map task's share of a scan."""

    segments: list[int]
    of: int
    units_per_second: int


def mappers(description: Mapping[str, Any], ratio: float | None, segments: int | None, tasks_at_most: int) -> list[Mapper]:
    """*segments* as asked for; None or less than one: computed from the table."""
    rate = units_per_second(description, "Read", ratio)
    if segments is None or segments < 1:
        segments = max(description.get("TableSizeBytes", 0) // _BYTES_PER_SEGMENT, rate // _UNITS_PER_SEGMENT)
    segments = min(max(segments, 1), 1_000_000)
    tasks = min(max(min(tasks_at_most, rate // _UNITS_PER_TASK), 1), segments)
    log(f"read.AbstractDynamoDBInputFormat: Using {segments} segments across {tasks} mappers")
    dealt = [list(range(task, segments, tasks)) for task in range(tasks)]
    return [Mapper(own, segments, max(1, int(rate / segments * len(own)))) for own in dealt]


class Bucket:
    """Tokens of capacity: filled at a rate, full at the start, in debt after a page larger than foreseen."""

    def __init__(self, units_per_second: float, window_seconds: float) -> None:
        self._rate = units_per_second
        self._most = max(units_per_second * window_seconds, 1.0)
        self._level, self._at = self._most, time.monotonic()

    def take(self, most: float) -> float:
        """Between 1 and *most* whole units, as soon as there is one."""
        while (units := floor(min(most, self._filled()))) < 1:
            time.sleep(max(0.001, (1 - self._level) / self._rate))
        self._level -= units
        return units

    def give(self, units: float) -> None:
        """Back what was taken and not used; negative for what was used beyond."""
        self._level = min(self._most, self._level + units)

    def _filled(self) -> float:
        now = time.monotonic()
        self._level, self._at = min(self._most, self._level + (now - self._at) * self._rate), now
        return self._level


class Pager:
    """How many items the next page may have, from what the ones before have cost."""

    def __init__(self, units_per_second: int, description: Mapping[str, Any]) -> None:
        self._bucket = Bucket(units_per_second, _WINDOW_SECONDS)
        count = description.get("ItemCount", 0)
        self._item_bytes = _bounded(description.get("TableSizeBytes", 0) / count if count else 1.0)

    def next(self) -> tuple[float, int]:
        """The units granted, and the page's limit."""
        units = self._bucket.take(_PAGE_UNITS_AT_MOST)
        return units, max(1, floor(units * BYTES_PER_READ_UNIT / self._item_bytes))

    def used(self, granted: float, consumed: float, items: int) -> None:
        self._bucket.give(granted - consumed)
        if items:
            self._item_bytes = _bounded(0.7 * self._item_bytes + 0.3 * consumed * BYTES_PER_READ_UNIT / items)


def _bounded(item_bytes: float) -> float:
    return min(max(item_bytes, 1.0), _LARGEST_ITEM_BYTES)
