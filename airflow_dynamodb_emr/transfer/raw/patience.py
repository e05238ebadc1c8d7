"""How long to try a call again: full jitter, and an end."""

from __future__ import annotations

import random
from typing import NamedTuple


class Patience(NamedTuple):
    """Seconds are counted anew for each call: as long as something gets through now and then, a copy goes on."""

    first_seconds: float = 0.05
    most_seconds: float = 10.0
    deadline_seconds: float = 600.0  # of being throttled
    silence_seconds: float = 120.0  # without an answer that can be read

    def pause_seconds(self, tries: int) -> float:
        """Anything up to a limit that doubles, so that many hands do not come back together."""
        return random.uniform(0, min(self.most_seconds, self.first_seconds * 2 ** min(tries, 20)))


class Waited:
    """For one call, by a clock that is given."""

    def __init__(self, patience: Patience, now: float) -> None:
        self._patience = patience
        self._began = self._heard = now
        self.seconds = 0.0
        self.tries = 0

    def too_long(self, now: float, answered: bool) -> bool:
        """After another try in vain. Silence is counted from the last answer: a call that is throttled for long may lose one."""
        self.tries += 1
        self.seconds = now - self._began
        if answered:
            self._heard = now
        return self.seconds > self._patience.deadline_seconds or now - self._heard > self._patience.silence_seconds
