"""What EMR refuses of a RunJobFlow request although every field of it is well-formed, and what our steps cannot do without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflow_dynamodb_emr.core.starting import MOST_TYPES, MOST_TYPES_WITH_STRATEGY, has_strategy

Request = dict[str, Any]
Refusal = tuple[str, str]  # the field, and why


def refusals(request: Request) -> Iterator[Refusal]:
    instances = request["Instances"]
    yield from _names(request)
    yield from _numbers(request)
    if "InstanceGroups" in instances and "InstanceFleets" in instances:
        yield "Instances", "it has both InstanceGroups and InstanceFleets"
    yield from _one_primary(instances)
    for number, fleet in enumerate(instances.get("InstanceFleets", [])):
        yield from ((f"Instances.InstanceFleets[{number}].{field}", why) for field, why in _fleet(fleet))
    yield from _scaling(request)
    for number, step in enumerate(request.get("Steps", [])):
        if step.get("ActionOnFailure") != "CONTINUE":
            yield f"Steps[{number}].ActionOnFailure", f"{step.get('ActionOnFailure')!r} is not CONTINUE, which steps that run side by side must have"


def _names(request: Request) -> Iterator[Refusal]:
    """The model does not ask for them."""
    for field, name in (("Applications", "Name"), ("Configurations", "Classification"), ("Tags", "Key")):
        for number, each in enumerate(request[field]):
            if not each.get(name):
                yield f"{field}[{number}]", f"{name} is missing"


def _numbers(request: Request) -> Iterator[Refusal]:
    level, idle = request["StepConcurrencyLevel"], request["AutoTerminationPolicy"].get("IdleTimeout", 60)
    if not 1 <= level <= 256:
        yield "StepConcurrencyLevel", f"{level} is not from 1 to 256"
    if not 60 <= idle <= 604_800:
        yield "AutoTerminationPolicy.IdleTimeout", f"{idle} is not from 60 to 604800 seconds"


def _one_primary(instances: Request) -> Iterator[Refusal]:
    for field, kind in (("InstanceFleets", "InstanceFleetType"), ("InstanceGroups", "InstanceRole")):
        found = instances.get(field, [])
        primaries = sum(each[kind] == "MASTER" for each in found)
        if found and primaries != 1:
            yield f"Instances.{field}", f"it has {primaries} of {kind} MASTER, not one"


def _fleet(fleet: Request) -> Iterator[Refusal]:
    capacity, types = fleet.get("TargetOnDemandCapacity", 0) + fleet.get("TargetSpotCapacity", 0), fleet.get("InstanceTypeConfigs", [])
    if fleet.get("InstanceFleetType") == "MASTER" and capacity != 1:
        yield "TargetOnDemandCapacity", f"the primary's is {capacity}, not 1"
    if not types:
        yield "InstanceTypeConfigs", "it names no type of machine"
    most = MOST_TYPES_WITH_STRATEGY if has_strategy(fleet) else MOST_TYPES
    if len(types) > most:
        yield (
            "InstanceTypeConfigs",
            f"{len(types)} types are more than the {most} that EMR takes with{'' if has_strategy(fleet) else 'out'} an allocation strategy",
        )
    minutes = fleet.get("LaunchSpecifications", {}).get("SpotSpecification", {}).get("TimeoutDurationMinutes", 5)
    if not 5 <= minutes <= 1440:
        yield "LaunchSpecifications.SpotSpecification.TimeoutDurationMinutes", f"{minutes} is not from 5 to 1440"


def _scaling(request: Request) -> Iterator[Refusal]:
    unit = request.get("ManagedScalingPolicy", {}).get("ComputeLimits", {}).get("UnitType")
    fleets = "InstanceFleets" in request["Instances"]
    if unit and (unit == "InstanceFleetUnits") != fleets:
        yield "ManagedScalingPolicy.ComputeLimits.UnitType", f"{unit!r} is not for instance {'fleets' if fleets else 'groups'}"
