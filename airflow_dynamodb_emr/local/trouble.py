"""Trouble that comes by chance: a share of calls is refused, delayed, answered with damage, or carried out and not answered."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from random import Random
from typing import Final, NamedTuple, TypeAlias

LONGEST_DELAY_SECONDS: Final = 2.0
_ANY: Final = ("throttle", "lose_answer", "delay")
_ONLY: Final = {"dynamodb.UpdateTable": ("too_many",)}
KINDS: Final = {
    "throttle": "refused: one call too many",
    "deny": "refused: AccessDenied",
    "expire": "refused: the credentials have expired",
    "error": "status 500 or, of S3, InternalError; nothing is done",
    "too_many": "refused: too many tables change at once",
    "delay": f"done after up to {LONGEST_DELAY_SECONDS:g} seconds",
    "lose_answer": "done, then status 500",
    "reset": "done, then the connection is reset",
    "cut": "done, then the answer ends early, and the connection",
    "corrupt": "done, then one bit of the answer's body is another",
    "unprocessed": "of BatchWriteItem: some of the items are left undone, and told as UnprocessedItems",
}
Share: TypeAlias = "float | Mapping[str, float]"


class Hit(NamedTuple):
    """What a call meets: one of KINDS, and *lot*, from 0 up to 1, which says when or where."""

    kind: str
    lot: float = 0

    @property
    def seconds(self) -> float:
        return self.lot * LONGEST_DELAY_SECONDS if self.kind == "delay" else 0


NONE: Final = Hit("")


class Trouble:
    """Each call has dice of its own: what its n-th call meets does not depend on what else is called meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shares: dict[str, Share] = {}
        self._seed, self._dice = 0, dict[str, Random]()
        self._met: dict[str, Counter[str]] = {}

    def set(self, shares: Mapping[str, Share]) -> None:
        """Share of calls hit, 0 to 1, by pattern; the first pattern that matches counts. Raises KeyError for a kind that is not known.

        A bare share is of calls that meet anything a control plane does; `{"throttle": 0.3, "cut": 0.05}` gives each kind its own.
        """
        with self._lock:
            self._shares, self._met = {pattern: _checked(share) for pattern, share in shares.items()}, {}

    def seed(self, seed: int) -> None:
        """All dice start again."""
        with self._lock:
            self._seed, self._dice = int(seed), {}

    def hit(self, *names: str) -> Hit | None:
        """Of a call by all its names, as in dynamodb.UpdateTable; the last is its own."""
        if not self._shares:
            return None
        with self._lock:
            found = (share for pattern, share in self._shares.items() if any(fnmatchcase(name, pattern) for name in names))
            hit = _drawn(next(found, 0.0), names[-1], self._dice.setdefault(names[-1], Random(f"{self._seed} {names[-1]}")))
            if hit:
                self._met.setdefault(names[-1], Counter())[hit.kind] += 1
            return hit

    def met(self) -> dict[str, dict[str, int]]:
        """How often each call was hit by what, since the shares were set."""
        with self._lock:
            return {call: dict(kinds) for call, kinds in self._met.items()}


def _checked(share: Share) -> Share:
    if not isinstance(share, Mapping):
        return float(share)
    for kind in share.keys() - KINDS.keys():
        raise KeyError(kind)
    return {kind: float(each) for kind, each in share.items()}


def _drawn(share: Share, call: str, dice: Random) -> Hit | None:
    if not isinstance(share, Mapping):
        return Hit(dice.choice([*_ANY, *_ONLY.get(call, ())]), dice.random()) if dice.random() < share else None
    drawn, lot = dice.random(), dice.random()
    for kind, each in share.items():
        if drawn < each:
            return Hit(kind, lot)
        drawn -= each
    return None
