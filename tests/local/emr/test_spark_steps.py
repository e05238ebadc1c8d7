"""Steps that run spark-submit: applications of YARN like those of the connector."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.emr.states import all_ended, states
from tests.local.helpers import RunCluster, command, until

SUBMIT = "spark-submit --deploy-mode cluster --conf spark.yarn.tags=Run_1 --name dump s3://local-artifacts/none.py dump --table orders"
WITH_SPARK: dict[str, Any] = {"Applications": [{"Name": "Hadoop"}, {"Name": "Spark"}], "StepConcurrencyLevel": 9}


def failure(emr: Any, cluster: str) -> str:
    return str(emr.list_steps(ClusterId=cluster)["Steps"][0]["Status"]["FailureDetails"]["Message"])


def test_a_submission_that_fails_fails_its_step(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(Steps=[command(*SUBMIT.split())], **WITH_SPARK)

    assert all_ended(emr, cluster) == ["FAILED"]
    assert "s3://local-artifacts/none.py" in failure(emr, cluster) or "HINT: install" in failure(emr, cluster)


def test_a_cluster_without_spark_has_no_spark_submit(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(Steps=[command(*SUBMIT.split())])

    assert all_ended(emr, cluster) == ["FAILED"]
    assert failure(emr, cluster).startswith('Cannot run program "spark-submit"')


def test_a_submission_is_an_application_of_yarn(aws: StandIn, run_cluster: RunCluster) -> None:
    aws.faults(hang_steps={"orders": 1})
    cluster = run_cluster(Steps=[command(*SUBMIT.split())], **WITH_SPARK)

    (found,) = until(lambda: [one for one in aws.yarn() if one.cluster == cluster])

    assert (found.name, found.kind, found.tags) == ("dump", "SPARK", ["run_1"])


@pytest.mark.parametrize("outlives", [0, 1])
def test_an_application_ends_with_its_step_or_when_it_is_killed(aws: StandIn, emr: Any, run_cluster: RunCluster, outlives: int) -> None:
    aws.set(yarn_outlives_steps=outlives)
    aws.faults(hang_steps={"orders": 1})
    cluster = run_cluster(Steps=[command(*SUBMIT.split())], **WITH_SPARK)
    until(lambda: [one for one in aws.yarn() if one.cluster == cluster])

    emr.cancel_steps(ClusterId=cluster, StepIds=[emr.list_steps(ClusterId=cluster)["Steps"][0]["Id"]])
    assert all_ended(emr, cluster) == ["CANCELLED"]
    assert not outlives or [one.cluster for one in aws.yarn() if one.cluster == cluster] == [cluster]
    kill = "for app in $(yarn application -list -appTags run_1 | grep -o 'application_[0-9_]*' | sort -u); do yarn application -kill $app; done"
    emr.add_job_flow_steps(JobFlowId=cluster, Steps=[command("bash", "-c", kill)])

    until(lambda: states(emr, cluster) == ["CANCELLED", "COMPLETED"] and not [one for one in aws.yarn() if one.cluster == cluster])
