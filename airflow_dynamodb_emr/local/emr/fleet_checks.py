"""What EMR refuses about instance fleets."""

from __future__ import annotations

from collections import Counter

from airflow_dynamodb_emr.local.emr.pools import Pool, pools
from airflow_dynamodb_emr.local.http.protocol import Request, invalid

_TYPES, _TYPES_WITH_STRATEGY = 5, 30


def check_fleets(instances: Request) -> None:
    """Limits are those of the API reference and of the management guide; the words are ours where no client depends on them."""
    fleets = [pool for pool in pools(instances) if pool.fleet]
    for kind, count in Counter(fleet.kind for fleet in fleets).items():
        if count > 1:
            raise invalid(f"Only one instance fleet of type {kind} is allowed.")
    if fleets and not any(fleet.kind == "MASTER" for fleet in fleets):
        raise invalid("The instance fleets must include one of type MASTER.")
    for fleet in fleets:
        _check_capacity(fleet)
        _check_types(fleet)
        _check_timeout(fleet.spot_specification)


def _check_capacity(fleet: Pool) -> None:
    capacity = fleet.target("ON_DEMAND") + fleet.target("SPOT")
    if fleet.kind == "MASTER" and capacity != 1:
        raise invalid("The MASTER instance fleet must have a target capacity of 1, either On-Demand or Spot.")
    if capacity < 1:
        raise invalid(f"At least one of TargetOnDemandCapacity and TargetSpotCapacity of the {fleet.kind} instance fleet must be greater than 0.")


def _check_types(fleet: Pool) -> None:
    types = fleet.asked.get("InstanceTypeConfigs", [])
    strategies = [specification.get("AllocationStrategy") for specification in fleet.asked.get("LaunchSpecifications", {}).values()]
    most = _TYPES_WITH_STRATEGY if any(strategies) else _TYPES
    if not 1 <= len(types) <= most:
        raise invalid(f"The {fleet.kind} instance fleet must have between 1 and {most} instance types.")
    for one in types:
        if "BidPrice" in one and "BidPriceAsPercentageOfOnDemandPrice" in one:
            raise invalid("Specify at most one of bidPrice or bidPriceAsPercentageOfOnDemandPrice value for the Spot Instance fleet : request.")
        if one.get("WeightedCapacity", 1) < 1:
            raise invalid("WeightedCapacity must be 1 or greater.")


def _check_timeout(specification: Request) -> None:
    if not 5 <= specification.get("TimeoutDurationMinutes", 5) <= 1440:
        raise invalid("TimeoutDurationMinutes must be between 5 and 1440.")
    if specification.get("TimeoutAction", "TERMINATE_CLUSTER") not in ("SWITCH_TO_ON_DEMAND", "TERMINATE_CLUSTER"):
        raise invalid("TimeoutAction must be one of SWITCH_TO_ON_DEMAND, TERMINATE_CLUSTER.")
