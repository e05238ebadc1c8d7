"""Which table goes to which cluster of a run, and how long that takes: longest first, onto whatever slot is free first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heapreplace
from typing import NamedTuple

Lengths = Mapping[str, float] | Sequence[tuple[str, float]]


class Stay(NamedTuple):
    """When a table is on its slot, in seconds from when the clusters are ready."""

    table: str
    lane: int
    begin: float
    end: float


def schedule(seconds: Lengths, lanes: int, concurrency: int) -> Iterator[Stay]:
    """Each lane is a cluster that works on *concurrency* tables at once. Longest first ends at most a third later than the best order could
    (Graham 1969); within a lane the order is the same, so that a cluster that is given its tables longest first keeps to this."""
    slots = [(0.0, place, lane) for place in range(max(1, concurrency)) for lane in range(max(1, lanes))]
    heapify(slots)
    for table, length in sorted(_pairs(seconds), key=lambda each: (-each[1], each[0])):
        begin, place, lane = slots[0]
        yield Stay(table, lane, begin, begin + length)
        heapreplace(slots, (begin + length, place, lane))


def pack(seconds: Lengths, lanes: int, concurrency: int) -> dict[str, int]:
    """The lane of each table, from 0."""
    return {stay.table: stay.lane for stay in schedule(seconds, lanes, concurrency)}


def makespan(lengths: Iterable[float], slots: int) -> float:
    """How long steps of these lengths take, *slots* at once."""
    numbered = [(str(number), length) for number, length in enumerate(lengths)]
    return max((stay.end for stay in schedule(numbered, 1, slots)), default=0.0)


def _pairs(seconds: Lengths) -> Iterable[tuple[str, float]]:
    return seconds.items() if isinstance(seconds, Mapping) else seconds
