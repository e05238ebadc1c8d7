"""How many requests EMR answers, of an account in a region: token buckets.

https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-service-limits-what-are.html
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from airflow_dynamodb_emr.local.http.protocol import Call
from airflow_dynamodb_emr.local.knobs import Knobs


@dataclass(frozen=True)
class Limit:
    """So many requests at once, and so many a second for ever."""

    bucket: float
    refill_per_second: float


ALL_ACTIONS = Limit(25, 25)
_STEPS = Limit(10, 0.5)  # AWS does not document their bucket: taken to be RunJobFlow's
LIMITS = {
    "AddInstanceGroups": Limit(5, 0.2),
    "AddJobFlowSteps": _STEPS,
    "CancelSteps": _STEPS,
    "DescribeCluster": Limit(10, 1),
    "DescribeStep": _STEPS,
    "ListClusters": Limit(20, 0.5),
    "ListSteps": _STEPS,
    "ModifyCluster": Limit(10, 0.5),  # nor is this refill documented
    "RunJobFlow": Limit(10, 0.5),
}


class _Bucket:
    """Counts what was taken and not refilled yet, so that the limit may change meanwhile."""

    def __init__(self, limit: Limit) -> None:
        self._limit, self._used, self._at = limit, 0.0, 0.0

    def has_one(self, now: float, scale: float) -> bool:
        self._used = max(0.0, self._used - (now - self._at) * self._limit.refill_per_second * scale)
        self._at = now
        return self._used + 1 <= self._limit.bucket * scale

    def take(self) -> None:
        self._used += 1


class Rates:
    """For all regions; the knob `emr_rate_scale` multiplies every limit. *clock* counts seconds."""

    def __init__(self, knobs: Knobs, clock: Callable[[], float] = time.monotonic) -> None:
        self._knobs, self._clock = knobs, clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def allow(self, call: Call) -> bool:
        """Counts the request, unless it is one too many: such a one costs nothing."""
        scale = self._knobs.emr_rate_scale
        if call.service != "emr" or scale <= 0:
            return True
        with self._lock:
            buckets, now = self._of(call), self._clock()
            allowed = all(bucket.has_one(now, scale) for bucket in buckets)
            for bucket in buckets if allowed else ():
                bucket.take()
        return allowed

    def _of(self, call: Call) -> list[_Bucket]:
        limits = {"": ALL_ACTIONS, **({call.operation: LIMITS[call.operation]} if call.operation in LIMITS else {})}
        return [self._buckets.setdefault((call.region, name), _Bucket(limit)) for name, limit in limits.items()]
