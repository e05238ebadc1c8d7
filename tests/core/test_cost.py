from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core import cost

LENGTHS = st.lists(st.floats(0, 10_000), min_size=1, max_size=30)


@given(LENGTHS, st.integers(1, 40))
def test_steps_side_by_side_take_as_long_as_the_longest_and_no_longer_than_one_after_another(lengths: list[float], lanes: int) -> None:
    took = cost.makespan(lengths, lanes)

    assert max(max(lengths), sum(lengths) / lanes) <= took * (1 + 1e-9) + 1e-9
    assert took <= (sum(lengths) / lanes + max(lengths)) * (1 + 1e-9) + 1e-9


@given(LENGTHS)
def test_one_lane_takes_the_sum(lengths: list[float]) -> None:
    assert cost.makespan(lengths, 1) == pytest.approx(sum(lengths))


def test_longest_first_fills_the_lanes() -> None:
    assert cost.makespan([1, 1, 1, 3], 2) == 3


def test_no_steps_take_no_time() -> None:
    assert cost.makespan([], 10) == 0


@pytest.mark.parametrize(("seconds", "hours"), [(1, 1), (3600, 1), (3601, 2)])
def test_a_spike_is_billed_by_the_hour_begun(seconds: float, hours: int) -> None:
    assert cost.spike(100, seconds, cost.READ_UNIT_HOUR) == pytest.approx(hours * 100 * cost.READ_UNIT_HOUR)


def test_a_cluster_costs_what_its_nodes_cost_while_it_runs() -> None:
    assert cost.cluster("m5.xlarge", 3, 1800) == pytest.approx(3 * 0.24 / 2)


def test_an_unknown_instance_type_has_no_price() -> None:
    assert cost.cluster("z9.huge", 3, 1800) is None


@pytest.mark.parametrize(("dollars", "told"), [(0, "$0.00"), (0.00583, "$0.0058"), (0.654, "$0.65"), (1234.5, "$1,234.50")])
def test_an_amount_is_told_as_precisely_as_it_matters(dollars: float, told: str) -> None:
    assert cost.amount(dollars) == told


def test_on_demand_is_billed_by_eventually_consistent_reads_and_by_writes() -> None:
    assert cost.on_demand_reads(8192 * 10**6) == pytest.approx(0.125)
    assert cost.on_demand_writes(10**6) == pytest.approx(0.625)
