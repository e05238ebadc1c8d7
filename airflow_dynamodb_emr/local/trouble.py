"""Trouble that comes by chance: a share of calls is refused, delayed, or carried out and not answered."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from fnmatch import fnmatchcase
from random import Random
from typing import Final, NamedTuple

LONGEST_DELAY_SECONDS: Final = 2.0
_ANY: Final = ("throttle", "lose_answer", "delay")
_ONLY: Final = {"dynamodb.UpdateTable": ("too_many",)}


class Hit(NamedTuple):
    """What happens to a call: one of throttle, lose_answer, delay (for *seconds*, then it is carried out) and too_many."""

    kind: str
    seconds: float


class Trouble:
    """Each call has dice of its own: what its n-th call meets does not depend on what else is called meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shares: dict[str, float] = {}
        self._seed, self._dice = 0, dict[str, Random]()

    def set(self, shares: Mapping[str, float]) -> None:
        """Share of calls hit, 0 to 1, by pattern; the first pattern that matches counts."""
        with self._lock:
            self._shares = {pattern: float(share) for pattern, share in shares.items()}

    def seed(self, seed: int) -> None:
        """All dice start again."""
        with self._lock:
            self._seed, self._dice = int(seed), {}

    def hit(self, call: str) -> Hit | None:
        """*call* as in dynamodb.UpdateTable."""
        if not self._shares:
            return None
        with self._lock:
            share = next((share for pattern, share in self._shares.items() if fnmatchcase(call, pattern)), 0.0)
            dice = self._dice.setdefault(call, Random(f"{self._seed} {call}"))
            if dice.random() >= share:
                return None
            return Hit(dice.choice([*_ANY, *_ONLY.get(call, ())]), dice.uniform(0, LONGEST_DELAY_SECONDS))
