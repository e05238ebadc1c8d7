"""What the stand-in itself knows of capacity: each change of provisioned throughput that it accepted, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec
from msgspec import structs

Units: TypeAlias = "tuple[int, int]"  # read and write


class CapacityChange(msgspec.Struct, frozen=True, kw_only=True):
    """These units were asked for, at the time it was accepted; 0 and 0: on demand, or gone."""

    time: float  # by the clock that LastDecreaseDateTime is told by
    region: str
    table: str
    index: str  # empty: the table itself
    read: int
    write: int
    decrease: bool  # spent one of the day's
    by: str  # CreateTable, UpdateTable, billing (a switch), autoscaling, DeleteTable; start: what there was when the record was reset


class CapacityRecord:
    """One for all regions; *now*: the stand-in's clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._changes: list[CapacityChange] = []
        self._last: dict[tuple[str, str], dict[str, CapacityChange]] = {}  # of each region and table that is there, by index

    def note(self, region: str, table: str, asked: Mapping[str, Units], by: str) -> None:
        """*asked*: the units that a table (no name) and its global indexes have, or get now; those that are not named are gone."""
        with self._lock:
            last = self._last.pop((region, table), {})
            for index in {**last, **asked}:
                units = asked.get(index, (0, 0))
                if index not in last or units != (last[index].read, last[index].write):
                    last[index] = self._change(region, table, index, units, last.get(index), by)
                    self._changes.append(last[index])
            if asked:
                self._last[region, table] = {index: last[index] for index in asked}

    def changes(self) -> list[CapacityChange]:
        with self._lock:
            return list(self._changes)

    def reset(self) -> None:
        """Forget what was; a first change of each table and index that is there tells what it starts from."""
        with self._lock:
            more = {"time": self._now(), "decrease": False, "by": "start"}
            self._last = {table: {i: structs.replace(c, **more) for i, c in known.items()} for table, known in self._last.items()}
            self._changes = [change for known in self._last.values() for change in known.values()]

    def _change(self, region: str, table: str, index: str, units: Units, was: CapacityChange | None, by: str) -> CapacityChange:
        read, write = units
        lowers = was is not None and read > 0 and (read < was.read or write < was.write)
        return CapacityChange(time=self._now(), region=region, table=table, index=index, read=read, write=write, decrease=lowers, by=by)
