from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.batches import LARGE_SECONDS, batches


class Sized(NamedTuple):
    name: str
    seconds: float = 60
    lane: int = 0
    in_turn: bool = False

    @property
    def party(self) -> tuple[str, int]:
        return ("worker" if self.in_turn else "cluster", self.lane)


def small(count: int, lane: int = 0) -> list[Sized]:
    return [Sized(f"t{lane}{number:03d}", lane=lane) for number in range(count)]


@pytest.mark.parametrize(("count", "groups"), [(0, 0), (1, 1), (25, 1), (26, 2), (1000, 40)])
def test_small_tables_share_tasks(count: int, groups: int) -> None:
    assert len(batches(small(count), 25, 1024)) == groups


def test_a_large_table_has_a_task_of_its_own_before_the_others() -> None:
    assert batches([*small(2), Sized("large", LARGE_SECONDS)], 25, 1024) == [["large"], ["t0000", "t0001"]]


def test_tables_of_two_clusters_never_share_a_task() -> None:
    assert [{name[1] for name in group} for group in batches([*small(3, 0), *small(3, 1)], 25, 1024)] == [{"0"}, {"1"}]


def test_what_a_task_does_in_turn_takes_no_longer_than_a_large_table() -> None:
    tables = [Sized(f"t{number}", 400, in_turn=True) for number in range(5)]

    assert batches(tables, 25, 1024) == [["t0", "t1"], ["t2", "t3"], ["t4"]]


def test_what_clusters_do_and_what_tasks_do_never_shares_a_task() -> None:
    assert batches([Sized("step"), Sized("own", in_turn=True)], 25, 1024) == [["step"], ["own"]]


TABLES = st.lists(
    st.builds(Sized, st.text("abc", min_size=1, max_size=4), st.sampled_from([60, 400, 5000]), st.integers(0, 2), st.booleans()),
    unique_by=lambda t: t.name,
)


@given(TABLES, st.integers(1, 30), st.integers(6, 40))
def test_every_table_is_in_one_group_and_there_are_never_too_many_groups(tables: list[Sized], size: int, most: int) -> None:
    found = batches(tables, size, most)

    assert sorted(name for group in found for name in group) == sorted(table.name for table in tables)
    assert len(found) <= most
