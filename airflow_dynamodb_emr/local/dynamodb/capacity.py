"""Read and write capacity of a table or an index: token buckets, and the day's decreases."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Any

from airflow_dynamodb_emr.local.http.protocol import Refused
from airflow_dynamodb_emr.local.knobs import Knobs

QUICK_DECREASES = 4
_DAY_SECONDS = 86_400
_NEW_TABLE_READS, _NEW_TABLE_WRITES = 12_000, 4_000


class Bucket:
    """Units that may be taken now. A request passes while there is any unit left and may leave a debt, as on AWS."""

    def __init__(self, knobs: Knobs, rate: float | None) -> None:
        self._knobs, self.rate = knobs, rate  # None: unlimited
        self._level, self._at = (rate or 0) * knobs.burst_seconds, time.monotonic()

    @property
    def open(self) -> bool:
        if self.rate is None:
            return True
        now = time.monotonic()
        self._level = min(self.rate * self._knobs.burst_seconds, self._level + (now - self._at) * self.rate)
        self._at = now
        return self._level > 0

    def take(self, units: float) -> None:
        self._level -= units

    def change(self, rate: float | None) -> None:
        """Keeps what has been saved, or is owed."""
        if self.rate is None and rate is not None:
            self._level, self._at = rate * self._knobs.burst_seconds, time.monotonic()
        self.rate = rate


class Capacity:
    """Provisioned units, 0 and 0 on demand, and the buckets that follow from them."""

    def __init__(self, knobs: Knobs, read: int = 0, write: int = 0, on_demand: dict[str, int] | None = None) -> None:
        self._knobs = knobs
        self.read, self.write = read, write
        self.asked = read, write  # what they are once the table is ACTIVE again
        self.on_demand = on_demand or {}
        self._highest_read, self._highest_write = read, write
        self.increased: float | None = None
        self.decreased: float | None = None
        self._decreases = 0
        self.reads, self.writes = Bucket(knobs, self._rate("Read")), Bucket(knobs, self._rate("Write"))

    @property
    def provisioned(self) -> bool:
        return self.read > 0

    @property
    def decreases_today(self) -> int:
        return self._decreases if self.decreased and _day(self.decreased) == _day(self._knobs.now()) else 0

    def check(self, read: int, write: int) -> None:
        """Refuse a decrease that comes too soon after the others."""
        if not self._lowers(read, write) or self.decreases_today < QUICK_DECREASES:
            return
        assert self.decreased
        free = min(self.decreased + self._knobs.decrease_wait_seconds, (_day(self.decreased) + 1) * _DAY_SECONDS)
        if self._knobs.now() < free:
            raise Refused("LimitExceededException", _too_soon(self.decreases_today, self.decreased, free))

    def accept(self, read: int, write: int) -> None:
        """Count a change that `apply` makes true when the table is ACTIVE again."""
        now = self._knobs.now()
        self.asked = read, write
        if self._lowers(read, write):
            self._decreases, self.decreased = self.decreases_today + 1, now
        if self.provisioned and (read > self.read or write > self.write):
            self.increased = now

    def apply(self, read: int, write: int) -> None:
        self.read, self.write = read, write
        self._highest_read, self._highest_write = max(read, self._highest_read), max(write, self._highest_write)
        self._fill_buckets()

    def limit_to(self, most: dict[str, int]) -> None:
        """On demand; -1 lifts a limit."""
        self.on_demand = {name: units for name, units in most.items() if units > 0}
        self._fill_buckets()

    def _fill_buckets(self) -> None:
        """They follow the units, or on demand the maximum that was set."""
        self.reads.change(self._rate("Read"))
        self.writes.change(self._rate("Write"))

    def describe(self) -> dict[str, Any]:
        times = {"LastIncreaseDateTime": self.increased, "LastDecreaseDateTime": self.decreased}
        return {
            **{name: time for name, time in times.items() if time is not None},
            "NumberOfDecreasesToday": self.decreases_today,
            "ReadCapacityUnits": self.read,
            "WriteCapacityUnits": self.write,
        }

    def warmth(self, status: str) -> dict[str, Any]:
        """What AWS keeps ready: the most that was ever provisioned, and never less than it gives a new table."""
        read, write = max(_NEW_TABLE_READS, self._highest_read), max(_NEW_TABLE_WRITES, self._highest_write)
        return {"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write, "Status": "UPDATING" if status == "UPDATING" else "ACTIVE"}

    def _lowers(self, read: int, write: int) -> bool:
        return self.provisioned and read > 0 and (read < self.read or write < self.write)

    def _rate(self, kind: str) -> float | None:
        if self.provisioned:
            return self.read if kind == "Read" else self.write
        most = self.on_demand.get(f"Max{kind}RequestUnits", -1)
        return most if most > 0 else None


def _day(when: float) -> int:
    return int(when // _DAY_SECONDS)


def _too_soon(decreases: int, last: float, free: float) -> str:
    def moment(when: float) -> str:
        return datetime.fromtimestamp(when, timezone.utc).strftime("%A, %B %d, %Y at %I:%M:%S %p Coordinated Universal Time")

    return (
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each "
        "subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. "
        f"Number of decreases today: {decreases}. Last decrease at {moment(last)}. Next decrease can be made at {moment(free)}"
    )
