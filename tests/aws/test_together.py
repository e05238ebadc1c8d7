"""Several calls at once, in order, and no more of them than are asked for."""

from __future__ import annotations

from itertools import islice

import pytest

from airflow_dynamodb_emr.aws import together


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(together.ahead(lambda n: n * n, range(100))) == [n * n for n in range(100)]


def test_of_nothing_comes_nothing() -> None:
    assert list(together.ahead(str, [])) == []


@pytest.mark.parametrize(("taken", "worked_on"), [(0, 0), (1, 1), (2, 3), (3, 6), (4, 11), (10, 17)])
def test_who_takes_more_has_more_worked_on_beforehand(taken: int, worked_on: int) -> None:
    items = iter(range(100))

    assert len(list(islice(together.ahead(str, items), taken))) == taken

    assert next(items) == worked_on


def test_what_one_raises_is_raised_when_its_turn_comes() -> None:
    found = together.ahead(lambda n: 1 / n, [1, 0, 2])

    assert next(found) == 1
    with pytest.raises(ZeroDivisionError):
        next(found)
