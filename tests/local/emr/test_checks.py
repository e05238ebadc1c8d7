"""What EMR refuses before it does anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import RunCluster, refusal, step, until

GROUP = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}


FLEET = {"InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param({"Instances": {"InstanceGroups": [GROUP], "InstanceFleets": [FLEET]}}, "mutually exclusive", id="groups and fleets"),
        pytest.param({"StepConcurrencyLevel": 257}, "between 1 and 256", id="concurrency"),
        pytest.param({"ServiceRole": "Nobody"}, "Nobody is invalid", id="role"),
        pytest.param({"JobFlowRole": "Nobody"}, "Invalid InstanceProfile: Nobody", id="instance profile"),
        pytest.param({"Instances": {"InstanceGroups": [GROUP], "Ec2SubnetId": "subnet-none"}}, "subnet-none", id="subnet"),
        pytest.param({"AutoTerminationPolicy": {"IdleTimeout": 59}}, "IdleTimeout", id="idle time"),
    ],
)
def test_a_cluster_that_cannot_be_is_refused(run_cluster: RunCluster, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message) as error:
        run_cluster(**more)

    assert refusal(error) == "ValidationException"


def test_a_subnet_that_exists_is_taken(shared: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    subnet = shared.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]

    cluster = run_cluster(Instances={"InstanceGroups": [GROUP], "Ec2SubnetId": subnet})

    assert emr.describe_cluster(ClusterId=cluster)["Cluster"]["Ec2InstanceAttributes"]["Ec2SubnetId"] == subnet


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("describe_cluster", {"ClusterId": "j-NONE"}),
        ("list_steps", {"ClusterId": "j-NONE"}),
        ("describe_step", {"ClusterId": "j-NONE", "StepId": "s-NONE"}),
        ("cancel_steps", {"ClusterId": "j-NONE", "StepIds": ["s-NONE"]}),
        ("add_job_flow_steps", {"JobFlowId": "j-NONE", "Steps": []}),
        ("terminate_job_flows", {"JobFlowIds": ["j-NONE"]}),
    ],
)
def test_an_unknown_cluster_is_a_bad_request(emr: Any, operation: str, request_: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as error:
        getattr(emr, operation)(**request_)

    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refusal(error) in ("InvalidRequestException", "ValidationException")


def test_256_steps_may_be_active_and_one_that_is_being_cancelled_is(emr: Any, run_cluster: RunCluster, tmp_path: Path) -> None:
    cluster = run_cluster(steps=[["stubborn", str(tmp_path / "pid")]])
    until((tmp_path / "pid").exists)
    emr.cancel_steps(ClusterId=cluster, StepIds=[emr.list_steps(ClusterId=cluster)["Steps"][0]["Id"]])

    with pytest.raises(ClientError, match=r"Maximum number of active steps\(State = 'Running', 'Pending' or 'Cancel_Pending'\) for cluster exceeded"):
        emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step("x", ["say", "x"])] * 256)

    assert len(emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step("x", ["say", "x"])] * 255)["StepIds"]) == 255
    assert emr.list_steps(ClusterId=cluster, StepStates=["CANCEL_PENDING"])["Steps"]


def test_a_dead_cluster_takes_no_steps(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster()
    emr.terminate_job_flows(JobFlowIds=[cluster])

    with pytest.raises(ClientError) as error:
        emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step("x", ["say", "x"])])

    assert refusal(error) == "ValidationException"


def test_side_by_side_only_continue_is_allowed(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(StepConcurrencyLevel=2)

    with pytest.raises(ClientError, match="other than CONTINUE"):
        emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step("x", ["say", "x"], "TERMINATE_CLUSTER")])
