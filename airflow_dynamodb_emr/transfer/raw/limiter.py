"""So many capacity units a second, for all hands together."""

from __future__ import annotations

import time
from threading import Event, Lock

_WINDOW_SECONDS = 1.0  # of unused units that are kept


class Limiter:
    """Whoever asks waits until there are units; what a call has taken, as DynamoDB says it, is taken off afterwards and may leave a debt."""

    def __init__(self, units_per_second: float) -> None:
        self.rate = units_per_second
        self._lock = Lock()
        self._level, self._at = units_per_second * _WINDOW_SECONDS, time.monotonic()

    def wait(self, stop: Event) -> None:
        """Until a call may be made, or *stop* is set."""
        while (seconds := self._missing_seconds()) > 0 and not stop.wait(seconds):
            pass

    def took(self, units: float) -> None:
        with self._lock:
            self._level -= units

    def _missing_seconds(self) -> float:
        with self._lock:
            now = time.monotonic()
            self._level, self._at = min(self.rate * _WINDOW_SECONDS, self._level + (now - self._at) * self.rate), now
            return 0.0 if self._level > 0 else max(0.001, -self._level / self.rate)


class NoLimit(Limiter):
    """As fast as it goes."""

    def __init__(self) -> None:
        super().__init__(float("inf"))

    def _missing_seconds(self) -> float:
        return 0.0
