from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.machines import machine
from airflow_dynamodb_emr.core.starting import Choice, choices, next_choice

from .makers import BASE

SUBNETS = ["subnet-1", "subnet-2", "subnet-3"]


def request(**instances: Any) -> dict[str, Any]:
    return ClusterSpec(template={"Instances": instances}).request("run", BASE)


def types(choice: Choice) -> set[str]:
    instances = choice.request["Instances"]
    of_fleets = {each["InstanceType"] for fleet in instances.get("InstanceFleets", []) for each in fleet["InstanceTypeConfigs"]}
    return of_fleets | {group["InstanceType"] for group in instances.get("InstanceGroups", [])}


SPOT_FLEET: dict[str, Any] = {
    "InstanceFleetType": "TASK",
    "TargetOnDemandCapacity": 1,
    "TargetSpotCapacity": 4,
    "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge", "BidPrice": "0.1", "WeightedCapacity": 1}],
    "LaunchSpecifications": {"SpotSpecification": {"TimeoutDurationMinutes": 10, "TimeoutAction": "TERMINATE_CLUSTER"}},
    "ResizeSpecifications": {"SpotResizeSpecification": {"TimeoutDurationMinutes": 10}},
}
MASTER: dict[str, Any] = {"InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1, "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge"}]}
GROUPS: list[dict[str, Any]] = [
    {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1},
    {"InstanceRole": "CORE", "InstanceType": "r5.xlarge", "InstanceCount": 4, "Market": "SPOT", "BidPrice": "0.1"},
]


@pytest.mark.parametrize("instances", [{}, {"Ec2SubnetIds": SUBNETS}, {"InstanceGroups": GROUPS}, {"InstanceFleets": [MASTER]}])
def test_a_cluster_is_started_four_times_at_least_and_not_for_ever(instances: dict[str, Any]) -> None:
    asked = request(**instances)
    found = choices(asked)

    assert 4 <= len(found) <= 6
    assert [next_choice(asked, start) for start in range(1, len(found) + 2)] == [*found, None]


def test_the_first_start_is_as_planned() -> None:
    assert choices(request())[0] == Choice(words="as planned", request=request())


@pytest.mark.parametrize(
    ("failed", "left"),
    [
        ([], SUBNETS),
        (["subnet-2"], ["subnet-1", "subnet-3"]),
        (["subnet-1", "subnet-2"], ["subnet-3"]),
        (["subnet-9"], SUBNETS),
        (SUBNETS, SUBNETS),
    ],
)
def test_later_starts_leave_out_the_zones_that_failed_as_long_as_there_are_others(failed: list[str], left: list[str]) -> None:
    planned, *others = choices(request(Ec2SubnetIds=SUBNETS), failed)

    assert planned.request["Instances"]["Ec2SubnetIds"] == SUBNETS
    assert others[0].words == ("in another zone" if left != SUBNETS else "once more")
    assert all(other.request["Instances"]["Ec2SubnetIds"] == left for other in others if "as planned" not in other.words)


@pytest.mark.parametrize("subnets", [{}, {"Ec2SubnetIds": ["subnet-1"]}, {"Ec2SubnetId": "subnet-1"}])
def test_where_there_is_no_other_zone_none_is_tried(subnets: dict[str, Any]) -> None:
    assert "in another zone" not in [choice.words for choice in choices(request(**subnets), ["subnet-1"])]


def test_instance_groups_take_one_subnet_and_the_next_one_after_it_failed() -> None:
    asked = ClusterSpec(subnets=SUBNETS, template={"Instances": {"InstanceGroups": GROUPS}}).request("run", BASE)

    first, second = (next_choice(asked, start, failed) for start, failed in ((1, []), (2, ["subnet-1"])))

    assert first and first.request["Instances"]["Ec2SubnetId"] == "subnet-1" and "Ec2SubnetIds" not in first.request["Instances"]
    assert second and second.request["Instances"]["Ec2SubnetId"] == "subnet-2"


@pytest.mark.parametrize("instances", [{}, {"InstanceGroups": GROUPS}, {"InstanceFleets": [MASTER, SPOT_FLEET]}])
def test_other_types_are_as_large_as_those_that_were_asked_for(instances: dict[str, Any]) -> None:
    asked = request(**instances)
    planned, other = (next(choice for choice in choices(asked) if words in choice.words) for words in ("as planned", "other types"))

    sizes = [{(known.gib, known.vcpus) for known in map(machine, types(choice)) if known} for choice in (planned, other)]
    assert planned.request != other.request and sizes[0] == sizes[1]


def test_a_fleet_gets_no_more_types_than_emr_takes() -> None:
    wide = {**MASTER, "InstanceTypeConfigs": [{"InstanceType": type_} for type_ in ("m5.xlarge", "r5.xlarge")]}

    other = next(choice for choice in choices(request(InstanceFleets=[wide])) if "other types" in choice.words)

    assert len(types(other)) == 5 and not types(other) & {"m5.xlarge", "r5.xlarge"}


def test_what_is_said_of_a_machine_holds_for_the_one_in_its_place() -> None:
    disk = {"EbsBlockDeviceConfigs": [{"VolumeSpecification": {"VolumeType": "gp3", "SizeInGB": 100}}]}
    fleet = {**MASTER, "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge", "WeightedCapacity": 4, "EbsConfiguration": disk}]}

    other = next(choice for choice in choices(request(InstanceFleets=[fleet])) if "other types" in choice.words)

    (changed,) = other.request["Instances"]["InstanceFleets"]
    assert all((each["WeightedCapacity"], each["EbsConfiguration"]) == (4, disk) for each in changed["InstanceTypeConfigs"])


def test_a_machine_that_is_not_known_keeps_its_place() -> None:
    asked = request(InstanceGroups=[{"InstanceRole": "MASTER", "InstanceType": "z9.huge", "InstanceCount": 1}])

    assert {frozenset(types(choice)) for choice in choices(asked)} == {frozenset({"z9.huge"})}


def test_a_spot_fleet_is_as_large_on_demand_and_nothing_is_said_of_spot_any_more() -> None:
    on_demand = next(choice for choice in choices(request(InstanceFleets=[MASTER, SPOT_FLEET])) if choice.words == "on demand")

    master, task = on_demand.request["Instances"]["InstanceFleets"]
    assert master == MASTER
    assert task == {
        "InstanceFleetType": "TASK",
        "TargetOnDemandCapacity": 5,
        "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge", "WeightedCapacity": 1}],
    }


def test_a_fleet_of_many_types_still_says_how_to_choose_among_them() -> None:
    many = [{"InstanceType": f"{family}.xlarge"} for family in ("m5", "m5a", "m6i", "m6a", "m5d", "m4")]
    asked = request(InstanceFleets=[MASTER, {**SPOT_FLEET, "InstanceTypeConfigs": many}])

    on_demand = next(choice for choice in choices(asked) if choice.words == "on demand")

    assert on_demand.request["Instances"]["InstanceFleets"][1]["LaunchSpecifications"] == {
        "OnDemandSpecification": {"AllocationStrategy": "lowest-price"}
    }


def test_a_spot_group_becomes_one_on_demand_without_a_bid() -> None:
    on_demand = next(choice for choice in choices(request(InstanceGroups=GROUPS)) if choice.words == "on demand")

    assert on_demand.request["Instances"]["InstanceGroups"][1] == {
        "InstanceRole": "CORE", "InstanceType": "r5.xlarge", "InstanceCount": 4, "Market": "ON_DEMAND"
    }  # fmt: skip


@pytest.mark.parametrize("instances", [{"Ec2SubnetIds": SUBNETS}, {"InstanceGroups": GROUPS}, {"InstanceFleets": [MASTER, SPOT_FLEET]}])
def test_nothing_but_the_machines_and_their_place_is_ever_changed(instances: dict[str, Any]) -> None:
    template = {"SecurityConfiguration": "mine", "Tags": [{"Key": "team", "Value": "data"}], "Instances": {"Ec2KeyName": "k", **instances}}
    asked = ClusterSpec(template=template, service_role="S", instance_profile="P").request("run", BASE)
    before = deepcopy(asked)

    for choice in choices(asked, ["subnet-1"]):
        assert {**choice.request, "Instances": 0} == {**asked, "Instances": 0}
        assert choice.request["Instances"]["Ec2KeyName"] == "k"
    assert asked == before
