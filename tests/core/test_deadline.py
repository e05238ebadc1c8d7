from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.core import deadline
from airflow_dynamodb_emr.core.deadline import Clock, Length
from airflow_dynamodb_emr.errors import BadInput


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("06:00", Clock(hour=6, minute=0), id="a time of day"),
        pytest.param(" 6:05 ", Clock(hour=6, minute=5), id="one with a single digit"),
        pytest.param("4 hours", Length(minutes=240), id="hours"),
        pytest.param("1.5h", Length(minutes=90), id="a fraction"),
        pytest.param("90 Minutes", Length(minutes=90), id="minutes"),
        pytest.param("1 minute", Length(minutes=1), id="one"),
        pytest.param("  ", None, id="none"),
    ],
)
def test_a_deadline_is_a_time_of_day_or_a_length_of_time(text: str, meant: object) -> None:
    assert deadline.parse(text) == meant


@pytest.mark.parametrize("text", ["24:00", "6", "06:60", "0 hours", "-1 hours", "4 days", "soon", "6:00 pm", "4"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="neither a time of day nor a length of time"):
        deadline.parse(text)


@pytest.mark.parametrize(
    ("schedule", "by", "hours"),
    [
        pytest.param("0 2 * * *", "06:00", 4, id="the same day"),
        pytest.param("30 22 * * 1-5", "06:00", 7.5, id="the next day"),
        pytest.param("0 6 1 * *", "06:00", 24, id="a day later"),
        pytest.param("@daily", "06:00", 6, id="Airflow's own word for a schedule"),
    ],
)
def test_a_time_of_day_is_counted_from_the_scheduled_start(schedule: str, by: str, hours: float) -> None:
    clock = deadline.parse(by)

    assert isinstance(clock, Clock)
    assert clock.after(schedule) == timedelta(hours=hours)


@pytest.mark.parametrize("schedule", ["0 2,14 * * *", "*/10 * * * *", "0 * * * *", "@hourly", "", "0 2 * *", "² 2 * * *"])
def test_a_time_of_day_needs_a_schedule_that_has_one(schedule: str) -> None:
    with pytest.raises(BadInput, match="does not start at one time of day"):
        Clock(hour=6, minute=0).after(schedule)


@settings(max_examples=50)
@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 23), st.integers(0, 59))
def test_start_and_interval_lead_to_the_time_of_day_within_a_day(hour: int, minute: int, by_hour: int, by_minute: int) -> None:
    interval = Clock(hour=by_hour, minute=by_minute).after(f"{minute} {hour} * * *")

    assert timedelta() < interval <= timedelta(days=1)
    assert (timedelta(hours=hour, minutes=minute) + interval) % timedelta(days=1) == timedelta(hours=by_hour, minutes=by_minute)
