"""Figures of spikes, from a record of capacity."""

from __future__ import annotations

import pytest

from airflow_dynamodb_emr.local.record import CapacityChange
from benchmarks.spikes import Stretch, most_at_once, stretches, unit_hours, unit_hours_all_at_once

HOUR = 3600


def change(hours: float, table: str, read: int, index: str = "") -> CapacityChange:
    return CapacityChange(time=hours * HOUR, region="us-east-1", table=table, index=index, read=read, write=5, decrease=False, by="UpdateTable")


ONE_AFTER_THE_OTHER = [
    change(0, "a", 5),
    change(0, "b", 5),
    change(1, "a", 105),
    change(2, "a", 5),
    change(2, "b", 55),
    change(4, "b", 5),
]

WITH_ITS_INDEX = [change(0, "a", 5), change(0, "a", 5, "i"), change(1, "a", 9), change(1, "a", 9, "i"), change(2, "b", 5)]


def test_a_stretch_lasts_until_the_next_change_of_the_same_table() -> None:
    assert stretches(ONE_AFTER_THE_OTHER) == [Stretch("a", "", 100, 1 * HOUR, 2 * HOUR), Stretch("b", "", 50, 2 * HOUR, 4 * HOUR)]


def test_unit_hours_are_those_above_the_start() -> None:
    found = stretches(ONE_AFTER_THE_OTHER)

    assert unit_hours(found) == 100 * 1 + 50 * 2
    assert unit_hours_all_at_once(found) == (100 + 50) * 3


@pytest.mark.parametrize(
    ("changes", "most"),
    [
        pytest.param([], 0, id="nothing happened"),
        pytest.param([change(0, "a", 5), change(1, "a", 3)], 0, id="lowered only"),
        pytest.param(ONE_AFTER_THE_OTHER, 1, id="one put back as the next is raised"),
        pytest.param([*ONE_AFTER_THE_OTHER[:3], change(1.5, "b", 9), *ONE_AFTER_THE_OTHER[3:]], 2, id="one within the other"),
        pytest.param(
            [change(0, "a", 5), change(0, "a", 5, "i"), change(1, "a", 9), change(1, "a", 9, "i"), change(2, "b", 5)], 1, id="with its index"
        ),
    ],
)
def test_tables_are_raised_at_once_while_their_stretches_overlap(changes: list[CapacityChange], most: int) -> None:
    assert most_at_once(stretches(changes)) == most


def test_what_is_still_raised_counts_until_the_end_of_the_record() -> None:
    found = stretches([change(0, "a", 5), change(0, "b", 5), change(1, "a", 15), change(3, "b", 4)])

    assert unit_hours(found) == unit_hours_all_at_once(found) == 20


def test_without_spikes_there_is_nothing_to_pay() -> None:
    assert unit_hours([]) == unit_hours_all_at_once([]) == 0
