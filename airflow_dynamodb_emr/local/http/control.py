"""What tests say to the stand-in itself, under /local/ on the same port."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from airflow_dynamodb_emr.local.emr.cluster import Cluster
from airflow_dynamodb_emr.local.faults import Calls, Faults
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.record import CapacityRecord


class Control:
    """POST /local/faults and /local/knobs with a JSON object; GET /local/calls, /local/refusals, /local/trouble, /local/capacity and
    /local/yarn.

    POST /local/calls/reset begins the count of calls and refusals again, /local/capacity/reset the record of capacity.
    POST /local/yarn/kill ends an application: {"cluster": ..., "application": ...}.
    """

    def __init__(self, faults: Faults, calls: Calls, knobs: Knobs, record: CapacityRecord, clusters: Callable[[], list[Cluster]]) -> None:
        self._clusters = clusters
        self._routes: dict[str, Callable[[Any], Any]] = {
            "POST /local/faults": faults.set,
            "POST /local/knobs": knobs.set,
            "POST /local/calls/reset": lambda _: calls.reset(),
            "GET /local/calls": lambda _: calls.counts(),
            "GET /local/refusals": lambda _: calls.refusals(),
            "GET /local/trouble": lambda _: faults.trouble.met(),
            "POST /local/capacity/reset": lambda _: record.reset(),
            "GET /local/capacity": lambda _: record.changes(),
            "GET /local/yarn": lambda _: [application for cluster in clusters() for application in cluster.yarn.running()],
            "POST /local/yarn/kill": self._kill,
        }

    def __call__(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        try:
            return 200, msgspec.json.encode(self._do(f"{method} {path}", msgspec.json.decode(body or b"{}")))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return 400, msgspec.json.encode({"message": f"{method} {path}: {error!r}"})

    def _do(self, what: str, given: Any) -> Any:
        told = self._routes[what](given)
        return {} if told is None else told

    def _kill(self, given: Any) -> Any:
        yarn = {cluster.id: cluster.yarn for cluster in self._clusters()}[given["cluster"]]
        return {"killed": yarn.kill(given["application"])}
