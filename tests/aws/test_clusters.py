from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import clusters
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.cluster import LIVE
from airflow_dynamodb_emr.local.process import StandIn

from .helpers import step, until


def live(clients: Clients, name: str) -> list[str]:
    return [each["Id"] for each in clients.emr.list_clusters(ClusterStates=LIVE)["Clusters"] if each["Name"] == name]  # type: ignore[arg-type]


@pytest.fixture
def made(clients: Clients, cluster_request: dict[str, Any]) -> Any:
    """The name of clusters that end with the test."""
    yield cluster_request["Name"]
    for id in live(clients, cluster_request["Name"]):
        clusters.terminate(clients.emr, [id])


def test_a_cluster_whose_answer_was_lost_is_found_again(aws: StandIn, clients: Clients, cluster_request: dict[str, Any], made: str) -> None:
    aws.faults(lose_answer={"emr.RunJobFlow": 1})

    found = clusters.create(clients, cluster_request)

    assert live(clients, made) == [found]


def test_a_cluster_is_made_once_however_often_it_is_asked_for(clients: Clients, cluster_request: dict[str, Any], made: str) -> None:
    assert clusters.create(clients, cluster_request) == clusters.create(clients, cluster_request) == clusters.find(clients.emr, made)


def test_a_cluster_that_ended_is_not_joined(clients: Clients, cluster_request: dict[str, Any], made: str) -> None:
    first = clusters.create(clients, cluster_request)
    clusters.terminate(clients.emr, [first])

    second = clusters.create(clients, cluster_request)

    assert second != first and live(clients, made) == [second]


def test_a_cluster_of_another_name_is_not_joined(clients: Clients, cluster: str, cluster_request: dict[str, Any]) -> None:
    assert clusters.find(clients.emr, cluster_request["Name"]) == cluster
    assert clusters.find(clients.emr, cluster_request["Name"][:-1]) is None


def test_a_cluster_that_could_not_start_says_why(aws: StandIn, clients: Clients, cluster_request: dict[str, Any]) -> None:
    aws.faults(fail_clusters=1)
    id = clusters.create(clients, cluster_request)

    status = until(lambda: (told := clusters.status(clients.emr, id)).state.startswith("TERMINATED") and told)

    assert status.failed and status.why.startswith("INSTANCE_FAILURE: ")


def test_a_failed_step_tells_why_and_where_its_log_is(clients: Clients, cluster: str) -> None:
    ((id, name),) = clusters.submit(clients, cluster, [step("fails")]).items()

    (ended,) = until(lambda: [each for each in clusters.look_up(clients.emr, cluster, [id]) if not each.active])

    assert (ended.id, ended.name, ended.state) == (id, name, "FAILED")
    assert "nowhere" in ended.reason and ended.log.startswith("s3://local-backups/") and ended.seconds > 0


def test_more_steps_are_looked_up_than_one_call_takes(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(fail_steps=23)
    ids = list(clusters.submit(clients, cluster, [step(f"s{number}") for number in range(23)]))

    seen = list(clusters.look_up(clients.emr, cluster, ids))

    assert sorted(each.id for each in seen) == sorted(ids)


def test_steps_are_listed_by_state_and_past_one_page(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(fail_steps=52)
    clusters.submit(clients, cluster, [step(f"s{number}") for number in range(52)])
    until(lambda: not clusters.list_steps(clients.emr, cluster, ["PENDING", "RUNNING"]))

    assert len(clusters.list_steps(clients.emr, cluster)) == len(clusters.list_steps(clients.emr, cluster, ["FAILED"])) == 52


def test_a_cancelled_step_ends_cancelled(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(hang_steps=1)
    (id,) = clusters.submit(clients, cluster, [step("hangs")])
    until(lambda: clusters.list_steps(clients.emr, cluster, ["RUNNING"]))

    clusters.cancel(clients.emr, cluster, clusters.list_steps(clients.emr, cluster, ["RUNNING"]))

    assert until(lambda: clusters.list_steps(clients.emr, cluster, ["CANCELLED"]))[0].id == id


def test_a_cluster_that_emr_has_forgotten_has_ended_and_has_no_steps(clients: Clients) -> None:
    status = clusters.status(clients.emr, "j-FORGOTTEN")

    assert status.ended and not status.failed and "does not know" in status.message
    assert clusters.list_steps(clients.emr, "j-FORGOTTEN") == []


def test_a_submission_is_never_repeated_blindly(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(lose_answer={"emr.AddJobFlowSteps": 1}, fail_steps=9)

    with pytest.raises(ClientError):
        clusters.submit(clients, cluster, [step("once")])

    assert [each.name for each in clusters.list_steps(clients.emr, cluster)] == ["once"]
