from __future__ import annotations

import pytest

from airflow_dynamodb_emr.aws.attempts import best
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.core.names import step_name


def steps(table: str, *states: str) -> list[Step]:
    """One attempt after the other; the newest is listed first, as by EMR."""
    return [Step(id=f"s-{number}", name=step_name(table, number), state=state) for number, state in enumerate(states, 1)][::-1]


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
    attempt = best("orders", "j-1", steps("orders", *states))

    assert attempt and (attempt.number, attempt.step.id) == (number, f"s-{number}")
    assert attempt.completed == ("COMPLETED" in states)


@pytest.mark.parametrize("other", ["orders2", "my.orders", "order", "orders/1"])
def test_a_table_whose_name_resembles_it_has_its_own_attempts(other: str) -> None:
    assert best("orders", "j-1", steps(other, "COMPLETED")) is None


def test_steps_of_somebody_elses_are_no_attempts() -> None:
    assert best("orders", "j-1", [Step(id="s-1", name="orders/latest", state="COMPLETED")]) is None


def test_the_log_of_an_attempt_lies_where_emr_ships_it() -> None:
    attempt = best("orders", "j-1", steps("orders", "COMPLETED"))

    assert attempt and str(attempt.log("s3://bucket/logs/")) == "s3://bucket/logs/j-1/steps/s-1/stderr.gz"
