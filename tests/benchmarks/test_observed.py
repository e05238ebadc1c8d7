"""Figures of a run, from what Airflow and the stand-in tell of it."""

from __future__ import annotations

from typing import Any

from benchmarks.observed import Observed


def task(task_id: str, start: str | None, end: str | None, try_number: int = 1) -> dict[str, Any]:
    return {"task_id": task_id, "start_date": start, "end_date": end, "try_number": try_number}


RUN = Observed(
    state="success",
    seconds=61.2,
    cpu_seconds=24.04,
    calls={"emr.ListSteps": 6, "emr.AddJobFlowSteps": 3},
    refused=0,
    executions=30,
    tasks=[
        task("plan", "2026-11-24T10:00:00Z", "2026-11-24T10:00:07.250000Z"),
        task("dump", "2026-11-24T10:00:10Z", "2026-11-24T10:00:40Z"),
        task("dump", "2026-11-24T10:00:10Z", "2026-11-24T10:00:15Z", try_number=2),
        task("table.spike", None, None, try_number=0),
        task("verify", "2026-11-24T10:01:00Z", None),
    ],
)


def test_figures_are_told_for_the_run_and_for_each_table() -> None:
    figures = {figure.name: figure.value for figure in RUN.figures("of", 20)}

    assert figures == {
        "of.seconds": 61,
        "of.cpu_seconds": 24,
        "of.cpu_seconds_per_table": 1.2,
        "of.task_instances": 0.25,
        "of.task_executions": 1.5,
        "of.tasks_tried_again": 1,
        "of.calls.emr.ListSteps": 6,
        "of.calls.emr.AddJobFlowSteps": 3,
        "of.seconds_of.plan": 7.2,
        "of.seconds_of.dump": 30,
    }


def test_a_task_takes_as_long_as_its_longest_instance_and_one_that_did_not_run_is_not_told() -> None:
    assert RUN.seconds_of() == {"plan": 7.2, "dump": 30}
