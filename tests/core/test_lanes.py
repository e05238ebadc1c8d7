from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.lanes import makespan, pack, schedule

LENGTHS = st.lists(st.floats(0, 10_000), min_size=1, max_size=30)


@given(LENGTHS, st.integers(1, 40))
def test_steps_side_by_side_take_as_long_as_the_longest_and_no_longer_than_one_after_another(lengths: list[float], lanes: int) -> None:
    took = makespan(lengths, lanes)

    assert max(max(lengths), sum(lengths) / lanes) <= took * (1 + 1e-9) + 1e-9
    assert took <= (sum(lengths) / lanes + max(lengths)) * (1 + 1e-9) + 1e-9


@given(LENGTHS)
def test_one_lane_takes_the_sum(lengths: list[float]) -> None:
    assert makespan(lengths, 1) == pytest.approx(sum(lengths))


def test_longest_first_fills_the_lanes() -> None:
    assert makespan([1, 1, 1, 3], 2) == 3


def test_no_steps_take_no_time() -> None:
    assert makespan([], 10) == 0


TABLES = st.dictionaries(st.text("ab_", min_size=1), st.floats(0, 10_000), max_size=30)
LANES, CONCURRENCY = st.integers(1, 4), st.integers(1, 10)


@given(TABLES, LANES, CONCURRENCY)
def test_every_table_is_in_just_one_of_the_lanes(tables: dict[str, float], lanes: int, concurrency: int) -> None:
    packed = pack(tables, lanes, concurrency)

    assert packed.keys() == tables.keys() and set(packed.values()) <= set(range(lanes))
    assert packed == pack(list(tables.items()), lanes, concurrency)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6), st.integers(1, 3))
def test_it_takes_at_most_a_third_longer_than_the_best_order_of_all(lengths: list[float], slots: int) -> None:
    orders = product(range(slots), repeat=len(lengths))
    best = min(max(sum(length for length, place in zip(lengths, order, strict=True) if place == slot) for slot in range(slots)) for order in orders)

    assert makespan(lengths, slots) <= best * (4 / 3 - 1 / (3 * slots)) * (1 + 1e-9)


@given(TABLES, LANES, CONCURRENCY)
def test_no_lane_works_on_more_tables_at_once_than_it_may(tables: dict[str, float], lanes: int, concurrency: int) -> None:
    stays = list(schedule(tables, lanes, concurrency))

    for stay in stays:
        assert sum(other.lane == stay.lane and other.begin <= stay.begin < other.end for other in stays) <= concurrency


@given(TABLES, LANES, CONCURRENCY)
def test_a_lane_that_gets_its_tables_longest_first_keeps_to_the_schedule(tables: dict[str, float], lanes: int, concurrency: int) -> None:
    stays = list(schedule(tables, lanes, concurrency))

    for lane in range(lanes):
        own = [stay.table for stay in stays if stay.lane == lane]
        ends = [stay.end for stay in stays if stay.lane == lane]
        assert makespan([tables[name] for name in own], concurrency) == pytest.approx(max(ends, default=0))


def test_equal_tables_are_spread_over_the_lanes() -> None:
    assert sorted(pack(dict.fromkeys("abcd", 1.0), 2, 10).values()) == [0, 0, 1, 1]


def test_it_is_packed_by_time_and_not_by_count() -> None:
    packed = pack({"long": 9, "a": 3, "b": 3, "c": 3}, 2, 1)

    assert packed == {"long": 0, "a": 1, "b": 1, "c": 1}
