"""A DAG run, and what it took: of time, of CPU, of tasks and of calls."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from airflow_dynamodb_emr.local.airflow import RealAirflow
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.local.real_run import RealRun
from benchmarks import cpu
from benchmarks.figures import Figure

_EVERY_SECONDS = 2  # a look costs Airflow's API server some milliseconds
_WARM_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Observed:
    state: str
    seconds: float
    cpu_seconds: float  # of all processes of Airflow
    calls: Mapping[str, int]  # as in {"emr.ListSteps": 12}: of EMR, those refused among them
    refused: int
    executions: int
    tasks: list[dict[str, Any]]  # as Airflow's API shows task instances

    def figures(self, name: str, tables: int) -> Iterator[Figure]:
        yield Figure(f"{name}.seconds", round(self.seconds), "s")
        yield Figure(f"{name}.cpu_seconds", round(self.cpu_seconds), "s")
        yield Figure(f"{name}.cpu_seconds_per_table", round(self.cpu_seconds / tables, 2), "s/table")
        yield Figure(f"{name}.task_instances", round(len(self.tasks) / tables, 2), "instances/table")
        yield Figure(f"{name}.task_executions", round(self.executions / tables, 2), "executions/table")
        yield Figure(f"{name}.tasks_tried_again", sum(task["try_number"] > 1 for task in self.tasks), "instances")
        yield from (Figure(f"{name}.calls.{call}", count, "calls") for call, count in self.calls.items())
        yield from (Figure(f"{name}.seconds_of.{task}", seconds, "s") for task, seconds in self.seconds_of().items())

    def seconds_of(self) -> dict[str, float]:
        """Of each task from its first start to its end, time in the triggerer included; of a mapped one, the longest."""
        longest: dict[str, float] = {}
        for task in self.tasks:
            if task["start_date"] and task["end_date"]:
                seconds = (_time(task["end_date"]) - _time(task["start_date"])).total_seconds()
                longest[task["task_id"]] = round(max(seconds, longest.get(task["task_id"], 0)), 1)
        return longest


def warm_up(airflow: RealAirflow, dag_id: str) -> None:
    """A run that finds no tables, green or red: an Airflow just started imports for twenty seconds when it gets its first task."""
    RealRun.start(airflow, dag_id, {"prefix": "NONE_"}).ended(_WARM_SECONDS)


def run(aws: StandIn, airflow: RealAirflow, dag_id: str, conf: Mapping[str, Any], longest_seconds: float) -> Observed:
    """Raises DynamoDBBackupError when it has not ended by then."""
    aws.reset_calls()
    used, began = cpu.seconds(airflow.programs.pids), time.monotonic()
    started = RealRun.start(airflow, dag_id, conf)
    state = started.ended(longest_seconds, every=_EVERY_SECONDS)
    seconds, used = time.monotonic() - began, cpu.seconds(airflow.programs.pids) - used
    calls, refusals = aws.calls(), aws.refusals()
    for line in [*([] if state == "success" else [started.story()]), *started.mismatches()]:
        print(line, file=sys.stderr)
    return Observed(
        state=state,
        seconds=seconds,
        cpu_seconds=used,
        calls={name: count for name, count in calls.items() if name.startswith("emr.")},
        refused=sum(refusals.values()),
        executions=started.executions(),
        tasks=started.tasks(),
    )


def idle(airflow: RealAirflow, seconds: float = 30) -> float:
    """CPU-seconds a minute of an Airflow that has nothing to do: what of a run's is no work for its tables."""
    used = cpu.seconds(airflow.programs.pids)
    time.sleep(seconds)
    return (cpu.seconds(airflow.programs.pids) - used) * 60 / seconds


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 knows no Z
