"""What a cluster runs on, in the words of ListInstanceGroups, ListInstanceFleets and ListInstances."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.local.emr.cluster import ACTIVE, Cluster
from airflow_dynamodb_emr.local.emr.pools import Machine, Pool
from airflow_dynamodb_emr.local.http.protocol import Refused, Request


def groups(cluster: Cluster) -> list[dict[str, Any]]:
    if any(pool.fleet for pool in cluster.pools):
        raise _wrong_list("ListInstanceGroups", "fleets", "ListInstanceFleets")
    return [_group(cluster, pool) for pool in cluster.pools]


def fleets(cluster: Cluster) -> list[dict[str, Any]]:
    if any(not pool.fleet for pool in cluster.pools):
        raise _wrong_list("ListInstanceFleets", "groups", "ListInstanceGroups")
    return [_fleet(cluster, pool) for pool in cluster.pools]


def machines(cluster: Cluster, request: Request) -> list[dict[str, Any]]:
    """*request* is that of ListInstances."""
    group, fleet = request.get("InstanceGroupId"), request.get("InstanceFleetId")
    kinds, states = [*request.get("InstanceGroupTypes", []), *filter(None, [request.get("InstanceFleetType")])], request.get("InstanceStates")
    found = [
        _machine(cluster, pool, machine)
        for pool in cluster.pools
        if (group or fleet or pool.id) == pool.id and (not kinds or pool.kind in kinds)
        for machine in pool.machines
    ]
    return [machine for machine in found if not states or machine["Status"]["State"] in states]


def _group(cluster: Cluster, pool: Pool) -> dict[str, Any]:
    return {
        **{name: pool.asked[name] for name in ("Name", "BidPrice", "Configurations") if name in pool.asked},
        "Id": pool.id,
        "InstanceGroupType": pool.kind,
        "InstanceType": pool.asked["InstanceType"],
        "Market": pool.asked.get("Market", "ON_DEMAND"),
        "RequestedInstanceCount": pool.asked["InstanceCount"],
        "RunningInstanceCount": sum(machine.up for machine in pool.machines) if _works(cluster) else 0,
        "Status": _status(cluster),
    }


def _fleet(cluster: Cluster, pool: Pool) -> dict[str, Any]:
    return {
        **{name: value for name, value in pool.asked.items() if name != "InstanceTypeConfigs"},
        "Id": pool.id,
        "InstanceTypeSpecifications": pool.types,
        "ProvisionedOnDemandCapacity": pool.provisioned("ON_DEMAND") if _works(cluster) else 0,
        "ProvisionedSpotCapacity": pool.provisioned("SPOT") if _works(cluster) else 0,
        "Status": _status(cluster),
    }


def _machine(cluster: Cluster, pool: Pool, machine: Machine) -> dict[str, Any]:
    return {
        "Id": machine.id,
        "Ec2InstanceId": machine.ec2_id,
        "InstanceFleetId" if pool.fleet else "InstanceGroupId": pool.id,
        "InstanceType": machine.type,
        "Market": machine.market,
        "Status": _status(cluster) if machine.up else {**_status(cluster), "State": "TERMINATED"},
    }


def _works(cluster: Cluster) -> bool:
    """Its machines are there, and not yet gone again."""
    return cluster.state in ACTIVE


def _status(cluster: Cluster) -> dict[str, Any]:
    state = {"STARTING": "PROVISIONING", "BOOTSTRAPPING": "BOOTSTRAPPING"}.get(cluster.state, "RUNNING" if _works(cluster) else "TERMINATED")
    return {"State": state, "StateChangeReason": {}, "Timeline": cluster.timeline()}


def _wrong_list(operation: str, has: str, instead: str) -> Refused:
    return Refused(
        "InvalidRequestException",
        "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the request uses instance "
        f"{has}. The {operation} operation does not support clusters that use instance {has}. Use the {instead} operation instead.",
    )
