"""What tests make go wrong, and what was called: counters that are used up one call, step or cluster at a time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from airflow_dynamodb_emr.local.trouble import Trouble

KINDS = {
    "fail_steps": "table or step name pattern: how many steps fail without doing anything",
    "hang_steps": "table or step name pattern: how many steps run until they are cancelled",
    "slow_steps": "table or step name pattern: for how many seconds steps sleep before they do anything, until this is set anew",
    "lose_data": "table: how many data files vanish after its next dump",
    "fail_exports": "table pattern: how many of DynamoDB's own exports end FAILED",
    "slow_exports": "table pattern: for how many seconds more exports take, until this is set anew",
    "fail_imports": "table pattern: how many of DynamoDB's own imports end FAILED, with their items in the table",
    "slow_imports": "table pattern: for how many seconds more imports take, until this is set anew",
    "fail_clusters": "how many clusters end TERMINATED_WITH_ERRORS while they start",
    "fail_bootstrap": "cluster name pattern: how many clusters end with BOOTSTRAP_FAILURE",
    "no_capacity": "subnet, instance type or subnet/type pattern: 1 for as long as there are no machines",
    "no_spot": "cluster name pattern: how many clusters that ask for spot machines get none while they start",
    "reclaim_clusters": "how many clusters are lost when their first step runs",
    "kill_primary": "cluster name pattern: how many clusters lose their primary node when a step runs",
    "reclaim_nodes": "cluster name pattern: how many spot task nodes are taken away while steps run; the steps go on",
    "throttle": "call, as in emr.ListSteps, dynamodb.Scan or s3.UploadPart (or s3.PUT for any): how many are answered that they are too many",
    "deny": "call: how many are refused for want of permission",
    "expire": "call: how many are told that their credentials have expired",
    "lose_answer": "call: how many are done, then answered with status 500",
    "trouble": "call: which share, 0 to 1, is by chance throttled, delayed, or done and its answer lost; or each kind's share, of `trouble.KINDS`",
    "trouble_seed": "any number: chance begins again from there",
}


class Faults:
    """`take` says whether a fault is due and uses it up; `trouble` is drawn by lot and never used up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[str, dict[str, float]] = {kind: {} for kind in KINDS.keys() - {"trouble", "trouble_seed"}}
        self.trouble = Trouble()

    def set(self, wanted: Mapping[str, Any]) -> None:
        """A kind that is named replaces what was due of it; a bare number means any. Raises KeyError for an unknown kind."""
        with self._lock:
            for kind, due in wanted.items():
                self._set(kind, due)

    def _set(self, kind: str, due: Any) -> None:
        by_pattern = due if isinstance(due, dict) else {"*": due}
        if kind == "trouble_seed":
            self.trouble.seed(due)
        elif kind == "trouble":
            self.trouble.set(by_pattern)
        else:
            self._due[kind].clear()
            self._due[kind].update({pattern: float(left) for pattern, left in by_pattern.items()})

    def lasting(self, kind: str, *names: str) -> float:
        """What was set for the first pattern that matches one of *names*; it is not used up."""
        with self._lock:
            return next((left for pattern, left in self._due[kind].items() if any(fnmatchcase(name, pattern) for name in names)), 0)

    def take(self, kind: str, *names: str, all_at_once: bool = False) -> int:
        """How many are taken: one, or everything due with *all_at_once*, for the first pattern that matches one of *names*; 0 if none is due."""
        if not self._due[kind]:
            return 0
        with self._lock:
            for pattern, left in self._due[kind].items():
                if left > 0 and any(fnmatchcase(name, pattern) for name in names):
                    taken = int(left) if all_at_once else 1
                    self._due[kind][pattern] = left - taken
                    return taken
        return 0


class Calls:
    """How often each operation was called, and how often that was one request too many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()

    def add(self, call: str) -> None:
        with self._lock:
            self._counts[call] += 1

    def refuse(self, call: str) -> None:
        with self._lock:
            self._refusals[call] += 1

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(sorted(self._counts.items()))

    def refusals(self) -> dict[str, int]:
        with self._lock:
            return dict(sorted(self._refusals.items()))

    def reset(self) -> None:
        with self._lock:
            self._counts.clear()
            self._refusals.clear()
