"""Clusters of the stand-in: their lives, and how they are described."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.emr.states import ended, status
from tests.local.helpers import RunCluster, until

STATES = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"]


def test_a_cluster_lives_through_the_states_of_aws(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster()
    seen = [status(emr, cluster)["State"]]

    def look(last: str) -> bool:
        seen.append(status(emr, cluster)["State"])
        return seen[-1] == last

    until(lambda: look("WAITING"))
    emr.terminate_job_flows(JobFlowIds=[cluster])
    until(lambda: look("TERMINATED"))

    assert [state for i, state in enumerate(seen) if state not in seen[:i]] == [s for s in STATES if s in seen]
    assert {"STARTING", "WAITING", "TERMINATED"} <= set(seen)
    assert status(emr, cluster)["StateChangeReason"] == {"Code": "USER_REQUEST", "Message": "Terminated by user request"}
    assert set(status(emr, cluster)["Timeline"]) == {"CreationDateTime", "ReadyDateTime", "EndDateTime"}


def test_without_keep_alive_a_cluster_ends_with_its_steps(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(steps=[["say", "hello"]], keep_alive=False)

    assert ended(emr, cluster)["StateChangeReason"] == {"Code": "ALL_STEPS_COMPLETED", "Message": "Steps completed"}


def test_a_failed_step_is_no_failure_of_the_cluster(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(steps=[["fail"]], keep_alive=False)

    assert ended(emr, cluster)["State"] == "TERMINATED"
    assert status(emr, cluster)["StateChangeReason"]["Message"] == "Steps completed with errors"


def test_an_idle_cluster_ends_by_its_policy(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(AutoTerminationPolicy={"IdleTimeout": 60})

    assert ended(emr, cluster)["StateChangeReason"]["Message"] == "Terminated by auto-termination policy"


def test_policies_can_be_put_and_taken_away(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster()
    limits = {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 3}
    emr.put_auto_termination_policy(ClusterId=cluster, AutoTerminationPolicy={"IdleTimeout": 3600})
    emr.put_managed_scaling_policy(ClusterId=cluster, ManagedScalingPolicy={"ComputeLimits": limits})

    idle = emr.get_auto_termination_policy(ClusterId=cluster)["AutoTerminationPolicy"]
    scaling = emr.get_managed_scaling_policy(ClusterId=cluster)["ManagedScalingPolicy"]
    emr.remove_auto_termination_policy(ClusterId=cluster)

    assert (idle, scaling) == ({"IdleTimeout": 3600}, {"ComputeLimits": limits})
    assert "AutoTerminationPolicy" not in emr.get_auto_termination_policy(ClusterId=cluster)


def test_a_protected_cluster_is_not_terminated(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster()
    emr.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=True)

    with pytest.raises(ClientError, match="termination protected"):
        emr.terminate_job_flows(JobFlowIds=[cluster])

    assert not status(emr, cluster)["State"].startswith("TERMINAT")
    emr.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=False)


def test_a_cluster_is_described_as_it_was_asked_for(emr: Any, run_cluster: RunCluster) -> None:
    cluster = run_cluster(Name="told", Tags=[{"Key": "run", "Value": "1"}], ReleaseLabel="emr-7.13.0", StepConcurrencyLevel=7)
    emr.add_tags(ResourceId=cluster, Tags=[{"Key": "more", "Value": "2"}])
    emr.remove_tags(ResourceId=cluster, TagKeys=["run"])
    emr.modify_cluster(ClusterId=cluster, StepConcurrencyLevel=9)

    told = emr.describe_cluster(ClusterId=cluster)["Cluster"]

    assert (told["Name"], told["ReleaseLabel"], told["StepConcurrencyLevel"]) == ("told", "emr-7.13.0", 9)
    assert told["Tags"] == [{"Key": "more", "Value": "2"}]
    assert told["InstanceCollectionType"] == "INSTANCE_GROUP"
    assert [group["InstanceGroupType"] for group in emr.list_instance_groups(ClusterId=cluster)["InstanceGroups"]] == ["MASTER", "CORE"]


def test_clusters_are_listed_by_state_and_time(emr: Any, run_cluster: RunCluster) -> None:
    old, new = run_cluster(), run_cluster()
    moment = emr.describe_cluster(ClusterId=old)["Cluster"]["Status"]["Timeline"]["CreationDateTime"]
    emr.terminate_job_flows(JobFlowIds=[old])
    ended(emr, old)

    after = {cluster["Id"] for page in emr.get_paginator("list_clusters").paginate(CreatedAfter=moment) for cluster in page["Clusters"]}
    dead = {cluster["Id"] for page in emr.get_paginator("list_clusters").paginate(ClusterStates=["TERMINATED"]) for cluster in page["Clusters"]}

    assert new in after
    assert old in dead
    assert new not in dead
