"""A user's own words about the cluster, in RunJobFlow's form: how they go together with ours, and what they fix of its size."""

from __future__ import annotations

from math import ceil
from typing import Any

from airflow_dynamodb_emr.core.documents import Noun

Request = dict[str, Any]
_NOT_FLEETS = ("InstanceGroups", "InstanceCount", "MasterInstanceType", "SlaveInstanceType")  # EMR refuses them beside fleets


class Given(Noun, frozen=True, kw_only=True):
    """What a template says of the size; nothing where it leaves that to us."""

    concurrency: int = 0
    nodes: int = 0
    primary: str = ""
    worker: str = ""


def merged(default: Request, template: Request) -> Request:
    """Objects are merged and anything else is replaced, but applications, configurations and tags go together with ours."""
    request = _merged(default, template)
    if any(field in template.get("Instances", {}) for field in _NOT_FLEETS) and "InstanceFleets" not in template["Instances"]:
        request["Instances"].pop("InstanceFleets", None)
    request["Applications"] = _applications(default["Applications"], template.get("Applications") or [])
    request["Configurations"] = _configurations([*default["Configurations"], *(template.get("Configurations") or [])])
    return request


def given(template: Request) -> Given:
    instances, concurrency = template.get("Instances") or {}, template.get("StepConcurrencyLevel") or 0
    for field, kind, read in (("InstanceFleets", "InstanceFleetType", _of_fleet), ("InstanceGroups", "InstanceRole", _of_group)):
        if instances.get(field):
            return _given(concurrency, [(machines[kind], *read(machines)) for machines in instances[field]])
    if any(field in instances for field in _NOT_FLEETS):
        types = (instances.get("MasterInstanceType", ""), instances.get("SlaveInstanceType", ""))
        return Given(concurrency=concurrency, nodes=max(1, instances.get("InstanceCount", 2) - 1), primary=types[0], worker=types[1] or types[0])
    return Given(concurrency=concurrency)


def _given(concurrency: int, machines: list[tuple[str, str, int]]) -> Given:
    """A cluster of a primary alone works on that."""
    types = {kind: type_ for kind, type_, _ in reversed(machines)}
    primary = types.get("MASTER", "")
    worker = types.get("CORE") or types.get("TASK") or primary
    nodes = max(1, sum(number for kind, _, number in machines if kind != "MASTER"))
    return Given(concurrency=concurrency, nodes=nodes, primary=primary, worker=worker)


def _of_fleet(fleet: Request) -> tuple[str, int]:
    """Its first type, and how many of these make its capacity."""
    first: Request = next(iter(fleet.get("InstanceTypeConfigs", [])), {})
    capacity = fleet.get("TargetOnDemandCapacity", 0) + fleet.get("TargetSpotCapacity", 0)
    return first.get("InstanceType", ""), ceil(capacity / (first.get("WeightedCapacity") or 1))


def _of_group(group: Request) -> tuple[str, int]:
    return group["InstanceType"], group["InstanceCount"]


def _merged(default: Request, template: Request) -> Request:
    merged = {**default}
    for key, value in template.items():
        known = default.get(key)
        merged[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _applications(ours: list[Request], theirs: list[Request]) -> list[Request]:
    """The connector's steps need Hadoop, whatever else is wanted."""
    names = {each.get("Name", "").lower() for each in theirs}
    return [*(each for each in ours if each["Name"].lower() not in names), *theirs]


def _configurations(all_: list[Request]) -> list[Request]:
    """Of one classification the later properties win; EMR refuses a classification twice."""
    by_name: dict[str, Request] = {}
    for each in all_:
        name = each.get("Classification", "")
        known = by_name.get(name, {})
        properties = {**known.get("Properties", {}), **each.get("Properties", {})}
        by_name[name] = {**known, **each, "Properties": properties}
    return list(by_name.values())
