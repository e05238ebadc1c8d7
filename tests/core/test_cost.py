from __future__ import annotations

import pytest

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.prices import LIST


@pytest.mark.parametrize(("seconds", "hours"), [(1, 1), (3600, 1), (3601, 2)])
def test_a_spike_is_billed_by_the_hour_begun(seconds: float, hours: int) -> None:
    assert cost.spike(100, seconds, LIST.read_unit_hour) == pytest.approx(hours * 100 * LIST.read_unit_hour)


def test_a_cluster_costs_what_its_nodes_cost_while_it_runs() -> None:
    assert cost.cluster("m5.xlarge", 3, 1800, LIST) == pytest.approx(3 * 0.24 / 2)


def test_an_unknown_instance_type_has_no_price() -> None:
    assert cost.cluster("z9.huge", 3, 1800, LIST) is None


@pytest.mark.parametrize(("dollars", "told"), [(0, "$0.00"), (0.00583, "$0.0058"), (0.00002, "<$0.0001"), (0.654, "$0.65"), (1234.5, "$1,234.50")])
def test_an_amount_is_told_as_precisely_as_it_matters(dollars: float, told: str) -> None:
    assert cost.amount(dollars) == told


def test_on_demand_is_billed_by_eventually_consistent_reads_and_by_writes() -> None:
    assert cost.on_demand_reads(8192 * 10**6, LIST) == pytest.approx(0.125)
    assert cost.on_demand_writes(10**6, LIST) == pytest.approx(0.625)
