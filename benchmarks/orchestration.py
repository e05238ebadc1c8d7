"""What orchestration alone costs: tables whose steps take next to no time, on a real Airflow, with EMR's own limits of calls.

Beside it, the same tables by the Amazon provider's operators, one step and one sensor a table (`plain_dags/`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from airflow_dynamodb_emr.aws import backups, clusters
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import LIVE
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.steps import COMPLETED
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.local.airflow import PROJECT, RealAirflow, real_airflow
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from benchmarks import observed, scale_tables
from benchmarks.figures import Figure
from benchmarks.observed import Observed

FLEETS = (200, 1000)
PLAIN = 200  # a thousand of them would show the same for an hour
EMR_CALLS = 0.5  # a table, at most
LONGEST_SECONDS = 3600
_OURS = "dynamodb_backup"
_PLAIN_DAGS, _PLAIN_DAG = Path(__file__).parent / "plain_dags", "plain_emr"
_CONFIG = {
    "dynamodb_emr": {
        "emr_rate": "1",  # the stand-in's own environment lifts our limiter; here it keeps to AWS' limits
        "poll_seconds": "10",  # a third of the default: steps are short here
        "step_concurrency": "20",
        "max_lanes": "1",  # as the plain DAG has one cluster
    },
    "dag_processor": {"min_file_process_interval": "3600"},  # the files do not change
}


def measure(fleets: Sequence[int] = FLEETS, plain: int = PLAIN) -> Iterator[Figure]:
    for tables in fleets:
        with _fleet(tables, PROJECT / "dags", _OURS) as (aws, airflow):
            run = observed.run(aws, airflow, _OURS, {"prefix": scale_tables.PREFIX}, LONGEST_SECONDS)
            yield from _ours(aws, run, f"orchestration.{tables}", tables)
    with _fleet(plain, _PLAIN_DAGS, _PLAIN_DAG) as (aws, airflow):
        yield Figure(f"orchestration.plain_{plain}.idle_cpu_seconds", round(observed.idle(airflow), 1), "s/minute")
        run = observed.run(aws, airflow, _PLAIN_DAG, {"prefix": scale_tables.PREFIX}, LONGEST_SECONDS)
        yield from _theirs(aws, run, f"orchestration.plain_{plain}", plain)


@contextmanager
def _fleet(tables: int, dags: Path, dag_id: str) -> Iterator[tuple[StandIn, RealAirflow]]:
    with stand_in(create_seconds=0, emr_rate_scale=1) as aws:
        scale_tables.make(aws, tables, scale_tables.TINY)
        with real_airflow(aws, dags=dags, config=_CONFIG) as airflow:
            observed.warm_up(airflow, dag_id)
            yield aws, airflow


def _ours(aws: StandIn, run: Observed, name: str, tables: int) -> Iterator[Figure]:
    completed, twice = _steps(aws)
    yield from run.figures(name, tables)
    yield Figure(f"{name}.emr_calls", round(sum(run.calls.values()) / tables, 3), "calls/table", at_most=EMR_CALLS)
    yield Figure(f"{name}.emr_calls_refused", run.refused, "calls", at_most=0)
    yield Figure(f"{name}.steps_completed", completed, "steps", at_least=tables)
    yield Figure(f"{name}.steps_submitted_twice", twice, "steps", at_most=0)
    yield Figure(f"{name}.tables_valid", _valid(aws), "tables", at_least=tables)
    yield Figure(f"{name}.clusters_left", len(aws.client("emr").list_clusters(ClusterStates=LIVE)["Clusters"]), "clusters", at_most=0)


def _theirs(aws: StandIn, run: Observed, name: str, tables: int) -> Iterator[Figure]:
    """Without goals: it is told, not judged."""
    completed, twice = _steps(aws)
    yield Figure(f"{name}.succeeded", run.state == "success", "runs")
    yield from run.figures(name, tables)
    yield Figure(f"{name}.emr_calls", round(sum(run.calls.values()) / tables, 3), "calls/table")
    yield Figure(f"{name}.emr_calls_refused", run.refused, "calls")
    yield Figure(f"{name}.steps_completed", completed, "steps")
    yield Figure(f"{name}.steps_submitted_twice", twice, "steps")
    yield Figure(f"{name}.clusters_left", len(aws.client("emr").list_clusters(ClusterStates=LIVE)["Clusters"]), "clusters")


def _steps(aws: StandIn) -> tuple[int, int]:
    """Different ones that were completed, and how many more were submitted than there are different ones."""
    aws.set(emr_rate_scale=0)  # it is we who ask now
    emr = aws.client("emr")
    steps = [step for cluster in emr.list_clusters()["Clusters"] for step in clusters.list_steps(emr, cluster["Id"])]
    return len({step.name for step in steps if step.state == COMPLETED}), len(steps) - len({step.name for step in steps})


def _valid(aws: StandIn) -> int:
    store, base = Store(aws.client("s3")), S3Uri.parse(aws.env["AIRFLOW__DYNAMODB_EMR__BASE"])
    folder = next(backups.folders(store, base / aws.env["AWS_DEFAULT_REGION"] / scale_tables.PREFIX), None)
    backup = backups.read(store, folder) if folder else None
    return sum(table.verdict is Verdict.VALID for table in backup.tables) if backup else 0
