"""Limits of calls of EMR's own, kept on our side (https://docs.aws.amazon.com/general/latest/gr/emr.html), and those of DynamoDB's exports.

An account and region has a bucket for each operation. All clients of this process share ours, so that however many clusters a triggerer
follows, AWS has nothing to refuse; other processes draw on the same account, and what they use up is left to retries.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple


class Limit(NamedTuple):
    burst: float  # calls at once
    refill: float  # calls a second


# A part of what AWS allows at once: the tasks of a run and the triggerer ask side by side.
LIMITS: Final = {
    "RunJobFlow": Limit(5, 0.5),
    "AddJobFlowSteps": Limit(3, 0.5),
    "CancelSteps": Limit(3, 0.5),
    "DescribeStep": Limit(3, 0.5),
    "ListSteps": Limit(5, 0.5),
    "DescribeCluster": Limit(5, 1.0),
    "ListClusters": Limit(10, 0.5),
    "DescribeExport": Limit(5, 5.0),
    "ExportTableToPointInTime": Limit(10, 0.6),  # some twenty in a row are refused
}


class Bucket:
    """Whoever comes to an empty bucket is told how long to wait, and has its call reserved."""

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock, self._lock = limit, clock, threading.Lock()
        self._left, self._at = limit.burst, clock()

    def reserve(self) -> float:
        """Seconds until the call may be made."""
        with self._lock:
            now = self._clock()
            self._left = min(self._limit.burst, self._left + (now - self._at) * self._limit.refill) - 1
            self._at = now
            return max(0.0, -self._left / self._limit.refill)


class Limiter:
    """The buckets of one region, filled at a *share* of AWS' own rate."""

    def __init__(self, share: float) -> None:
        self._buckets = {operation: Bucket(Limit(limit.burst, limit.refill * share)) for operation, limit in LIMITS.items()}

    def __call__(self, model: Any, **_: Any) -> None:
        """As botocore's event before-call."""
        bucket = self._buckets.get(model.name)
        wait = bucket.reserve() if bucket else 0
        if wait:
            time.sleep(wait)


_limiters: dict[tuple[str, float], Limiter] = {}
_lock = threading.Lock()


def limit(client: Any, share: float) -> None:
    """Makes every call of this client, paginators' too, wait for its turn; *share* of the default limits, more where AWS has raised them."""
    with _lock:
        limiter = _limiters.setdefault((client.meta.region_name, share), Limiter(share))
    client.meta.events.register("before-call", limiter)
