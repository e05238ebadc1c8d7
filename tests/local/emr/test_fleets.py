"""Clusters on instance fleets: where they start, on which machines, and when there are none."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.emr.states import ended, ready, status
from tests.local.helpers import RunCluster, fleet, on_fleets, until

PRIMARY, CORE = fleet("MASTER", on_demand=1), fleet("CORE", on_demand=2)
SPOT = fleet("TASK", spot=3, action="SWITCH_TO_ON_DEMAND")
SPOT_OR_END = fleet("TASK", spot=3, action="TERMINATE_CLUSTER")


@pytest.fixture(scope="session")
def subnets(shared: StandIn) -> list[str]:
    """Two, in different zones."""
    found = shared.client("ec2").describe_subnets()["Subnets"]
    return [one["SubnetId"] for one in sorted(found, key=lambda one: one["AvailabilityZone"])[:2]]


def capacities(emr: Any, cluster: str) -> list[tuple[str, int, int]]:
    """Of each fleet: its type, and what it has on demand and of spot machines."""
    fleets = emr.list_instance_fleets(ClusterId=cluster)["InstanceFleets"]
    return [(one["InstanceFleetType"], one["ProvisionedOnDemandCapacity"], one["ProvisionedSpotCapacity"]) for one in fleets]


def place(emr: Any, cluster: str) -> tuple[str, str]:
    attributes = emr.describe_cluster(ClusterId=cluster)["Cluster"]["Ec2InstanceAttributes"]
    return attributes["Ec2SubnetId"], attributes["Ec2AvailabilityZone"]


def test_a_fleet_has_its_capacity_when_the_cluster_is_ready(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(Instances=on_fleets(PRIMARY, CORE, SPOT))
    asked = capacities(emr, cluster)
    ready(emr, cluster)

    assert asked == [("MASTER", 0, 0), ("CORE", 0, 0), ("TASK", 0, 0)]
    assert capacities(emr, cluster) == [("MASTER", 1, 0), ("CORE", 2, 0), ("TASK", 0, 3)]
    kept = emr.list_instance_fleets(ClusterId=cluster)["InstanceFleets"][2]
    assert (kept["TargetSpotCapacity"], kept["LaunchSpecifications"]) == (3, SPOT["LaunchSpecifications"])
    assert kept["InstanceTypeSpecifications"] == [{"InstanceType": "m5.xlarge"}]
    assert emr.describe_cluster(ClusterId=cluster)["Cluster"]["InstanceCollectionType"] == "INSTANCE_FLEET"


def test_the_machines_of_fleets_are_listed(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(Instances=on_fleets(PRIMARY, CORE, SPOT))
    ready(emr, cluster)
    fleets = {one["InstanceFleetType"]: one["Id"] for one in emr.list_instance_fleets(ClusterId=cluster)["InstanceFleets"]}

    task = emr.list_instances(ClusterId=cluster, InstanceFleetType="TASK")["Instances"]

    assert len(emr.list_instances(ClusterId=cluster)["Instances"]) == 6
    assert [(one["InstanceFleetId"], one["Market"], one["InstanceType"]) for one in task] == [(fleets["TASK"], "SPOT", "m5.xlarge")] * 3
    assert task == emr.list_instances(ClusterId=cluster, InstanceFleetId=fleets["TASK"], InstanceStates=["RUNNING"])["Instances"]


def test_groups_and_fleets_have_lists_of_their_own(emr: Any, run_cluster: RunCluster) -> None:
    grouped, fleeted = run_cluster(), run_cluster(Instances=on_fleets(PRIMARY))

    with pytest.raises(ClientError, match="Use the ListInstanceGroups operation instead"):
        emr.list_instance_fleets(ClusterId=grouped)
    with pytest.raises(ClientError, match="Use the ListInstanceFleets operation instead"):
        emr.list_instance_groups(ClusterId=fleeted)


def test_a_cluster_without_spot_capacity_switches_to_on_demand(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(no_spot={"nightly*": 1})
    cluster = run_cluster(Name="nightly", Instances=on_fleets(PRIMARY, CORE, SPOT))
    ready(emr, cluster)

    assert capacities(emr, cluster) == [("MASTER", 1, 0), ("CORE", 2, 0), ("TASK", 3, 0)]


@pytest.mark.parametrize("pool", [SPOT_OR_END, fleet("TASK", spot=1)], ids=["told to", "not told what to do"])
def test_a_cluster_without_spot_capacity_ends_after_its_timeout(aws: StandIn, emr: Any, run_cluster: RunCluster, pool: dict[str, Any]) -> None:
    aws.faults(no_spot=1)
    cluster = run_cluster(Instances=on_fleets(PRIMARY, CORE, pool))

    assert ended(emr, cluster)["State"] == "TERMINATED_WITH_ERRORS"
    assert status(emr, cluster)["StateChangeReason"]["Code"] == "INSTANCE_FLEET_TIMEOUT"


def test_a_cluster_that_asks_for_no_spot_machines_does_not_miss_them(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(no_spot=1)
    ready(emr, run_cluster(Instances=on_fleets(PRIMARY, CORE)))
    unlucky = run_cluster(Instances=on_fleets(PRIMARY, CORE, SPOT_OR_END))

    assert ended(emr, unlucky)["StateChangeReason"]["Code"] == "INSTANCE_FLEET_TIMEOUT"


def test_a_group_waits_for_spot_capacity_until_it_is_told_to_end(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(no_spot=1)
    aws.set(emr_start_seconds=0)
    group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1, "Market": "SPOT"}
    waits = run_cluster(Instances={"InstanceGroups": [group], "KeepJobFlowAliveWhenNoSteps": True})
    ready(emr, run_cluster())  # one that was asked for later

    assert status(emr, waits)["State"] == "STARTING"
    emr.terminate_job_flows(JobFlowIds=[waits])
    assert ended(emr, waits)["State"] == "TERMINATED"


def test_a_cluster_starts_in_the_subnet_that_has_capacity(aws: StandIn, emr: Any, run_cluster: RunCluster, subnets: list[str]) -> None:
    first = run_cluster(Instances=on_fleets(PRIMARY, subnets=subnets))
    ready(emr, first)
    aws.faults(no_capacity={subnets[0]: 1})
    second = run_cluster(Instances=on_fleets(PRIMARY, subnets=subnets))
    ready(emr, second)

    assert (place(emr, first), place(emr, second)) == ((subnets[0], "us-east-1a"), (subnets[1], "us-east-1b"))
    asked = emr.describe_cluster(ClusterId=second)["Cluster"]["Ec2InstanceAttributes"]["RequestedEc2SubnetIds"]
    assert asked == subnets


@pytest.mark.parametrize(
    "lacking",
    [
        pytest.param({"*": 1}, id="nothing is to be had"),
        pytest.param({"subnet-*": 1}, id="not in any subnet"),
        pytest.param({"m5.xlarge": 1}, id="not of the only type"),
        pytest.param({"subnet-*/m5.*": 1}, id="not of the type in any subnet"),
    ],
)
def test_a_cluster_without_capacity_fails_to_start(
    aws: StandIn, emr: Any, run_cluster: RunCluster, subnets: list[str], lacking: dict[str, int]
) -> None:
    aws.faults(no_capacity=lacking)
    cluster = run_cluster(Instances=on_fleets(PRIMARY, CORE, subnets=subnets))

    assert ended(emr, cluster)["State"] == "TERMINATED_WITH_ERRORS"
    reason = status(emr, cluster)["StateChangeReason"]
    assert (reason["Code"], reason["Message"][:67]) == (
        "INTERNAL_ERROR",
        "EC2 is out of capacity for m5.xlarge in availability zone us-east-1",
    )
    (error,) = status(emr, cluster)["ErrorDetails"]
    assert error["ErrorCode"] == "INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ"
    assert {"instance-type": "m5.xlarge"} in error["ErrorData"]


def test_capacity_is_missing_until_the_fault_is_cleared(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(no_capacity={"m5.xlarge": 1})
    both = [run_cluster(Instances=on_fleets(PRIMARY)) for _ in range(2)]
    assert [ended(emr, cluster)["State"] for cluster in both] == ["TERMINATED_WITH_ERRORS"] * 2

    aws.faults(no_capacity={})

    ready(emr, run_cluster(Instances=on_fleets(PRIMARY)))


def test_another_type_of_the_fleet_stands_in_and_task_nodes_can_be_missed(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(no_capacity={"m5.xlarge": 1})
    flexible = fleet("MASTER", 1, types="m5.xlarge m6i.xlarge")
    cluster = run_cluster(Instances=on_fleets(flexible, fleet("TASK", 1)))
    ready(emr, cluster)

    assert [one["InstanceType"] for one in emr.list_instances(ClusterId=cluster)["Instances"]] == ["m6i.xlarge"]
    assert capacities(emr, cluster) == [("MASTER", 1, 0), ("TASK", 0, 0)]


def test_a_spot_node_that_is_taken_away_leaves_the_step_running(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(reclaim_nodes={"nightly": 2})
    cluster = run_cluster(Name="nightly", steps=[["wait"]], Instances=on_fleets(PRIMARY, CORE, SPOT))

    until(lambda: capacities(emr, cluster)[2] == ("TASK", 0, 1))
    gone = emr.list_instances(ClusterId=cluster, InstanceStates=["TERMINATED"])["Instances"]

    assert [one["Market"] for one in gone] == ["SPOT", "SPOT"]
    assert emr.list_steps(ClusterId=cluster)["Steps"][0]["Status"]["State"] == "RUNNING"
