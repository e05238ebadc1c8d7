"""What was at any moment is told by what was written since."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.local.dynamodb import journal
from airflow_dynamodb_emr.local.dynamodb.items.store import Key, Row, Store
from airflow_dynamodb_emr.local.dynamodb.journal import Journal

_WRITES = st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 9), st.integers(0, 2)), max_size=20)  # key, value, seconds later


class Table:
    """A store and what it held after each write; its clock stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 100.0
        self.store = Store("id")
        self.store.journal = self.journal = Journal(lambda: self.now)
        self.held: dict[float, dict[Key, Row]] = {100.0: {}}  # by time: what was there at the end of it

    def write(self, name: str, value: int | None, later: int) -> None:
        self.now += later
        key = self.store.key({"id": {"S": name}})
        if value is None:
            self.store.delete(key)
        else:
            self.store.put(key, Row(value, str(value).encode()))
        self.held[self.now] = dict(self.store.rows)

    def at(self, time: float) -> dict[Key, Row]:
        return self.held[max(each for each in self.held if each <= time)]


@given(_WRITES, st.integers(100, 140))
def test_any_moment_is_told(writes: list[Any], time: int) -> None:
    table = Table()
    for write in writes:
        table.write(*write)

    assert table.journal.rows_at(table.store.rows, time) == table.at(time)


@given(_WRITES, st.integers(100, 140), st.integers(0, 20))
def test_the_changes_of_a_window_lead_from_its_beginning_to_its_end(writes: list[Any], start: int, seconds: int) -> None:
    table = Table()
    for write in writes:
        table.write(*write)

    changes = table.journal.between(start, start + seconds)

    before = table.journal.rows_at(table.store.rows, start - 0.5)
    assert {change.key: change.old for change in changes} == {change.key: before.get(change.key) for change in changes}
    after = {**before, **{change.key: change.new for change in changes}}
    assert {key: row for key, row in after.items() if row} == table.journal.rows_at(table.store.rows, start + seconds - 0.5)


def test_what_came_and_went_within_a_window_is_no_change() -> None:
    table = Table()
    table.write("a", 1, 1)
    table.write("a", None, 1)

    assert table.journal.between(100, 110) == []


def test_a_clock_that_is_put_back_does_not_confuse_what_came_first() -> None:
    table = Table()
    table.write("a", 1, 10)
    table.now = 50
    table.store.put(table.store.key({"id": {"S": "a"}}), Row(2, b"2"))

    (change,) = table.journal.between(100, 200)
    assert change.new == Row(2, b"2")


def test_what_is_forgotten_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_CHANGES", 3)
    table = Table()
    for number in range(5):
        table.write("a", number, 1)

    assert table.journal.since == 102
    assert table.journal.rows_at(table.store.rows, 102) == table.at(102)
