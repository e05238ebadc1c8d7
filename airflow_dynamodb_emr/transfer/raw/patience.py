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
