from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core.comparison import Kind, compare
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict, Verdict

from .makers import NOON, backup, judged

MIB = 2**20
WHEN = "2026-11-22 12:00 UTC"


def then(*tables: TableVerdict) -> Backup:
    return structs.replace(backup(*tables), time=NOON - timedelta(days=1))


def told(now: dict[str, Any], before: dict[str, Any]) -> list[str]:
    return [point.words for point in compare(backup(judged("a", **now)), then(judged("a", **before)))]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        pytest.param({"items": 700}, {"items": 1000}, f"a has 700 items, 30% fewer than the 1,000 of {WHEN}", id="three tenths are gone"),
        pytest.param({"items": 701}, {"items": 1000}, None, id="almost so many"),
        pytest.param({"items": 0}, {"items": 3}, f"a has 0 items, 100% fewer than the 3 of {WHEN}", id="all are gone"),
        pytest.param({"items": 0}, {"items": 0}, None, id="empty as before"),
        pytest.param({"items": 5000}, {"items": 10}, None, id="more items"),
        pytest.param({"seconds": 120}, {"seconds": 60}, f"a took 2 minutes, 2.0 times the 60 s of {WHEN}", id="twice as long"),
        pytest.param({"seconds": 119}, {"seconds": 60}, None, id="almost twice as long"),
        pytest.param({"seconds": 61}, {"seconds": 2}, None, id="less than a minute more"),
        pytest.param({"seconds": 500}, {}, None, id="nobody knows how long it took"),
        pytest.param(
            {"items": 9, "bytes": 4 * MIB},
            {"items": 9, "bytes": 2 * MIB},
            f"a takes 4.0 MiB in S3 for 9 items, in the backup of {WHEN} 2.0 MiB for 9",
            id="twice the bytes",
        ),
        pytest.param(
            {"items": 9, "bytes": 2 * MIB},
            {"items": 9, "bytes": 4 * MIB},
            f"a takes 2.0 MiB in S3 for 9 items, in the backup of {WHEN} 4.0 MiB for 9",
            id="half the bytes",
        ),
        pytest.param({"bytes": 10_000}, {"bytes": 1000}, None, id="ten times next to nothing"),
        pytest.param({"items": 0, "bytes": 0}, {"items": 9, "bytes": 4 * MIB}, f"a has 0 items, 100% fewer than the 9 of {WHEN}", id="said once"),
        pytest.param({"verdict": Verdict.INCOMPLETE}, {"items": 9}, None, id="one that failed is a failure, and told as that"),
        pytest.param({"items": 9}, {"items": 90, "verdict": Verdict.INVALID}, None, id="one that was broken is no measure"),
    ],
)
def test_what_stands_out_is_told_with_both_numbers(now: dict[str, Any], before: dict[str, Any], words: str | None) -> None:
    assert told(now, before) == ([words] if words else [])


def test_bytes_of_another_engine_are_others() -> None:
    now = structs.replace(judged("a", bytes=9 * MIB), engine="worker")

    assert compare(backup(now), then(judged("a", bytes=MIB))) == []


def test_what_holds_only_changes_is_not_held_against_a_whole_table() -> None:
    assert compare(backup(judged("a", items=1)), then(judged("a", items=100)), partial=["a"]) == []


def test_a_table_that_is_not_in_it_any_more_is_told_with_the_reason() -> None:
    points = compare(backup(judged("b")), then(judged("a"), judged("b"), judged("c")), {"a": "*a excludes it"})

    assert [(point.kind, point.table) for point in points] == [(Kind.VANISHED, "a"), (Kind.VANISHED, "c")]
    assert points[0].words == f"a was in the backup of {WHEN} and is not in this one: *a excludes it"
    assert points[1].words.endswith(": there was no such table when this one was planned")


def test_a_new_table_is_told_last() -> None:
    points = compare(backup(judged("a", items=1), judged("new")), then(judged("a", items=10)))

    assert [point.kind for point in points] == [Kind.FEWER, Kind.NEW]
    assert points[1].words == f"new was not in the backup of {WHEN}"


TABLES = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 2000), st.integers(0, 10**8), st.integers(0, 500))).map(
    lambda found: [judged(name, items=items, bytes=size, seconds=seconds) for name, (items, size, seconds) in found.items()]
)


@given(TABLES, TABLES)
def test_each_table_of_either_is_accounted_for(now: list[TableVerdict], before: list[TableVerdict]) -> None:
    points = compare(backup(*now), then(*before))

    names, old = {table.name for table in now}, {table.name for table in before}
    assert {point.table for point in points if point.kind is Kind.VANISHED} == old - names
    assert {point.table for point in points if point.kind is Kind.NEW} == names - old
    lost = {table.name for table in now for other in before if table.name == other.name and other.items and 10 * table.items <= 7 * other.items}
    assert {point.table for point in points if point.kind is Kind.FEWER} == lost
    assert all(point.table in point.words for point in points)


@given(TABLES)
def test_a_backup_does_not_stand_out_from_itself(tables: list[TableVerdict]) -> None:
    assert compare(backup(*tables), then(*tables)) == []
