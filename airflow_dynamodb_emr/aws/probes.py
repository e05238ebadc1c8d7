"""What a deferred task may wait for: each probe looks once, and answers None to be asked again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import msgspec

from airflow_dynamodb_emr.aws import admission, clusters, lanes, steplog, tables, together
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.native import exports_ended, imports_ended
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri

Answer = dict[str, Any]


def lanes_ready(clients: Clients, ref: dict[str, Any]) -> Answer | None:
    """Until each of the lanes has a cluster that takes steps, or is given up; a cluster that failed is made anew by looking."""
    run = msgspec.convert(ref["run"], lanes.Run)
    found = {lane: lanes.look(clients, run, int(lane), fresh_from, now()) for lane, fresh_from in ref["lanes"].items()}
    return {"lanes": msgspec.to_builtins(found)} if lanes.enough(found.values(), now()) else None


def clusters_ended(clients: Clients, ids: list[str]) -> Answer | None:
    found = {id: clusters.status(clients.emr, id) for id in ids}
    return {"clusters": msgspec.to_builtins(found)} if all(each.state.startswith("TERMINATED") for each in found.values()) else None


def spike_admitted(clients: Clients, ref: dict[str, Any]) -> Answer | None:
    """Until the table has one of the run's slots; it is taken by looking."""
    return {} if admission.acquire(Store(clients.s3), S3Uri.parse(ref["slots"]), ref["table"], ref["number"]) else None


def table_settled(clients: Clients, table: str) -> Answer | None:
    """Until neither the table nor an index is changing, or the table is gone."""
    now = tables.look(clients.dynamodb, table)
    return {} if now is None or now.settled else None


def time_come(_: Clients, ref: float) -> Answer | None:
    """Until that many seconds since 1970."""
    return {} if time.time() >= ref else None


def tables_settled(clients: Clients, names: list[str]) -> Answer | None:
    return {} if all(table_settled(clients, name) is not None for name in names) else None


def table_created(clients: Clients, table: str) -> Answer | None:
    """Until it is there: just after CreateTable, DescribeTable may not know it yet."""
    now = tables.look(clients.dynamodb, table)
    return {} if now is not None and now.settled else None


def logs_complete(clients: Clients, ref: dict[str, Any]) -> Answer | None:
    """Until each of the `logs` has the count of the job: EMR ships the log of a step that still runs, too."""
    store = Store(clients.s3)
    logs = together.each(lambda uri: steplog.read(store, S3Uri.parse(uri)), ref["logs"])
    ref["logs"] = [uri for uri, text in zip(ref["logs"], logs, strict=True) if steplog.count(text, ref["counter"]) is None]  # for the next look
    return None if ref["logs"] else {}


def now() -> datetime:
    return datetime.now(timezone.utc)


_ALL: tuple[Callable[[Clients, Any], Answer | None], ...] = (
    lanes_ready, clusters_ended, spike_admitted, table_created, table_settled, tables_settled, time_come, logs_complete, exports_ended, imports_ended,
)  # fmt: skip
PROBES: dict[str, Callable[[Clients, Any], Answer | None]] = {probe.__name__: probe for probe in _ALL}


def _end_clusters(clients: Clients, ref: dict[str, Any]) -> None:
    """Those of a run whose task to make them was killed: no teardown runs for it. A task that only needs one leaves it to the others."""
    if ref["whole_run"]:
        lanes.terminate(clients, msgspec.convert(ref["run"], lanes.Run))


# What is done when somebody kills a task that waits.
ON_KILL: dict[str, Callable[[Clients, Any], None]] = {lanes_ready.__name__: _end_clusters}
