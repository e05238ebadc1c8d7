"""What tests say to the stand-in itself, under /local/ on the same port."""

from __future__ import annotations

from typing import Any

import msgspec

from airflow_dynamodb_emr.local.faults import Calls, Faults
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.record import CapacityRecord


class Control:
    """POST /local/faults and /local/knobs with a JSON object; GET /local/calls and /local/capacity; POST to either's /reset."""

    def __init__(self, faults: Faults, calls: Calls, knobs: Knobs, record: CapacityRecord) -> None:
        self._faults, self._calls, self._knobs, self._record = faults, calls, knobs, record

    def __call__(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        try:
            return 200, msgspec.json.encode(self._do(f"{method} {path}", msgspec.json.decode(body or b"{}")))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return 400, msgspec.json.encode({"message": f"{method} {path}: {error!r}"})

    def _do(self, what: str, given: Any) -> Any:
        if what == "POST /local/faults":
            self._faults.set(given)
        elif what == "POST /local/knobs":
            self._knobs.set(given)
        elif what == "POST /local/calls/reset":
            self._calls.reset()
        elif what == "GET /local/calls":
            return self._calls.counts()
        elif what == "POST /local/capacity/reset":
            self._record.reset()
        elif what == "GET /local/capacity":
            return self._record.changes()
        else:
            raise KeyError("no such route")
        return {}
