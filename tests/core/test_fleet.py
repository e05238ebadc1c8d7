from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.fleet import Size, Wish, Work, choose, objective
from airflow_dynamodb_emr.core.lanes import makespan
from airflow_dynamodb_emr.core.prices import LIST


def works(number: int, seconds: float = 60, mappers: int = 1, vcpus: float = 0.1) -> list[Work]:
    return [Work(f"t{each:04d}", seconds, mappers, vcpus) for each in range(number)]


@st.composite
def fleets(draw: st.DrawFn) -> list[Work]:
    shapes = draw(st.lists(st.tuples(st.floats(60, 80_000), st.integers(1, 20), st.floats(0, 10)), min_size=1, max_size=40))
    return [Work(f"t{number}", *shape) for number, shape in enumerate(shapes)]


@given(fleets(), st.sampled_from([0, 0.5, 1, 10, 1e6]))
def test_what_is_chosen_is_never_dearer_than_two_nodes_with_ten_steps(tables: list[Work], hour_dollars: float) -> None:
    fixed = choose(tables, Wish(hour_dollars=hour_dollars, nodes=2, concurrency=10, most_lanes=1))

    chosen = choose(tables, Wish(hour_dollars=hour_dollars))

    assert objective(chosen, hour_dollars) <= objective(fixed, hour_dollars) * (1 + 1e-9) + 1e-6


@given(fleets(), st.integers(1, 30), st.integers(1, 4))
def test_no_limit_is_passed(tables: list[Work], most_nodes: int, most_lanes: int) -> None:
    size = choose(tables, Wish(most_nodes=most_nodes, most_lanes=most_lanes, hour_dollars=1e6))

    assert 1 <= size.nodes <= most_nodes and 1 <= size.lanes <= most_lanes
    assert 1 <= size.masters <= size.nodes and size.lanes * size.concurrency < len(tables) + size.lanes


@given(fleets(), st.integers(1, 30), st.integers(1, 64))
def test_what_the_user_has_fixed_is_kept(tables: list[Work], nodes: int, concurrency: int) -> None:
    assert choose(tables, Wish(nodes=nodes)).nodes == nodes
    assert choose(tables, Wish(concurrency=concurrency)).concurrency == concurrency
    both = choose(tables, Wish(nodes=nodes, concurrency=concurrency))
    assert (both.nodes, both.concurrency) == (nodes, concurrency)


@given(fleets())
def test_it_takes_no_less_than_its_steps_side_by_side(tables: list[Work]) -> None:
    size = choose(tables, Wish())

    assert size.seconds - cost.CLUSTER_START_SECONDS >= makespan([work.seconds for work in tables], size.lanes * size.concurrency) * (1 - 1e-9)


@given(fleets())
def test_the_more_an_hour_is_worth_the_sooner_it_is_done(tables: list[Work]) -> None:
    """With no exception but a few hundredths: two nodes with ten steps are in the running where they would have to wait for each other."""
    slow, fast = (choose(tables, Wish(hour_dollars=hour)).seconds for hour in (0.5, 1e6))

    assert fast <= slow * (1 + 1e-9)


def test_one_small_table_takes_the_smallest_cluster() -> None:
    size = choose(works(1), Wish())

    assert (size.lanes, size.concurrency, size.nodes, size.primary_type) == (1, 1, 1, "m5.xlarge")
    assert size.seconds == cost.CLUSTER_START_SECONDS + 60
    assert size.dollars(LIST) == pytest.approx(2 * 0.24 * size.seconds / 3600)


def test_many_small_tables_take_more_steps_at_once_and_a_larger_primary_for_their_drivers() -> None:
    size = choose(works(500), Wish(hour_dollars=20))

    assert size.lanes * size.concurrency > 50 and size.primary_type in ("m5.2xlarge", "m5.4xlarge")


def test_a_primary_that_the_user_chose_stays_and_limits_the_steps() -> None:
    size = choose(works(500), Wish(hour_dollars=20, primary_fixed=True))

    assert size.primary_type == "m5.xlarge" and size.concurrency <= 20


def test_one_cluster_is_the_rule_and_several_are_for_what_one_cannot_hold() -> None:
    assert choose(works(200), Wish()).lanes == 1
    assert choose(works(200, 600, 14, 8.0), Wish(hour_dollars=50)).lanes > 1


def test_equal_tables_come_out_even() -> None:
    size = choose(works(200, 3000), Wish())

    rounds = makespan([3000] * 200, size.lanes * size.concurrency)
    assert rounds <= 1.1 * 200 * 3000 / (size.lanes * size.concurrency)


def test_one_long_table_is_no_reason_for_many_machines() -> None:
    """More of them would not be done any sooner."""
    size = choose([Work("long", 60_000, 1, 0.5), *works(100)], Wish(hour_dollars=1e6))

    assert size.seconds == cost.CLUSTER_START_SECONDS + 60_000 and size.nodes == 1 and size.concurrency <= 4


def test_with_too_few_workers_what_runs_takes_longer() -> None:
    enough, half = (choose(works(8, 600, 3, 0.1), Wish(nodes=nodes, concurrency=8, most_lanes=1)).seconds for nodes in (4, 2))

    assert enough == cost.CLUSTER_START_SECONDS + 600
    assert half == pytest.approx(cost.CLUSTER_START_SECONDS + 600 * (8 * 5.5 / 24))


def test_what_keeps_processors_busy_takes_workers_for_them() -> None:
    busy = choose(works(4, 600, 1, 4.0), Wish(concurrency=4, most_lanes=1))

    assert busy.nodes == 4


@pytest.mark.parametrize(("type_", "dollars"), [("m5a.xlarge", None), ("z9.huge", None), ("r5.xlarge", 2 * 0.315)])
def test_a_machine_without_a_known_price_is_planned_with_all_the_same(type_: str, dollars: float | None) -> None:
    size = choose(works(1), Wish(primary=type_, worker=type_))

    assert (size.primary_type, size.worker_type, size.nodes) == (type_, type_, 1)
    assert size.dollars(LIST) is None if dollars is None else size.dollars(LIST) == pytest.approx(dollars * size.seconds / 3600)


def test_of_no_tables_nothing_is_known() -> None:
    assert choose([], Wish()) == Size(lanes=1, concurrency=10, nodes=2, primary_type="m5.xlarge", worker_type="m5.xlarge", seconds=360)
