from __future__ import annotations

import pytest

from airflow_dynamodb_emr.aws.attempts import Attempt, best
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.core.names import step_name


def tries(table: str, *states: str) -> list[Attempt]:
    """One after the other, each on a cluster of its own; the newest is listed first, as by EMR."""
    steps = [Step(id=f"s-{number}", name=step_name(table, number), state=state) for number, state in enumerate(states, 1)]
    return [Attempt(cluster=f"j-{step.id}", step=step) for step in steps[::-1]]


@pytest.mark.parametrize(
    ("states", "number"),
    [
        pytest.param(["COMPLETED"], 1, id="the first try"),
        pytest.param(["FAILED", "COMPLETED"], 2, id="the second try"),
        pytest.param(["COMPLETED", "CANCELLED"], 1, id="the one that succeeded, although it is not the last"),
        pytest.param(["COMPLETED", "COMPLETED"], 2, id="the last that succeeded"),
        pytest.param(["FAILED"] * 11, 11, id="the last of many that failed"),
    ],
)
def test_the_attempt_that_counts_is_the_one_that_succeeded_or_the_last(states: list[str], number: int) -> None:
    attempt = best("orders", tries("orders", *states))

    assert attempt and (attempt.number, attempt.step.id) == (number, f"s-{number}")
    assert attempt.completed == ("COMPLETED" in states)


@pytest.mark.parametrize("other", ["orders2", "my.orders", "order", "orders/1"])
def test_a_table_whose_name_resembles_it_has_its_own_attempts(other: str) -> None:
    assert best("orders", tries(other, "COMPLETED")) is None


def test_steps_of_somebody_elses_are_no_attempts() -> None:
    assert best("orders", [Attempt(cluster="j-1", step=Step(id="s-1", name="orders/latest", state="COMPLETED"))]) is None


def test_the_log_of_an_attempt_lies_where_emr_ships_it() -> None:
    attempt = best("orders", tries("orders", "COMPLETED"))

    assert attempt and str(attempt.log("s3://bucket/logs/")) == "s3://bucket/logs/j-s-1/steps/s-1/stderr.gz"
