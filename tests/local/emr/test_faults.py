"""What a test makes go wrong with clusters and steps."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.emr.states import all_ended, ended, ready, states, status
from tests.local.helpers import JAR, RunCluster, step, until


def test_a_cluster_fails_to_start_when_a_test_asks_for_it(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(fail_clusters=1)
    unlucky = run_cluster(steps=[["say", "x"]])

    assert ended(emr, unlucky)["State"] == "TERMINATED_WITH_ERRORS"
    assert status(emr, unlucky)["StateChangeReason"]["Code"] == "INSTANCE_FAILURE"
    assert [step["Status"]["State"] for step in emr.list_steps(ClusterId=unlucky)["Steps"]] == ["CANCELLED"]


def test_a_reclaimed_cluster_interrupts_its_steps(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(reclaim_clusters=1)
    cluster = run_cluster(steps=[["say", "x"]])

    assert ended(emr, cluster)["State"] == "TERMINATED_WITH_ERRORS"
    assert [step["Status"]["State"] for step in emr.list_steps(ClusterId=cluster)["Steps"]] == ["INTERRUPTED"]


def test_a_bootstrap_action_fails_on_the_primary_node(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(fail_bootstrap={"nightly": 1})
    unlucky, lucky = run_cluster(Name="nightly", steps=[["say", "x"]]), run_cluster(Name="other")

    assert ended(emr, unlucky)["State"] == "TERMINATED_WITH_ERRORS"
    primary = emr.list_instances(ClusterId=unlucky)["Instances"][0]["Ec2InstanceId"]
    assert status(emr, unlucky)["StateChangeReason"] == {
        "Code": "BOOTSTRAP_FAILURE",
        "Message": f"On the master instance ({primary}), bootstrap action 1 returned a non-zero return code",
    }
    assert states(emr, unlucky) == ["CANCELLED"]
    ready(emr, lucky)


def test_a_cluster_that_loses_its_primary_node_ends_with_its_steps(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(kill_primary={"nightly": 1})
    cluster = run_cluster(Name="nightly", steps=[["wait"], ["say", "x"]])

    assert ended(emr, cluster)["State"] == "TERMINATED_WITH_ERRORS"
    assert status(emr, cluster)["StateChangeReason"]["Code"] == "INSTANCE_FAILURE"
    assert states(emr, cluster) == ["INTERRUPTED", "CANCELLED"]


def test_a_step_fails_or_hangs_as_often_as_a_test_asks(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(fail_steps={"orders": 1}, hang_steps={"nightly/*": 1})
    steps = [
        step("run/orders/1", ["say", "-Dx=y", "s3://b/f", "orders"]),
        step("run/orders/2", ["say", "s3://b/f", "orders"]),
        step("nightly/x", ["say", "x"]),
    ]
    cluster = run_cluster(Steps=steps)

    until(lambda: states(emr, cluster) == ["FAILED", "COMPLETED", "RUNNING"])
    emr.terminate_job_flows(JobFlowIds=[cluster])
    assert all_ended(emr, cluster)[2] == "CANCELLED"


@pytest.mark.parametrize("option", ["SEND_INTERRUPT", "TERMINATE_PROCESS"])
@pytest.mark.parametrize("fault", [{"hang_steps": 1}, {"slow_steps": {"step *": 60}}], ids=["hangs", "is slow"])
def test_a_step_that_hangs_or_is_slow_can_be_cancelled(aws: StandIn, emr: Any, run_cluster: RunCluster, fault: dict[str, Any], option: str) -> None:
    aws.faults(**fault)
    cluster = run_cluster(steps=[["say", "x"]])
    until(lambda: states(emr, cluster) == ["RUNNING"])

    emr.cancel_steps(ClusterId=cluster, StepIds=[emr.list_steps(ClusterId=cluster)["Steps"][0]["Id"]], StepCancellationOption=option)

    assert all_ended(emr, cluster) == ["CANCELLED"]


def test_steps_are_slow_until_the_fault_is_cleared(aws: StandIn, emr: Any, run_cluster: RunCluster) -> None:
    aws.faults(slow_steps={"orders": 60})
    slow = [step(name, ["say", "s3://b/f", "orders"]) for name in ("a", "b")]
    cluster = run_cluster(Steps=[*slow, step("c", ["say", "x"])], StepConcurrencyLevel=3)
    until(lambda: states(emr, cluster) == ["RUNNING", "RUNNING", "COMPLETED"])

    aws.faults(slow_steps={})
    emr.add_job_flow_steps(JobFlowId=cluster, Steps=slow[:1])

    until(lambda: states(emr, cluster) == ["RUNNING", "RUNNING", "COMPLETED", "COMPLETED"])


def test_data_files_vanish_after_a_dump_when_a_test_asks(aws: StandIn, emr: Any, s3: Any, run_cluster: RunCluster) -> None:
    aws.faults(lose_data={"orders": 2})
    cluster = run_cluster(Steps=[step("x", ["write", "s3://local-backups/dump", "orders"], jar=JAR)])

    assert all_ended(emr, cluster) == ["COMPLETED"]
    left = [one["Key"] for one in s3.list_objects_v2(Bucket="local-backups", Prefix="dump/")["Contents"]]
    assert left == ["dump/_SUCCESS", "dump/c", "dump/manifest"]
