"""Which machines a fleet or a group gets."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.local.emr.pools import Pool
from tests.local.helpers import fleet


def launched(asked: dict[str, Any], market: str, lacking: str = "") -> list[str]:
    pool = Pool(asked)
    pool.launch(market, pool.target(market), lambda type: type != lacking)
    return [machine.type for machine in pool.machines]


def weighted(*weights: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {"InstanceTypeConfigs": [{"InstanceType": type, "WeightedCapacity": weight} for type, weight in weights], **more}


def strategy(market: str, name: str) -> dict[str, Any]:
    return {"LaunchSpecifications": {market: {"AllocationStrategy": name}}}


def test_machines_make_up_the_capacity_and_may_be_more() -> None:
    asked = fleet("CORE", on_demand=5, **weighted(("large", 2)))

    assert launched(asked, "ON_DEMAND") == ["large"] * 3
    assert launched(asked, "SPOT") == []


def test_the_primary_node_is_one_machine_whatever_its_weight() -> None:
    pool = Pool(fleet("MASTER", on_demand=1, **weighted(("large", 4))))

    pool.launch("ON_DEMAND", 1, lambda _: True)

    assert pool.provisioned("ON_DEMAND") == 1


@pytest.mark.parametrize(
    ("lacking", "more", "types"),
    [
        pytest.param("", {}, ["a", "a", "a"], id="as listed"),
        pytest.param("a", {}, ["b", "b", "b"], id="the next where the first has no capacity"),
        pytest.param("", strategy("SpotSpecification", "diversified"), ["a", "b", "a"], id="diversified"),
    ],
)
def test_the_strategy_chooses_among_the_types(lacking: str, more: dict[str, Any], types: list[str]) -> None:
    assert launched(fleet("TASK", spot=3, types="a b", **more), "SPOT", lacking) == types


@pytest.mark.parametrize(
    ("market", "specification", "name"),
    [("ON_DEMAND", "OnDemandSpecification", "prioritized"), ("SPOT", "SpotSpecification", "capacity-optimized-prioritized")],
)
def test_the_lowest_number_is_the_highest_priority(market: str, specification: str, name: str) -> None:
    types = [{"InstanceType": "none"}, {"InstanceType": "second", "Priority": 1.0}, {"InstanceType": "first", "Priority": 0.0}]

    assert launched(fleet("CORE", 1, 1, InstanceTypeConfigs=types, **strategy(specification, name)), market) == ["first"]


def test_a_group_is_of_one_type_and_one_market() -> None:
    group = {"InstanceRole": "TASK", "InstanceType": "m5.xlarge", "InstanceCount": 2, "Market": "SPOT"}

    assert launched(group, "SPOT") == ["m5.xlarge", "m5.xlarge"]
    assert launched(group, "ON_DEMAND") == []
