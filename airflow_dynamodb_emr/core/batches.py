"""Which tables share a task. A task costs Airflow about two CPU-seconds, whatever its tables: small ones go together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import ceil
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
    """The tables of a lane in groups of up to *size*, large ones alone; in larger groups where there would be more than *most*."""
    ordered = sorted(tables, key=lambda table: (table.lane, -table.seconds, table.name))
    while len(found := _grouped(ordered, size)) > most:
        size = max(size + 1, ceil(size * len(found) / most))
    return found


def _grouped(ordered: Sequence[_Table], size: int) -> list[list[str]]:
    alone = [[table.name] for table in ordered if _is_large(table, size)]
    small = [table for table in ordered if not _is_large(table, size)]
    lanes = ([table.name for table in group] for _, group in groupby(small, key=lambda table: table.lane))
    return alone + [names[start : start + size] for names in lanes for start in range(0, len(names), size)]


def _is_large(table: _Table, size: int) -> bool:
    """No table is alone for its size where each could be, and the groups are still too many."""
    return table.seconds >= LARGE_SECONDS * max(1, size // 100)
