"""What spikes cost, from the stand-in's own record of capacity: how many tables were raised at once, and how much for how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from airflow_dynamodb_emr.local.record import CapacityChange


@dataclass(frozen=True)
class Stretch:
    """A table or an index had so many read units more than at the start of the record."""

    table: str
    index: str
    units: int
    begin: float
    end: float  # that of the record, where it is still raised then


def stretches(changes: Sequence[CapacityChange]) -> list[Stretch]:
    last = {(change.table, change.index): changes[-1].time for change in changes}
    found = [*_stretches(reversed(changes), last, _starts(changes))]
    return found[::-1]


def most_at_once(found: Sequence[Stretch]) -> int:
    """Tables that were raised at the same instant: as one begins, so that is where to look."""
    return max((len({each.table for each in found if each.begin <= one.begin < each.end}) for one in found), default=0)


def unit_hours(found: Sequence[Stretch]) -> float:
    return sum(each.units * (each.end - each.begin) for each in found) / 3600


def unit_hours_all_at_once(found: Sequence[Stretch]) -> float:
    """Had each been raised as the first was, to the most it ever had, and put back as the last was."""
    if not found:
        return 0
    most: dict[tuple[str, str], int] = {}
    for each in found:
        most[each.table, each.index] = max(each.units, most.get((each.table, each.index), 0))
    return sum(most.values()) * (max(each.end for each in found) - min(each.begin for each in found)) / 3600


def _starts(changes: Sequence[CapacityChange]) -> dict[tuple[str, str], int]:
    return {(change.table, change.index): change.read for change in reversed(changes)}


def _stretches(backwards: Iterator[CapacityChange], ends: dict[tuple[str, str], float], starts: dict[tuple[str, str], int]) -> Iterator[Stretch]:
    """Backwards, because each change lasts until the next of the same table or index."""
    for change in backwards:
        which = change.table, change.index
        more = change.read - starts[which]
        if more > 0:
            yield Stretch(*which, more, change.time, ends[which])
        ends[which] = change.time
