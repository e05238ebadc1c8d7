"""So many capacity units a second, for all hands together."""

from __future__ import annotations

import time
from collections import deque
from threading import Event, Lock

_WINDOW_SECONDS = 1.0  # of unused units that are kept
_LONGEST_WAIT_SECONDS = 1.0  # before the rate, which may be another by then, is looked at again


class Limiter:
    """Whoever asks waits until there are units. What a call will take is known afterwards, from DynamoDB: until then it counts as much as the
    call before, so that the hands do not all set out for the same units; what it took beyond that may leave a debt."""

    def __init__(self, units_per_second: float) -> None:
        self.rate = units_per_second
        self._lock = Lock()
        self._level, self._at = units_per_second * _WINDOW_SECONDS, time.monotonic()
        self._last, self._reserved = 0.0, deque[float]()

    def wait(self, stop: Event) -> None:
        """Until a call may be made, or *stop* is set."""
        while (seconds := self._missing_seconds()) > 0 and not stop.wait(min(seconds, _LONGEST_WAIT_SECONDS)):
            pass

    def took(self, units: float) -> None:
        with self._lock:
            self._level -= units - (self._reserved.popleft() if self._reserved else 0.0)
            self._last = units

    def _missing_seconds(self) -> float:
        """None: a call may be made, and is counted."""
        with self._lock:
            now = time.monotonic()
            self._level, self._at = min(self.rate * _WINDOW_SECONDS, self._level + (now - self._at) * self.rate), now
            if self._level <= 0:
                return max(0.001, -self._level / self.rate)
            self._level -= self._last
            self._reserved.append(self._last)
            return 0.0


class NoLimit(Limiter):
    """As fast as it goes."""

    def __init__(self) -> None:
        super().__init__(float("inf"))

    def _missing_seconds(self) -> float:
        return 0.0
