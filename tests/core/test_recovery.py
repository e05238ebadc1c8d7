from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.recovery import Recovery, common_moment, increment_after, no_increment
from airflow_dynamodb_emr.core.schema import Schema

from .makers import NOON, manifest, recoverable, schema

DAY = timedelta(days=1)


def recovery(earliest: datetime = NOON - 30 * DAY, latest: datetime = NOON) -> Recovery:
    return Recovery(earliest=earliest, latest=latest)


def test_recovery_is_read_from_a_schema_as_aws_answered_and_as_it_was_saved() -> None:
    asked = recoverable("orders", NOON - DAY, NOON)

    saved = documents.decode(documents.encode(asked), Schema, "orders.json")

    assert Recovery.of(asked) == Recovery.of(saved) == recovery(NOON - DAY)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="not read"),
        pytest.param({"ContinuousBackupsStatus": "DISABLED"}, id="no backups"),
        pytest.param({"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}, id="off"),
        pytest.param({"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"}}, id="just turned on"),
    ],
)
def test_without_recovery_there_is_none(answer: dict[str, Any]) -> None:
    settings = {"DescribeContinuousBackups": {"ContinuousBackupsDescription": answer}} if answer else {}

    assert Recovery.of(structs.replace(schema(), settings=settings)) is None


def test_the_moment_that_suits_all_tables_is_the_latest_of_the_one_that_lies_furthest_behind() -> None:
    behind = NOON - timedelta(minutes=5, milliseconds=1)

    assert common_moment([recovery(), recovery(latest=behind)]) == NOON - timedelta(minutes=5, seconds=1)


@pytest.mark.parametrize(
    "recoveries", [[], [recovery(), recovery(earliest=NOON + timedelta(seconds=1), latest=NOON + DAY)]], ids=["no table", "apart"]
)
def test_there_may_be_no_moment_that_suits_all(recoveries: list[Recovery]) -> None:
    assert common_moment(recoveries) is None


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10), st.integers(0, 999_999)), max_size=4))
def test_the_common_moment_can_be_told_of_every_table(pairs: list[tuple[int, int, int]]) -> None:
    each = [recovery(NOON + timedelta(hours=a), NOON + timedelta(hours=a + b, microseconds=c)) for a, b, c in pairs]

    moment = common_moment(each)

    if moment is None:
        assert not each or max(one.earliest for one in each) > min(one.latest for one in each)
    else:
        assert not moment.microsecond and all(one.earliest <= moment <= one.latest for one in each)


def test_an_increment_begins_at_the_second_of_its_base_or_before() -> None:
    base = structs.replace(manifest(), consistent=NOON + timedelta(milliseconds=622))

    increment = increment_after(base, "s3://backups/base.json", NOON + timedelta(hours=1, milliseconds=9))

    assert (increment.base, increment.base_time) == ("s3://backups/base.json", base.consistent)
    assert (increment.start, increment.end) == (NOON, NOON + timedelta(hours=1))


@pytest.mark.parametrize(
    ("consistent", "found", "words"),
    [
        pytest.param(NOON - DAY, None, "recovery is off", id="off"),
        pytest.param(None, recovery(), "read while the table was written to", id="base of no moment"),
        pytest.param(NOON - DAY, recovery(earliest=NOON - timedelta(hours=23)), "reaches back to 2026-11-22 13:00:00", id="turned on since"),
        pytest.param(NOON - timedelta(minutes=14, seconds=59), recovery(), "15 minutes at least", id="too soon"),
        pytest.param(NOON - DAY - timedelta(seconds=1), recovery(), "24 hours at most", id="too late"),
        pytest.param(NOON - DAY, recovery(), "", id="a day"),
        pytest.param(NOON - timedelta(minutes=15), recovery(), "", id="a quarter of an hour"),
    ],
)
def test_an_increment_that_cannot_be_says_why(consistent: datetime | None, found: Recovery | None, words: str) -> None:
    why = no_increment(structs.replace(manifest(), consistent=consistent), found, NOON)

    assert words in why and bool(why) == bool(words)


def test_an_increment_is_written_down_and_read_back() -> None:
    increment = increment_after(structs.replace(manifest(), consistent=NOON), "s3://backups/base.json", NOON + DAY)
    made = structs.replace(manifest(), increment=increment, consistent=NOON + DAY)

    assert documents.decode(documents.encode(made), type(made), "it") == made
    assert msgspec.json.decode(documents.encode(made))["increment"]["start"] == "2026-11-23T12:00:00Z"
