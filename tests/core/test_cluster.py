from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.core.cluster import OWNER_TAG, ClusterSpec, subnets_of
from airflow_dynamodb_emr.core.fleet import Work
from airflow_dynamodb_emr.core.layout import S3Uri

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
    assert len(asked["Instances"]["InstanceFleets"]) == 3 and asked["LogUri"] == "s3://backups/dynamodb/logs/"


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
    fleets = request(instance_type="r5.xlarge", core_nodes=7, spot=False)["Instances"]["InstanceFleets"]

    assert [(fleet["InstanceFleetType"], fleet["TargetOnDemandCapacity"]) for fleet in fleets] == [("MASTER", 1), ("CORE", 7)]
    assert {config["InstanceType"] for fleet in fleets for config in fleet["InstanceTypeConfigs"]} == {"r5.xlarge"}


def test_steps_run_side_by_side_as_told() -> None:
    assert request(concurrency=33)["StepConcurrencyLevel"] == 33


def test_the_workers_that_hold_no_application_masters_are_spot_machines_of_several_types() -> None:
    master, core, task = request(core_nodes=7, concurrency=20)["Instances"]["InstanceFleets"]

    assert (master["TargetOnDemandCapacity"], core["TargetOnDemandCapacity"], task["TargetSpotCapacity"]) == (1, 2, 5)
    assert len(task["InstanceTypeConfigs"]) > 3 and "TargetOnDemandCapacity" not in task
    assert task["LaunchSpecifications"]["SpotSpecification"] == {
        "TimeoutDurationMinutes": 10,
        "TimeoutAction": "SWITCH_TO_ON_DEMAND",
        "AllocationStrategy": "price-capacity-optimized",
    }


@pytest.mark.parametrize(
    "values", [{"spot": False}, {"core_nodes": 1}, {"core_nodes": 2, "concurrency": 24}], ids=["not wanted", "one node", "all hold masters"]
)
def test_without_spot_machines_there_is_no_task_fleet(values: dict[str, Any]) -> None:
    asked = request(**values)

    assert [fleet["InstanceFleetType"] for fleet in asked["Instances"]["InstanceFleets"]] == ["MASTER", "CORE"]
    assert asked["Configurations"] == [
        {"Classification": "capacity-scheduler", "Properties": {"yarn.scheduler.capacity.maximum-am-resource-percent": "0.5"}}
    ]


def test_application_masters_stay_on_the_core_nodes_where_the_others_may_be_lost() -> None:
    scheduler, yarn = request()["Configurations"]

    assert scheduler["Properties"] == {"yarn.scheduler.capacity.maximum-am-resource-percent": "1"}
    assert yarn == {
        "Classification": "yarn-site",
        "Properties": {"yarn.node-labels.enabled": "true", "yarn.node-labels.am.default-node-label-expression": "CORE"},
    }


def test_what_settings_or_template_fix_of_the_size_is_kept() -> None:
    works = [Work(f"t{number}", 600.0, 3, 2.0) for number in range(40)]
    groups = [
        {"InstanceRole": "MASTER", "InstanceType": "r5.xlarge", "InstanceCount": 1},
        {"InstanceRole": "CORE", "InstanceType": "m5.2xlarge", "InstanceCount": 3},
    ]

    by_settings = ClusterSpec(core_nodes=5, concurrency=7, instance_type="r5.xlarge").size(works)
    by_template = ClusterSpec(core_nodes=5, concurrency=7, template={"StepConcurrencyLevel": 9, "Instances": {"InstanceGroups": groups}})

    assert (by_settings.nodes, by_settings.concurrency, by_settings.worker_type) == (5, 7, "r5.xlarge")
    size = by_template.size(works)
    assert (size.nodes, size.concurrency, size.primary_type, size.worker_type) == (3, 9, "r5.xlarge", "m5.2xlarge")
    assert by_template.spot_nodes(size) == 0
    assert by_template.request("run", BASE, size)["StepConcurrencyLevel"] == 9


def test_a_tag_of_ours_in_a_template_gives_way() -> None:
    assert request(template={"Tags": [{"Key": OWNER_TAG, "Value": "another"}]})["Tags"] == [{"Key": OWNER_TAG, "Value": "run"}]


def test_logs_go_where_the_template_says() -> None:
    spec = ClusterSpec(template={"LogUri": "s3://other/logs/"})

    assert spec.logs(BASE) == S3Uri("other", "logs") and ClusterSpec().logs(BASE) == BASE
    assert spec.request("run", BASE)["LogUri"] == "s3://other/logs/"


def test_an_hour_of_a_table_costs_its_share_of_all_machines() -> None:
    assert ClusterSpec(core_nodes=4, concurrency=6).step_hour_dollars == pytest.approx(5 * 0.24 / 6)
    assert ClusterSpec().step_hour_dollars == pytest.approx(0.24 * (0.5 / 10 + 2.5 / 12))
    assert ClusterSpec(instance_type="z9.huge").step_hour_dollars == 0


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
