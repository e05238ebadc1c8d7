from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.core.template import Given, given, merged

DEFAULT: dict[str, Any] = {
    "Applications": [{"Name": "Hadoop"}],
    "Configurations": [{"Classification": "yarn-site", "Properties": {"a": "1", "b": "1"}}],
    "Instances": {"InstanceFleets": ["ours"]},
}
GROUPS = [
    {"InstanceRole": "MASTER", "InstanceType": "m5.2xlarge", "InstanceCount": 1},
    {"InstanceRole": "CORE", "InstanceType": "r5.xlarge", "InstanceCount": 2},
    {"InstanceRole": "TASK", "InstanceType": "m4.xlarge", "InstanceCount": 3},
]
FLEETS = [
    {"InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1, "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge"}]},
    {
        "InstanceFleetType": "CORE",
        "TargetOnDemandCapacity": 4,
        "TargetSpotCapacity": 5,
        "InstanceTypeConfigs": [{"InstanceType": "r5.2xlarge", "WeightedCapacity": 4}, {"InstanceType": "r5.xlarge", "WeightedCapacity": 2}],
    },
]


def test_a_classification_is_said_once_and_the_template_wins() -> None:
    theirs = [{"Classification": "yarn-site", "Properties": {"b": "2"}}, {"Classification": "core-site", "Properties": {"c": "3"}}]

    request = merged(DEFAULT, {"Configurations": theirs})

    assert request["Configurations"] == [
        {"Classification": "yarn-site", "Properties": {"a": "1", "b": "2"}},
        {"Classification": "core-site", "Properties": {"c": "3"}},
    ]


@pytest.mark.parametrize(
    ("theirs", "names"),
    [
        pytest.param([], ["Hadoop"], id="none"),
        pytest.param([{"Name": "Hive"}], ["Hadoop", "Hive"], id="another"),
        pytest.param([{"Name": "hadoop"}, {"Name": "Spark"}], ["hadoop", "Spark"], id="Hadoop too"),
    ],
)
def test_hadoop_is_there_whatever_else_is(theirs: list[dict[str, str]], names: list[str]) -> None:
    assert [each["Name"] for each in merged(DEFAULT, {"Applications": theirs})["Applications"]] == names


@pytest.mark.parametrize("instances", [{"InstanceGroups": GROUPS}, {"InstanceCount": 3}, {"MasterInstanceType": "m5.xlarge"}])
def test_machines_of_another_form_replace_our_fleets(instances: dict[str, Any]) -> None:
    assert merged(DEFAULT, {"Instances": instances})["Instances"] == instances


@pytest.mark.parametrize(
    "field",
    [{"BootstrapActions": [{"Name": "b"}]}, {"ManagedScalingPolicy": {"x": 1}}, {"SecurityConfiguration": "s"}, {"Instances": {"Ec2KeyName": "k"}}],
)
def test_anything_else_is_as_the_template_says(field: dict[str, Any]) -> None:
    request = merged(DEFAULT, field)

    assert all(request[name] == value or request[name] == {**DEFAULT["Instances"], **value} for name, value in field.items())


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        pytest.param({}, Given(), id="nothing"),
        pytest.param({"StepConcurrencyLevel": 7}, Given(concurrency=7), id="concurrency"),
        pytest.param({"Instances": {"Ec2KeyName": "k"}}, Given(), id="something else"),
        pytest.param({"Instances": {"InstanceGroups": GROUPS}}, Given(nodes=5, primary="m5.2xlarge", worker="r5.xlarge"), id="groups"),
        pytest.param({"Instances": {"InstanceGroups": GROUPS[:1]}}, Given(nodes=1, primary="m5.2xlarge", worker="m5.2xlarge"), id="a primary alone"),
        pytest.param({"Instances": {"InstanceFleets": FLEETS}}, Given(nodes=3, primary="m5.xlarge", worker="r5.2xlarge"), id="fleets"),
        pytest.param(
            {"Instances": {"InstanceCount": 4, "MasterInstanceType": "m5.xlarge", "SlaveInstanceType": "r5.xlarge"}},
            Given(nodes=3, primary="m5.xlarge", worker="r5.xlarge"),
            id="a count",
        ),
    ],
)
def test_a_template_fixes_what_it_says_of_the_size(template: dict[str, Any], wanted: Given) -> None:
    assert given(template) == wanted
