"""What is tried when a cluster does not start: the same request, changed a little more each time.

A user's template may fix things, so roles, tags, release and security configuration are never changed, and machines only for
others of the same size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.machines import siblings

LEAST_STARTS = 4  # where there is less to change, what failed is tried again: capacity comes and goes
MOST_TYPES, MOST_TYPES_WITH_STRATEGY = 5, 30  # that EMR takes for a fleet, without and with an allocation strategy
AS_PLANNED = "as planned"

_Change = Callable[[dict[str, Any]], None]


class Choice(Noun, frozen=True, kw_only=True):
    """One way of starting a cluster."""

    words: str
    request: dict[str, Any]  # for RunJobFlow, but for the name


def choices(request: dict[str, Any], failed_subnets: Sequence[str] = ()) -> list[Choice]:
    """For the 1st, 2nd, ... start of one cluster. In *failed_subnets* it could not start before: as long as there are others, they are left out.

    A zone that has run out is the likeliest reason and costs nothing to leave, so it comes first; on demand costs money, so it comes last.
    """
    placed = _placed(request, failed_subnets)
    plans: list[tuple[str, list[_Change]]] = [
        ("in another zone" if placed != _placed(request, ()) else "once more", []),  # where it failed is not always told
        ("with other types of machine", [_other_types]),
        ("on demand", [_on_demand]),
        ("on demand, with other types of machine", [_on_demand, _other_types]),
    ]
    found = [Choice(words=AS_PLANNED, request=_placed(request, ()))]
    for words, changes in plans if len(_subnets(request)) > 1 else plans[1:]:
        changed = _changed(placed, changes)
        if not changes or changed not in [placed, *(choice.request for choice in found)]:
            found.append(Choice(words=words, request=changed))
    again = [Choice(words=f"{choice.words}, once more", request=choice.request) for choice in found]
    return found + again[: max(0, LEAST_STARTS - len(found))]


def next_choice(request: dict[str, Any], start: int, failed_subnets: Sequence[str] = ()) -> Choice | None:
    """For start number *start*, from 1; None when there is nothing left to try."""
    found = choices(request, failed_subnets)
    return found[start - 1] if start <= len(found) else None


def _changed(request: dict[str, Any], changes: list[_Change]) -> dict[str, Any]:
    changed = deepcopy(request)
    for change in changes:
        change(changed["Instances"])
    return changed


def _subnets(request: dict[str, Any]) -> list[str]:
    return list(request["Instances"].get("Ec2SubnetIds", []))


def _placed(request: dict[str, Any], failed: Sequence[str]) -> dict[str, Any]:
    """Without the failed subnets. Of several subnets EMR itself chooses one for fleets; for instance groups it takes just one."""
    placed, subnets = deepcopy(request), _subnets(request)
    left = [subnet for subnet in subnets if subnet not in failed] or subnets
    if left and "InstanceFleets" not in placed["Instances"]:
        del placed["Instances"]["Ec2SubnetIds"]
        placed["Instances"]["Ec2SubnetId"] = left[0]
    elif left:
        placed["Instances"]["Ec2SubnetIds"] = left
    return placed


def _other_types(instances: dict[str, Any]) -> None:
    for fleet in instances.get("InstanceFleets", []):
        _other_types_of_fleet(fleet)
    for group in instances.get("InstanceGroups", []):
        group["InstanceType"] = next(iter(siblings(group["InstanceType"])), group["InstanceType"])
    for field in ("MasterInstanceType", "SlaveInstanceType"):
        if field in instances:
            instances[field] = next(iter(siblings(instances[field])), instances[field])


def _other_types_of_fleet(fleet: dict[str, Any]) -> None:
    """Each type's siblings that the fleet does not have yet, in its place; a fleet that has them all already stays as it is."""
    had = [each["InstanceType"] for each in fleet.get("InstanceTypeConfigs", [])]
    others = {type_: each for each in fleet.get("InstanceTypeConfigs", []) for type_ in siblings(each["InstanceType"]) if type_ not in had}
    most = MOST_TYPES_WITH_STRATEGY if has_strategy(fleet) else MOST_TYPES
    if others:
        fleet["InstanceTypeConfigs"] = [{**each, "InstanceType": type_} for type_, each in others.items()][:most]


def has_strategy(fleet: dict[str, Any]) -> bool:
    return any("AllocationStrategy" in of for of in fleet.get("LaunchSpecifications", {}).values())


def _on_demand(instances: dict[str, Any]) -> None:
    for fleet in instances.get("InstanceFleets", []):
        if fleet.get("TargetSpotCapacity"):
            _fleet_on_demand(fleet)
    for group in instances.get("InstanceGroups", []):
        group.pop("BidPrice", None)
        if group.get("Market") == "SPOT":
            group["Market"] = "ON_DEMAND"


def _fleet_on_demand(fleet: dict[str, Any]) -> None:
    """The prices that were bid and what was said about spot go with it."""
    fleet["TargetOnDemandCapacity"] = fleet.get("TargetOnDemandCapacity", 0) + fleet.pop("TargetSpotCapacity")
    for types in fleet.get("InstanceTypeConfigs", []):
        for bid in ("BidPrice", "BidPriceAsPercentageOfOnDemandPrice"):
            types.pop(bid, None)
    fleet.get("ResizeSpecifications", {}).pop("SpotResizeSpecification", None)
    launch = fleet.get("LaunchSpecifications", {})
    if launch.pop("SpotSpecification", None) and len(fleet.get("InstanceTypeConfigs", [])) > MOST_TYPES:
        launch.setdefault("OnDemandSpecification", {"AllocationStrategy": "lowest-price"})
    for said in ("ResizeSpecifications", "LaunchSpecifications"):
        if not fleet.get(said):
            fleet.pop(said, None)
