"""Which tables share a task. A task costs Airflow about two CPU-seconds, whatever its tables: small ones go together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import ceil, inf
from typing import Protocol

LARGE_SECONDS = 900  # a table that takes so long has a task of its own: it can be seen, retried and cleared alone


class _Table(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def lane(self) -> int: ...
    @property
    def seconds(self) -> float: ...


def batches(tables: Iterable[_Table], size: int, most: int) -> list[list[str]]:
    """The tables of a lane in groups of up to *size*, large ones alone; in larger groups, large ones too, where there would be more than *most*."""
    ordered = sorted(tables, key=lambda table: (table.lane, -table.seconds, table.name))
    found = _grouped(ordered, size, LARGE_SECONDS)
    while len(found) > most and (size < len(ordered) or len(found) > len({table.lane for table in ordered})):  # a group is never of two lanes
        found = _grouped(ordered, size, inf)
        size = max(size + 1, ceil(size * len(found) / most))
    return found


def _grouped(ordered: Sequence[_Table], size: int, large_seconds: float) -> list[list[str]]:
    alone = [[table.name] for table in ordered if table.seconds >= large_seconds]
    small = [table for table in ordered if table.seconds < large_seconds]
    lanes = ([table.name for table in group] for _, group in groupby(small, key=lambda table: table.lane))
    return alone + [names[start : start + size] for names in lanes for start in range(0, len(names), size)]
