"""One run of dynamodb_backup over 200 tables, on a real Airflow and the stand-in: how long, how many task executions, how many calls."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from airflow_dynamodb_emr.aws import backups, clusters
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import LIVE
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.verdict import TableVerdict, Verdict
from airflow_dynamodb_emr.local.airflow import real_airflow
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from airflow_dynamodb_emr.local.real_run import RealRun
from airflow_dynamodb_emr.operators.spike import RAISED_AHEAD
from benchmarks import scale_tables, spikes
from benchmarks.figures import Figure
from benchmarks.spikes import Stretch

TABLES = 200
CONCURRENCY = 10
LONGEST_SECONDS = 3600
SPIKE_SHARE = 0.5  # of the unit-hours that raising all tables for the whole of the run would take
POLL_SECONDS = 10  # a third of the default: the number of EMR's calls depends on time, and time is short here
_CONFIG = {
    "dynamodb_emr": {
        "poll_seconds": f"{POLL_SECONDS}",
        "retry_seconds": "2",
        "spike": f"{scale_tables.SPIKE_MINUTES} minutes",
        "hour_dollars": "1000000",  # seconds are saved here, and a spike is paid by the hour
        "max_lanes": "1",  # else a plan to which an hour is worth so much takes several clusters
    },
    "dag_processor": {"min_file_process_interval": "3600"},  # the files do not change
}
_DATA = {"dynamodb.Scan", "dynamodb.BatchWriteItem"}  # the rest of DynamoDB's calls are control calls


def measure(tables: int = TABLES) -> Iterator[Figure]:
    with stand_in(create_seconds=0) as aws:
        names = scale_tables.make(aws, tables)
        before = scale_tables.units(aws, names)
        with real_airflow(aws, config=_CONFIG) as airflow:
            aws.reset_calls()
            aws.reset_capacity()
            began = time.monotonic()
            run = RealRun.start(airflow, "dynamodb_backup", {"prefix": scale_tables.PREFIX, "step_concurrency": CONCURRENCY})
            state = run.ended(LONGEST_SECONDS, every=2)
            seconds, calls = time.monotonic() - began, aws.calls()
            if state != "success":
                print(run.story(), file=sys.stderr)
            for mismatch in run.mismatches():
                print(mismatch, file=sys.stderr)
            yield from _of_airflow(run, seconds, tables)
        yield from _of_spikes(spikes.stretches(aws.capacity()))
        yield from _of_calls(calls, tables)
        yield from _of_what_is_left(aws, before)


def _of_spikes(found: Sequence[Stretch]) -> Iterator[Figure]:
    """What is raised is paid for, read or not: each table should be so while it is dumped, not while it waits."""
    paid, all_at_once = spikes.unit_hours(found), spikes.unit_hours_all_at_once(found)
    yield Figure("scale.tables_raised_at_once", spikes.most_at_once(found), "tables", at_most=CONCURRENCY + RAISED_AHEAD)
    yield Figure("scale.spike_unit_hours", round(paid, 2), "RCU-hours")
    yield Figure("scale.spike_unit_hours_all_at_once", round(all_at_once, 2), "RCU-hours")
    yield Figure("scale.spike_unit_hours_share", round(paid / all_at_once, 3) if all_at_once else 0, "of_all_at_once", at_most=SPIKE_SHARE)


def _of_airflow(run: RealRun, seconds: float, tables: int) -> Iterator[Figure]:
    instances = run.tasks()
    yield Figure("scale.seconds", round(seconds), "s")
    yield Figure("scale.seconds_per_table", round(seconds / tables, 2), "s/table")
    yield Figure("scale.task_instances", round(len(instances) / tables, 2), "instances/table", at_most=4)
    yield Figure("scale.task_executions", round(run.executions() / tables, 2), "executions/table", at_most=6)
    yield Figure("scale.tasks_tried_again", sum(task["try_number"] > 1 for task in instances), "instances", at_most=0)


def _of_calls(calls: Mapping[str, int], tables: int) -> Iterator[Figure]:
    for service, at_most in (("emr", 0.5), ("dynamodb", 16), ("application-autoscaling", 4)):
        control = sum(count for name, count in calls.items() if name.startswith(f"{service}.") and name not in _DATA)
        yield Figure(f"scale.{service}_control_calls", round(control / tables, 2), "calls/table", at_most=at_most)
    for name, count in calls.items():
        if not name.startswith("s3."):
            yield Figure(f"scale.calls.{name}", count, "calls")


def _of_what_is_left(aws: StandIn, before: Mapping[str, list[tuple[int, int]]]) -> Iterator[Figure]:
    emr, store, base = aws.client("emr"), Store(aws.client("s3")), S3Uri.parse(aws.env["AIRFLOW__DYNAMODB_EMR__BASE"])
    after, tables = scale_tables.units(aws, list(before)), _tables(store, base / aws.env["AWS_DEFAULT_REGION"])
    steps = [step.name for cluster in emr.list_clusters()["Clusters"] for step in clusters.list_steps(emr, cluster["Id"])]
    yield Figure("scale.tables_valid", sum(table.verdict is Verdict.VALID for table in tables), "tables", at_least=len(before))
    yield Figure("scale.tables_spiked", sum(map(_was_spiked, tables)), "tables")
    yield Figure("scale.steps_submitted_twice", len(steps) - len(set(steps)), "steps", at_most=0)
    yield Figure("scale.tables_still_raised", sum(after[name] != before[name] for name in before), "tables", at_most=0)
    yield Figure("scale.ledger_entries_left", len(list(store.objects(base / "ledger"))), "entries", at_most=0)
    yield Figure("scale.clusters_left", len(emr.list_clusters(ClusterStates=LIVE)["Clusters"]), "clusters", at_most=0)


def _tables(store: Store, region: S3Uri) -> list[TableVerdict]:
    folder = next(backups.folders(store, region / scale_tables.PREFIX), None)
    backup = folder and backups.read(store, folder)
    return backup.tables if backup else []


def _was_spiked(table: TableVerdict) -> bool:
    before, during = table.throughput.before, table.throughput.during
    return bool(before and during and during.read > before.read)
