from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.core.cluster import OWNER_TAG, ClusterSpec, subnets_of

from .makers import BASE


def request(**values: Any) -> dict[str, Any]:
    return ClusterSpec(**values).request("run", BASE / "logs")


def test_a_cluster_says_whose_it_is_and_ends_itself_when_idle() -> None:
    asked = request(idle_minutes=15)

    assert "Name" not in asked  # each start has one of its own
    assert asked["Tags"] == [{"Key": OWNER_TAG, "Value": "run"}]
    assert asked["AutoTerminationPolicy"] == {"IdleTimeout": 900}
    assert asked["Instances"]["KeepJobFlowAliveWhenNoSteps"] is True


@pytest.mark.parametrize(
    "template",
    [
        pytest.param({"Name": "mine"}, id="name"),
        pytest.param({"Instances": {"KeepJobFlowAliveWhenNoSteps": False}}, id="keep alive"),
        pytest.param({"Instances": {"TerminationProtected": True}}, id="protected"),
        pytest.param({"AutoTerminationPolicy": None}, id="no auto-termination"),
        pytest.param({"Tags": [{"Key": "team", "Value": "data"}]}, id="tags"),
    ],
)
def test_no_template_takes_away_what_keeps_a_cluster_from_being_left_behind(template: dict[str, Any]) -> None:
    asked = request(template=template)

    assert "Name" not in asked
    assert asked["Instances"]["KeepJobFlowAliveWhenNoSteps"] is True and asked["Instances"]["TerminationProtected"] is False
    assert asked["AutoTerminationPolicy"]["IdleTimeout"] == 1800
    assert {"Key": OWNER_TAG, "Value": "run"} in asked["Tags"]


def test_the_template_wins_over_the_defaults_and_leaves_the_rest() -> None:
    tag = {"Key": "team", "Value": "data"}
    template = {"ReleaseLabel": "emr-7.1.0", "Instances": {"Ec2KeyName": "k"}, "Tags": [tag], "AutoTerminationPolicy": {"IdleTimeout": 60}}

    asked = request(template=template)

    assert (asked["ReleaseLabel"], asked["Instances"]["Ec2KeyName"], asked["AutoTerminationPolicy"]) == ("emr-7.1.0", "k", {"IdleTimeout": 60})
    assert asked["Tags"] == [tag, {"Key": OWNER_TAG, "Value": "run"}]
    assert len(asked["Instances"]["InstanceFleets"]) == 2 and asked["LogUri"] == "s3://backups/dynamodb/logs/"


def test_a_template_is_used_for_many_clusters_and_stays_as_it_was() -> None:
    template: dict[str, Any] = {"Tags": [], "Instances": {"Ec2KeyName": "k"}}
    spec = ClusterSpec(template=template)

    first, second = spec.request("a", BASE), spec.request("b", BASE)

    assert template == {"Tags": [], "Instances": {"Ec2KeyName": "k"}}
    assert (first["Tags"][0]["Value"], second["Tags"][0]["Value"]) == ("a", "b")


def test_instance_groups_replace_the_fleets() -> None:
    groups = [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}]

    asked = request(template={"Instances": {"InstanceGroups": groups}})

    assert asked["Instances"]["InstanceGroups"] == groups and "InstanceFleets" not in asked["Instances"]


def test_one_primary_and_as_many_core_nodes_as_wanted_are_on_demand() -> None:
    fleets = request(instance_type="r5.xlarge", core_nodes=7)["Instances"]["InstanceFleets"]

    assert [(fleet["InstanceFleetType"], fleet["TargetOnDemandCapacity"]) for fleet in fleets] == [("MASTER", 1), ("CORE", 7)]
    assert {config["InstanceType"] for fleet in fleets for config in fleet["InstanceTypeConfigs"]} == {"r5.xlarge"}


def test_steps_run_side_by_side_as_told() -> None:
    assert request(concurrency=33)["StepConcurrencyLevel"] == 33


def test_a_lane_costs_its_share_of_all_machines() -> None:
    assert ClusterSpec(core_nodes=4, concurrency=6).lane_dollars == pytest.approx(5 * 0.24 / 6)
    assert ClusterSpec(instance_type="z9.huge").lane_dollars == 0


@pytest.mark.parametrize(
    ("values", "subnets"),
    [
        pytest.param({}, [], id="none"),
        pytest.param({"subnets": ["subnet-1", "subnet-2"]}, ["subnet-1", "subnet-2"], id="settings"),
        pytest.param({"template": {"Instances": {"Ec2SubnetId": "subnet-3"}}}, ["subnet-3"], id="template"),
        pytest.param({"template": {"Instances": {"Ec2SubnetIds": ["subnet-4"]}}, "subnets": ["subnet-1"]}, ["subnet-4"], id="template wins"),
    ],
)
def test_subnets_are_those_of_the_settings_or_the_template(values: dict[str, Any], subnets: list[str]) -> None:
    assert subnets_of(request(**values)) == subnets


def test_a_long_run_id_fits_into_a_tag() -> None:
    asked = ClusterSpec().request("r" * 300, BASE)

    assert len(asked["Tags"][0]["Value"]) == 256
