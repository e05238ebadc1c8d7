"""What EMR refuses about fleets."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.local.emr.fleet_checks import check_fleets
from airflow_dynamodb_emr.local.http.protocol import Refused
from tests.local.helpers import fleet, on_fleets

PRIMARY = fleet("MASTER", on_demand=1)
SIX = "a b c d e f"
DIVERSIFIED = {"LaunchSpecifications": {"SpotSpecification": {"AllocationStrategy": "diversified"}}}


def bid(**more: Any) -> dict[str, Any]:
    return {"InstanceTypeConfigs": [{"InstanceType": "m5.xlarge", **more}]}


@pytest.mark.parametrize(
    ("fleets", "message"),
    [
        pytest.param([fleet("CORE", 1)], "one of type MASTER", id="no primary"),
        pytest.param([PRIMARY, fleet("CORE", 1), fleet("CORE", 1)], "Only one instance fleet of type CORE", id="two of a type"),
        pytest.param([fleet("MASTER", 2)], "capacity of 1", id="two primary nodes"),
        pytest.param([fleet("MASTER", 1, 1)], "capacity of 1", id="a primary node of both markets"),
        pytest.param([PRIMARY, fleet("CORE")], "greater than 0", id="no capacity"),
        pytest.param([PRIMARY, fleet("CORE", 1, types="")], "between 1 and 5", id="no type"),
        pytest.param([PRIMARY, fleet("CORE", 1, types=SIX)], "between 1 and 5", id="six types"),
        pytest.param([PRIMARY, fleet("TASK", 0, 1, types=SIX * 6, **DIVERSIFIED)], "between 1 and 30", id="31 types with a strategy"),
        pytest.param([PRIMARY, fleet("CORE", 1, **bid(BidPrice="1", BidPriceAsPercentageOfOnDemandPrice=9))], "at most one", id="two bids"),
        pytest.param([PRIMARY, fleet("CORE", 1, **bid(WeightedCapacity=0))], "WeightedCapacity", id="no weight"),
        pytest.param([PRIMARY, fleet("CORE", 0, 1, action="WAIT")], "TimeoutAction", id="action"),
        pytest.param(
            [fleet("MASTER", 0, 1, LaunchSpecifications={"SpotSpecification": {"TimeoutDurationMinutes": 4}})], "between 5 and 1440", id="timeout"
        ),
    ],
)
def test_fleets_that_cannot_be_are_refused(fleets: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(Refused, match=message) as refused:
        check_fleets(on_fleets(*fleets))

    assert refused.value.code == "ValidationException"


@pytest.mark.parametrize(
    "fleets",
    [
        pytest.param([], id="groups"),
        pytest.param([fleet("MASTER", 0, 1)], id="one spot node"),
        pytest.param([PRIMARY, fleet("CORE", 2), fleet("TASK", 1, 9, types=SIX, **DIVERSIFIED)], id="six types with a strategy"),
    ],
)
def test_other_fleets_are_taken(fleets: list[dict[str, Any]]) -> None:
    check_fleets({"InstanceFleets": fleets})
