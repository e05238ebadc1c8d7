"""How far a copy is, for a person: items, bytes, rate and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from airflow_dynamodb_emr.core.words import duration, size

EVERY_SECONDS = 30


class Meter:
    """Every hand tells it what it has moved; it says so now and then."""

    def __init__(self, items_in_all: int, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        """*items_in_all* may be hours old, or 0: not known."""
        self._in_all, self._say, self._clock = items_in_all, say, clock
        self._lock = Lock()
        self._began = self._said = clock()
        self.items, self.bytes, self.units = 0, 0, 0.0

    def told(self, items: int, bytes_moved: int, units: float) -> None:
        with self._lock:
            self.items, self.bytes, self.units = self.items + items, self.bytes + bytes_moved, self.units + units
            now = self._clock()
            due = now - self._said >= EVERY_SECONDS
            self._said = now if due else self._said
        if due:
            self._say(str(self))

    @property
    def share(self) -> float | None:
        """Of all; None where that is not known. Never quite 1: what is announced is hours old."""
        return min(0.99, self.items / self._in_all) if self._in_all else None

    @property
    def bytes_a_second(self) -> float:
        return self.bytes / max(1e-3, self._clock() - self._began)

    def __str__(self) -> str:
        seconds = max(1e-3, self._clock() - self._began)
        units = f" and {self.units / seconds:,.0f} units" if self.units else ""  # what is only read back takes none
        done = f"{self.items:,} items, {size(self.bytes)}, {size(self.bytes_a_second)}{units} a second"
        if not self.share:
            return done
        return f"{done}; {self.share:.0%}, about {duration(seconds * (1 / self.share - 1))} left"
