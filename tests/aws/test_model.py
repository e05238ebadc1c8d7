from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.aws.model import check_request, check_template
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.starting import choices
from airflow_dynamodb_emr.errors import BadInput

from .helpers import refusal

GROUPS = [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1, "Market": "SPOT", "BidPrice": "0.1"}]


@pytest.mark.parametrize(
    "spec",
    [
        ClusterSpec(),
        ClusterSpec(spot=False, subnets=["subnet-1", "subnet-2"]),
        ClusterSpec(template={"Instances": {"InstanceGroups": GROUPS}}),
        ClusterSpec(template={"ManagedScalingPolicy": {"ComputeLimits": {"UnitType": "VCPU", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 9}}}),
    ],
)
def test_every_request_that_is_ever_made_is_one_of_the_models(spec: ClusterSpec) -> None:
    check_template(spec.template, "it")
    for choice in choices(spec.request("run", S3Uri("b", "logs")), ["subnet-1"]):
        check_request(choice.request, "it")


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"Instnces": {}}, "Instnces: there is no such field", "did you mean Instances?"),
    ({"Instances": 5}, "Instances: 5 is not an object", "API_RunJobFlow"),
    ({"Instances": {"InstanceFleets": "three"}}, "Instances.InstanceFleets: 'three' is not a list", "API_RunJobFlow"),
    ({"ReleaseLabel": 7.13}, "ReleaseLabel: 7.13 is not a text", "API_RunJobFlow"),
    ({"StepConcurrencyLevel": "10"}, "StepConcurrencyLevel: '10' is not a whole number", "API_RunJobFlow"),
    ({"StepConcurrencyLevel": True}, "StepConcurrencyLevel: True is not a whole number", "API_RunJobFlow"),
    ({"VisibleToAllUsers": "yes"}, "VisibleToAllUsers: 'yes' is not true or false", "API_RunJobFlow"),
    ({"AutoTerminationPolicy": None}, "AutoTerminationPolicy: None is not an object", "API_RunJobFlow"),
    (
        {"Instances": {"InstanceGroups": [{**GROUPS[0], "Market": "CHEAP"}]}},
        "Instances.InstanceGroups[0].Market: 'CHEAP' is not one of ON_DEMAND, SPOT",
        "API_RunJobFlow",
    ),
    (
        {"Instances": {"InstanceFleets": [{"InstanceFleetType": "CORE", "TargetSpotCapacity": -1}]}},
        "Instances.InstanceFleets[0].TargetSpotCapacity: -1 is less than 0",
        "API_RunJobFlow",
    ),
    (
        {"Instances": {"InstanceFleets": [{"InstanceFleetType": "CORE", "LaunchSpecifications": {"SpotSpecification": {"TimeoutAction": "WAIT"}}}]}},
        "Instances.InstanceFleets[0].LaunchSpecifications.SpotSpecification: TimeoutDurationMinutes is missing",
        "API_RunJobFlow",
    ),
    ({"BootstrapActions": [{"Name": "b", "ScriptBootstrapAction": {}}]}, "BootstrapActions[0].ScriptBootstrapAction: Path is missing", "API"),
    ({"BootstrapActions": [{"Name": "b"}]}, "BootstrapActions[0]: ScriptBootstrapAction is missing", "API_RunJobFlow"),
    ({"Configurations": [{"Properties": {"a": 1}}]}, "Configurations[0].Properties.a: 1 is not a text", "API_RunJobFlow"),
    ({"SecurityConfiguration": "s" * 10_281}, f"SecurityConfiguration: '{'s' * 40}' is more than 10280 characters", "API_RunJobFlow"),
]


@pytest.mark.parametrize(("template", "facts", "hint"), BAD, ids=[facts[:60] for _, facts, _ in BAD])
def test_a_template_that_is_wrong_is_refused_in_one_line_with_field_and_value(template: dict[str, Any], facts: str, hint: str) -> None:
    with pytest.raises(BadInput) as raised:
        check_template(template, "cluster_template")

    assert refusal(raised)[0] == f"cluster_template: {facts}" and hint in raised.value.hint


def test_of_a_whole_request_nothing_may_be_missing() -> None:
    with pytest.raises(BadInput) as raised:
        check_request({"ReleaseLabel": "emr-7.13.0"}, "it")

    assert refusal(raised)[0] == "it: the request: Instances is missing"
