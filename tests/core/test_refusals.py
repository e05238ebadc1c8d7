from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.refusals import refusals

from .makers import BASE

MASTER: dict[str, Any] = {"InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1, "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge"}]}
CORE: dict[str, Any] = {**MASTER, "InstanceFleetType": "CORE"}
GROUP: dict[str, Any] = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
SIX = [{"InstanceType": f"m{number}.xlarge"} for number in range(6)]
STRATEGY = {"OnDemandSpecification": {"AllocationStrategy": "lowest-price"}}
FLEETS = "Instances.InstanceFleets"


def found(template: dict[str, Any]) -> list[str]:
    return [f"{field}: {why}" for field, why in refusals(ClusterSpec(template=template).request("run", BASE))]


def fleets(*fleets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Instances": {"InstanceFleets": list(fleets)}, **more}


@pytest.mark.parametrize(
    "template",
    [
        {},
        {"StepConcurrencyLevel": 256},
        {"Instances": {"InstanceGroups": [GROUP]}},
        {"Instances": {"InstanceCount": 3}},
        fleets(MASTER, {**CORE, "InstanceTypeConfigs": SIX, "LaunchSpecifications": STRATEGY}),
        {"ManagedScalingPolicy": {"ComputeLimits": {"UnitType": "InstanceFleetUnits"}}},
        {"Steps": [{"Name": "s", "ActionOnFailure": "CONTINUE"}]},
    ],
)
def test_what_emr_takes_is_taken(template: dict[str, Any]) -> None:
    assert found(template) == []


@pytest.mark.parametrize(
    ("template", "facts"),
    [
        pytest.param({"StepConcurrencyLevel": 257}, "StepConcurrencyLevel: 257 is not from 1 to 256", id="concurrency"),
        pytest.param(
            {"AutoTerminationPolicy": {"IdleTimeout": 5}}, "AutoTerminationPolicy.IdleTimeout: 5 is not from 60 to 604800 seconds", id="idle"
        ),
        pytest.param(
            {"Instances": {"InstanceGroups": [GROUP], "InstanceFleets": [MASTER]}},
            "Instances: it has both InstanceGroups and InstanceFleets",
            id="groups and fleets",
        ),
        pytest.param(fleets(CORE), f"{FLEETS}: it has 0 of InstanceFleetType MASTER, not one", id="no primary"),
        pytest.param({"Applications": [{"Version": "1"}]}, "Applications[1]: Name is missing", id="no application"),
        pytest.param({"Configurations": [{"Properties": {}}]}, "Configurations[2]: Classification is missing", id="no classification"),
        pytest.param({"Tags": [{"Value": "v"}]}, "Tags[0]: Key is missing", id="no key"),
        pytest.param(fleets({**MASTER, "TargetOnDemandCapacity": 3}), f"{FLEETS}[0].TargetOnDemandCapacity: the primary's is 3, not 1", id="three"),
        pytest.param(
            fleets(MASTER, {**CORE, "InstanceTypeConfigs": []}), f"{FLEETS}[1].InstanceTypeConfigs: it names no type of machine", id="no type"
        ),
        pytest.param(
            fleets(MASTER, {**CORE, "InstanceTypeConfigs": SIX}),
            f"{FLEETS}[1].InstanceTypeConfigs: 6 types are more than the 5 that EMR takes without an allocation strategy",
            id="six types",
        ),
        pytest.param(
            fleets(MASTER, {**CORE, "LaunchSpecifications": {"SpotSpecification": {"TimeoutDurationMinutes": 1}}}),
            f"{FLEETS}[1].LaunchSpecifications.SpotSpecification.TimeoutDurationMinutes: 1 is not from 5 to 1440",
            id="no time for spot",
        ),
        pytest.param(
            {"ManagedScalingPolicy": {"ComputeLimits": {"UnitType": "VCPU"}}},
            "ManagedScalingPolicy.ComputeLimits.UnitType: 'VCPU' is not for instance fleets",
            id="scaling by another unit",
        ),
        pytest.param(
            {"Steps": [{"Name": "s", "ActionOnFailure": "TERMINATE_CLUSTER"}]},
            "Steps[0].ActionOnFailure: 'TERMINATE_CLUSTER' is not CONTINUE, which steps that run side by side must have",
            id="a step that ends the cluster",
        ),
    ],
)
def test_what_emr_refuses_is_said_with_the_field_and_its_value(template: dict[str, Any], facts: str) -> None:
    assert facts in found(template)
