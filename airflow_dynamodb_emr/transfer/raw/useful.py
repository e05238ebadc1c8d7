"""How many hands are of use: more where they wait for answers, fewer where they wait for the processor, of which a Python process has one."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOK_SECONDS = 0.1
IDLE, BUSY = 0.65, 0.95  # shares of a processor: below the first another hand has something to do, above the second one is in the way
_AT_FIRST = 2


class Useful:
    """Between one and *most*; hands that take turns at the processor cost a quarter more of it than one that has it to itself."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic, spent: Callable[[], float] = time.process_time) -> None:
        self._most, self._clock, self._spent = most, clock, spent
        self.number = min(_AT_FIRST, most)
        self._since, self._before = clock(), spent()

    def look(self) -> None:
        """To be called often; it looks now and then."""
        now = self._clock()
        if now - self._since < LOOK_SECONDS:
            return
        spent = self._spent()
        share = (spent - self._before) / (now - self._since)
        self._since, self._before = now, spent
        if share < IDLE:
            self.number = min(self._most, self.number + 1)
        elif share > BUSY:
            self.number = max(1, self.number - 1)
