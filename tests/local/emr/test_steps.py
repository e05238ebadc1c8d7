"""Steps of the stand-in: they really run, in order or side by side, and leave logs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.emr.states import all_ended, log, states
from tests.local.helpers import RunCluster, step, until

LOGS = "local-backups"


def last(emr: Any, cluster: str) -> Any:
    return emr.list_steps(ClusterId=cluster)["Steps"][0]


def test_a_step_runs_and_ships_its_output(emr: Any, s3: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(steps=[["say", "hello"]])

    assert all_ended(emr, cluster) == ["COMPLETED"]
    assert log(s3, cluster, last(emr, cluster)["Id"], "stdout") == "hello\n"
    assert log(s3, cluster, last(emr, cluster)["Id"], "stderr") == "counted\n"


def test_a_failed_step_tells_why_and_the_next_one_runs(emr: Any, s3: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(steps=[["fail"], ["say", "x"]])

    assert all_ended(emr, cluster) == ["FAILED", "COMPLETED"]
    failed = emr.list_steps(ClusterId=cluster)["Steps"][1]
    details = failed["Status"]["FailureDetails"]
    assert details["Message"] == "no space left on device"
    assert details["LogFile"] == f"s3://{LOGS}/logs/{cluster}/steps/{failed['Id']}/stderr.gz"
    assert log(s3, cluster, failed["Id"], "stderr") == "no space left on device\n"


def test_logs_come_late_when_a_test_asks_for_it(aws: StandIn, emr: Any, s3: Any, run_cluster: RunCluster) -> None:
    aws.set(log_delay_seconds=0.7)
    cluster = run_cluster(steps=[["say", "late"]])
    all_ended(emr, cluster)
    folder = f"logs/{cluster}/"

    assert s3.list_objects_v2(Bucket=LOGS, Prefix=folder)["KeyCount"] == 0
    assert until(lambda: s3.list_objects_v2(Bucket=LOGS, Prefix=folder)["KeyCount"] == 3)


def test_steps_run_side_by_side_up_to_the_concurrency(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(steps=[["wait"]] * 5, StepConcurrencyLevel=3)

    until(lambda: Counter(states(emr, cluster)) == {"RUNNING": 3, "PENDING": 2})


@pytest.mark.parametrize("word", ["wait", "stubborn"])
def test_a_terminated_cluster_leaves_no_process(emr: Any, run_cluster: RunCluster, tmp_path: Path, word: str) -> None:
    cluster = run_cluster(steps=[[word, str(tmp_path / "pid")], ["say", "x"]])
    pid = until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())

    emr.terminate_job_flows(JobFlowIds=[cluster])

    assert all_ended(emr, cluster) == ["CANCELLED", "CANCELLED"]
    until(lambda: not Path(f"/proc/{pid}").exists())


@pytest.mark.parametrize("option", ["SEND_INTERRUPT", "TERMINATE_PROCESS"])
def test_steps_can_be_cancelled(emr: Any, run_cluster: RunCluster, option: str) -> None:
    cluster = run_cluster(steps=[["wait"], ["say", "x"], ["say", "y"]])
    until(lambda: states(emr, cluster)[0] == "RUNNING")
    third, second, first = [one["Id"] for one in emr.list_steps(ClusterId=cluster)["Steps"]]

    told = emr.cancel_steps(ClusterId=cluster, StepIds=[second, first], StepCancellationOption=option)["CancelStepsInfoList"]

    assert [one["Status"] for one in told] == ["SUBMITTED", "SUBMITTED"]
    assert all_ended(emr, cluster) == ["CANCELLED", "CANCELLED", "COMPLETED"]
    assert emr.cancel_steps(ClusterId=cluster, StepIds=[third])["CancelStepsInfoList"][0]["Status"] == "FAILED"


def test_a_failed_step_may_take_the_cluster_with_it(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(Steps=[step("a", ["fail"], "TERMINATE_CLUSTER"), step("b", ["say", "x"])])

    assert all_ended(emr, cluster) == ["FAILED", "CANCELLED"]
    reason = until(lambda: emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["StateChangeReason"])
    assert reason["Code"] == "STEP_FAILURE"


def test_a_failed_step_may_cancel_those_behind_it(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(Steps=[step("a", ["fail"], "CANCEL_AND_WAIT"), step("b", ["say", "x"])])

    assert all_ended(emr, cluster) == ["FAILED", "CANCELLED"]
    until(lambda: emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"] == "WAITING")


@pytest.mark.parametrize(
    ("jar", "message"),
    [
        pytest.param("s3://local-artifacts/other.jar", "runs only emr-dynamodb-tools", id="any jar"),
        pytest.param("s3://local-artifacts/emr-dynamodb-tools-9.jar", "file does not exist", id="no such jar"),
    ],
)
def test_no_jar_but_the_connector_s_is_run(emr: Any, run_cluster: RunCluster, jar: str, message: str) -> None:
    cluster = run_cluster(Steps=[step("a", ["touch", "x"], jar=jar)])

    assert all_ended(emr, cluster) == ["FAILED"]
    assert message in last(emr, cluster)["Status"]["FailureDetails"]["Message"]


def test_steps_are_listed_newest_first_fifty_a_page_and_by_id(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(steps=[["wait"]])
    ids = emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step(str(number), ["say", "x"]) for number in range(60)])["StepIds"]

    page = emr.list_steps(ClusterId=cluster)

    assert [one["Id"] for one in page["Steps"]] == ids[:9:-1]
    assert len(emr.list_steps(ClusterId=cluster, Marker=page["Marker"])["Steps"]) == 11
    assert {one["Id"] for one in emr.list_steps(ClusterId=cluster, StepIds=ids[:10])["Steps"]} == set(ids[:10])
    assert len(emr.list_steps(ClusterId=cluster, StepStates=["PENDING"])["Steps"]) == 50
    with pytest.raises(ClientError, match="maximum of 10"):
        emr.list_steps(ClusterId=cluster, StepIds=ids[:11])


def test_what_plain_moto_chokes_on_is_taken(emr: Any, run_cluster: RunCluster) -> None:
    monitored = {**step("x", ["say", "x"]), "StepMonitoringConfiguration": {"S3MonitoringConfiguration": {"LogUri": f"s3://{LOGS}/x"}}}
    group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1, "Configurations": [], "CustomAmiId": "ami-1"}

    cluster = run_cluster(Steps=[monitored], Instances={"InstanceGroups": [group], "KeepJobFlowAliveWhenNoSteps": True})

    assert all_ended(emr, cluster) == ["COMPLETED"]
