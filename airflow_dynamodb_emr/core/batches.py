"""Which tables share a task. A task costs Airflow about two CPU-seconds, whatever its tables: small ones go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil, inf
from typing import Protocol

LARGE_SECONDS = 900  # a table that takes so long has a task of its own: it can be seen, retried and cleared alone


class _Table(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def party(self) -> tuple[str, int]:
        """Only tables of one party share a task."""

    @property
    def in_turn(self) -> bool:
        """The task does its tables one after the other, itself."""

    @property
    def seconds(self) -> float: ...


def batches(tables: Iterable[_Table], size: int, most: int) -> list[list[str]]:
    """The tables of a party in groups of up to *size*, large ones alone; in larger groups, large ones too, where there would be more than *most*.

    Those that are done in turn take no longer than a large one, together.
    """
    ordered = sorted(tables, key=lambda table: (table.party, -table.seconds, table.name))
    found = _grouped(ordered, size, LARGE_SECONDS)
    parties = len({table.party for table in ordered})
    while len(found) > most and (size < len(ordered) or len(found) > parties):
        found = _grouped(ordered, size, inf)
        size = max(size + 1, ceil(size * len(found) / most))
    return found


def _grouped(ordered: Sequence[_Table], size: int, large_seconds: float) -> list[list[str]]:
    alone = [[table.name] for table in ordered if table.seconds >= large_seconds]
    small = [table for table in ordered if table.seconds < large_seconds]
    parties = (list(group) for _, group in groupby(small, key=lambda table: table.party))
    return alone + [group for party in parties for group in _filled(party, size, large_seconds)]


def _filled(party: Sequence[_Table], size: int, most_seconds: float) -> Iterator[list[str]]:
    group: list[str] = []
    seconds = 0.0
    for table in party:
        if group and (len(group) == size or (table.in_turn and seconds + table.seconds > most_seconds)):
            yield group
            group, seconds = [], 0.0
        group.append(table.name)
        seconds += table.seconds
    yield group
