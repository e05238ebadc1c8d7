"""Connector steps are YARN applications, which may outlive them."""

from __future__ import annotations

import re
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.emr.states import all_ended, log, states
from tests.local.helpers import RunCluster, command, step, until

EXPORT = "org.apache.hadoop.dynamodb.tools.DynamoDBExport"


def tagged(*tags: str) -> dict[str, Any]:
    """A step that runs until it is ended."""
    return step("dump", [EXPORT, f"-Dmapreduce.job.tags={','.join(tags)}", "s3://bucket/folder", "table"])


@pytest.fixture
def run_tagged(aws: StandIn, run_cluster: RunCluster) -> Any:
    """A cluster that runs a step of each of the tags."""
    aws.faults(hang_steps={"dump": 99})

    def run(*tags: str) -> str:
        cluster = run_cluster(Steps=[tagged(tag) for tag in tags], StepConcurrencyLevel=9)
        until(lambda: len(applications(aws, cluster)) == len(tags))
        return cluster

    return run


def applications(aws: StandIn, cluster: str) -> dict[str, list[str]]:
    """Tags by id of what runs there."""
    return {one.id: one.tags for one in aws.yarn() if one.cluster == cluster}


def said(emr: Any, s3: Any, cluster: str, *args: str) -> str:
    """What a program says on the primary node, as a step of its own; its errors where it fails."""
    (id,) = emr.add_job_flow_steps(JobFlowId=cluster, Steps=[command(*args)])["StepIds"]
    state = until(lambda: _ended(emr.describe_step(ClusterId=cluster, StepId=id)["Step"]["Status"]["State"]))
    return log(s3, cluster, id, "stdout" if state == "COMPLETED" else "stderr")


def _ended(state: str) -> str:
    return state if state in ("COMPLETED", "FAILED") else ""


def cancel(emr: Any, cluster: str, option: str = "SEND_INTERRUPT") -> None:
    ids = [one["Id"] for one in emr.list_steps(ClusterId=cluster)["Steps"]]
    emr.cancel_steps(ClusterId=cluster, StepIds=ids, StepCancellationOption=option)
    all_ended(emr, cluster)


def test_a_connector_step_that_runs_is_an_application_with_its_tags_in_lower_case(aws: StandIn, emr: Any, run_tagged: Any) -> None:
    cluster = run_tagged("Backup_Orders,Other", "x")

    one, other = sorted((one for one in aws.yarn() if one.cluster == cluster), key=lambda one: one.tags)

    assert (one.tags, other.tags) == (["backup_orders", "other"], ["x"])
    assert (one.name, one.step) == ("DynamoDBExport", emr.list_steps(ClusterId=cluster)["Steps"][1]["Id"])
    assert sorted(re.fullmatch(r"application_\d{13}_(\d{4})", id)[1] for id in (one.id, other.id)) == ["0001", "0002"]


def test_an_application_ends_with_its_step(aws: StandIn, emr: Any, run_tagged: Any) -> None:
    cluster = run_tagged("x")

    cancel(emr, cluster)

    until(lambda: not applications(aws, cluster))


@pytest.mark.parametrize("option", ["SEND_INTERRUPT", "TERMINATE_PROCESS"])
def test_an_application_may_outlive_its_step_until_it_is_killed(aws: StandIn, emr: Any, s3: Any, run_tagged: Any, option: str) -> None:
    aws.set(yarn_outlives_steps=1)
    cluster = run_tagged("x", "y")

    cancel(emr, cluster, option)
    assert states(emr, cluster) == ["CANCELLED", "CANCELLED"]
    (ended,) = (id for id, tags in applications(aws, cluster).items() if tags == ["y"])
    told = said(emr, s3, cluster, "yarn", "application", "-kill", ended)

    assert told == f"Killing application {ended}\nKilled application {ended}\n"
    assert list(applications(aws, cluster).values()) == [["x"]]
    assert said(emr, s3, cluster, "yarn", "application", "-kill", ended) == f"Application {ended} has already finished \n"


def test_an_application_that_outlives_its_step_does_its_work(aws: StandIn, emr: Any, s3: Any, run_cluster: RunCluster) -> None:
    aws.set(yarn_outlives_steps=1)
    aws.faults(slow_steps={"orders": 1})
    cluster = run_cluster(Steps=[step("x", ["write", "s3://local-backups/left", "orders"])])
    until(lambda: applications(aws, cluster))

    cancel(emr, cluster)

    until(lambda: not applications(aws, cluster))
    assert s3.list_objects_v2(Bucket="local-backups", Prefix="left/")["KeyCount"] == 5


def test_applications_are_found_by_their_tags_from_a_step(emr: Any, s3: Any, aws: StandIn, run_tagged: Any) -> None:
    cluster, _ = run_tagged("Run_1", "run_2"), run_tagged("Run_1")
    (first,) = (id for id, tags in applications(aws, cluster).items() if tags == ["run_1"])

    by_tag = said(emr, s3, cluster, "yarn", "application", "-list", "-appTags", "RUN_1")
    everything = said(emr, s3, cluster, "bash", "-c", "yarn application -list | grep -o 'application_[0-9_]*'")

    head, _, line = by_tag.splitlines()
    assert head.endswith("and tags: [run_1]):1") and line.split()[:3] == [first, "DynamoDBExport", "MAPREDUCE"]
    assert set(everything.split()) == set(applications(aws, cluster))


def test_all_applications_of_a_tag_can_be_killed_by_one_command(emr: Any, s3: Any, aws: StandIn, run_tagged: Any) -> None:
    aws.set(yarn_outlives_steps=1)
    cluster = run_tagged("run_1", "run_1", "run_2")

    ids = "$(yarn application -list -appTags run_1 | grep -o 'application_[0-9_]*')"
    said(emr, s3, cluster, "bash", "-c", f"yarn application -kill {ids}")

    assert list(applications(aws, cluster).values()) == [["run_2"]]


def test_an_application_that_is_killed_fails_the_step_that_waits_for_it(emr: Any, s3: Any, aws: StandIn, run_tagged: Any) -> None:
    cluster = run_tagged("x")

    said(emr, s3, cluster, "yarn", "application", "-kill", *applications(aws, cluster))

    assert all_ended(emr, cluster) == ["FAILED", "COMPLETED"]


def test_an_application_that_never_was_is_not_killed(emr: Any, s3: Any, aws: StandIn, run_tagged: Any) -> None:
    cluster, other = run_tagged(), run_tagged("x")

    for application in ("application_1_0001", *applications(aws, other)):
        assert "doesn't exist in RM" in said(emr, s3, cluster, "yarn", "application", "-kill", application)
    assert applications(aws, other)


@pytest.mark.parametrize("lost", [False, True], ids=["terminated", "lost"])
def test_no_application_outlives_its_cluster(aws: StandIn, emr: Any, run_tagged: Any, lost: bool) -> None:
    aws.set(yarn_outlives_steps=1)
    cluster = run_tagged("x", "y")
    cancel(emr, cluster)
    assert len(applications(aws, cluster)) == 2

    if lost:
        aws.faults(kill_primary=1)
        emr.add_job_flow_steps(JobFlowId=cluster, Steps=[tagged("z")])
    else:
        emr.terminate_job_flows(JobFlowIds=[cluster])

    until(lambda: not applications(aws, cluster))


def test_what_is_asked_of_an_unknown_cluster_is_refused(aws: StandIn) -> None:
    with pytest.raises(HTTPError) as error:
        urlopen(f"{aws.url}/local/yarn/kill", b'{"cluster": "j-NONE", "application": "application_1_0001"}')

    error.value.close()
    assert error.value.code == 400
