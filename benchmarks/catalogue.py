"""The catalogue of one prefix with 5,000 backups, two a day: what the newest good one costs to find, and what it costs to list them all."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from airflow_dynamodb_emr.aws import catalogue, together
from airflow_dynamodb_emr.aws.clients import PATIENT
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict, Verdict
from airflow_dynamodb_emr.local.process import stand_in
from benchmarks.figures import Figure

BACKUPS, TABLES = 5000, 20
MOST_LISTS = 10  # for the newest
_APP, _REGION = "PROD_", "us-east-1"
_NEWEST = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


def measure() -> Iterator[Figure]:
    with stand_in() as aws:
        store, base = Store(aws.client("s3", config=PATIENT)), S3Uri.parse(aws.env["AIRFLOW__DYNAMODB_EMR__BASE"])
        together.each(lambda number: _make(store, base, _NEWEST - number * timedelta(hours=12)), range(BACKUPS), at_once=16)
        calls = Counter[str]()
        store.s3.meta.events.register("before-call.s3", lambda model, **_: calls.update([model.name]))
        yield from _newest(store, base, calls)
        calls.clear()
        yield from _all(store, base, calls)


def _newest(store: Store, base: S3Uri, calls: Counter[str]) -> Iterator[Figure]:
    """As `dynamodb-emr backups --prefix PROD_ --good --limit 1` does."""
    began = time.perf_counter()
    (app,) = catalogue.apps_of(store, base, _APP)
    found = next(entry for entry in catalogue.entries(store, app) if entry.good)
    yield Figure("catalogue.newest.seconds", round(time.perf_counter() - began, 3), "s")
    yield Figure("catalogue.newest.lists", calls["ListObjectsV2"], "calls", at_most=MOST_LISTS)
    yield Figure("catalogue.newest.gets", calls["GetObject"], "calls", at_most=2)
    yield Figure("catalogue.newest.is_it", int(found.time == _NEWEST), "backups", at_least=1)


def _all(store: Store, base: S3Uri, calls: Counter[str]) -> Iterator[Figure]:
    began, cpu = time.perf_counter(), time.process_time()
    found = list(catalogue.entries(store, base / _REGION / _APP))
    yield Figure("catalogue.all.seconds", round(time.perf_counter() - began, 1), "s")
    yield Figure("catalogue.all.cpu_seconds", round(time.process_time() - cpu, 1), "s")  # without the stand-in's
    yield Figure("catalogue.all.calls_per_backup", round(calls.total() / BACKUPS, 2), "calls", at_most=4)
    yield Figure("catalogue.all.good", sum(entry.good for entry in found), "backups", at_least=BACKUPS)


def _make(store: Store, base: S3Uri, moment: datetime) -> None:
    folder = Folder.of(base, _REGION, _APP, moment)
    tables = [TableVerdict(name=f"{_APP}{number}", verdict=Verdict.VALID, engine="connector", items=1, bytes=1) for number in range(TABLES)]
    store.write_once(folder.verdict, _backup(folder, moment, tables))
    store.put(folder.flag("COMPLETE_SUCCESS"))


def _backup(folder: Folder, moment: datetime, tables: list[TableVerdict]) -> Backup:
    return Backup(
        verdict=Verdict.VALID,
        run="benchmark",
        prefix=_APP,
        region=_REGION,
        account="123456789012",
        uri=str(folder.uri),
        time=moment,
        started=moment,
        ended=moment,
        tables=tables,
    )
