from __future__ import annotations

import pytest

from benchmarks import makespan


def test_a_plan_is_close_to_what_no_plan_could_go_below_and_far_from_the_split_by_count() -> None:
    figures = {figure.name: figure for figure in makespan.measure()}

    assert all(figure.met for figure in figures.values())
    assert figures["makespan.lognormal"].at_most == figures["makespan.equal"].at_most == 1.1
    assert figures["makespan.lognormal_split_by_count"].value > 1.5


@pytest.mark.parametrize(("slots", "longest"), [(1, 10), (2, 7), (3, 7), (4, 4), (9, 4)])
def test_an_even_split_gives_each_slot_its_share_of_the_names(slots: int, longest: float) -> None:
    assert makespan._split_by_count([1, 2, 3, 4], slots) == longest
