"""What was written to a table since its point-in-time recovery was turned on: enough to tell what it held at any moment since."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple

from airflow_dynamodb_emr.local.dynamodb.items.store import Key, Row

MOST_CHANGES = 100_000  # of one table: what lies before the oldest of them cannot be told any more


class Change(NamedTuple):
    """Of one key, at one time or, net, within a window; None: there is no such item."""

    time: float
    key: Key
    old: Row | None
    new: Row | None


class Journal:
    """The newest MOST_CHANGES. Whoever writes to the table or asks here holds the table's lock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._changes: deque[Change] = deque()
        self.since = self._last = now()

    def note(self, key: Key, old: Row | None, new: Row | None) -> None:
        self._last = max(self._last, self._now())  # the clock may be put back; what is written later stays later
        self._changes.append(Change(self._last, key, old, new))
        if len(self._changes) > MOST_CHANGES:
            self.since = self._changes.popleft().time

    def rows_at(self, rows: Mapping[Key, Row], time: float) -> dict[Key, Row]:
        """What the table held at *time*, writes at that very time included; *rows* is what it holds now."""
        held: dict[Key, Row | None] = dict(rows)
        for change in reversed(self._changes):
            if change.time <= time:
                break
            held[change.key] = change.old
        return {key: row for key, row in held.items() if row is not None}

    def between(self, start: float, end: float) -> list[Change]:
        """One change for each key that was written from *start* to before *end*; none where an item came and went within."""
        net: dict[Key, Change] = {}
        for change in self._changes:
            if start <= change.time < end:
                before = net.get(change.key)
                net[change.key] = change._replace(old=before.old) if before else change
        return [change for change in net.values() if change.old or change.new]
