"""The clusters of a run: made once, found again, made otherwise where they fail, and all of them ended."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import claims, clusters, lanes
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.lanes import Lane, Run
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import LIVE
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.names import is_cluster_of
from airflow_dynamodb_emr.core.roster import Start
from airflow_dynamodb_emr.local.process import StandIn

from .helpers import until

NOW = datetime.now(timezone.utc)


@pytest.fixture
def run(aws: StandIn, clients: Clients, folder: S3Uri, cluster_request: dict[str, Any]) -> Iterator[Run]:
    request = {key: value for key, value in cluster_request.items() if key != "Name"}
    made = Run(run=folder.key, folder=str(folder), lanes=2, cluster=request)
    yield made
    lanes.terminate(clients, made)


def ready(clients: Clients, run: Run, lane: int = 0, fresh_from: int = 0) -> Lane:
    return until(lambda: lanes.look(clients, run, lane, fresh_from, datetime.now(timezone.utc)))  # type: ignore[return-value]


def mine(clients: Clients, run: Run, live: bool = False) -> list[str]:
    states: dict[str, Any] = {"ClusterStates": LIVE} if live else {}
    return [each["Id"] for each in clients.emr.list_clusters(**states)["Clusters"] if is_cluster_of(run.run, each["Name"])]


def test_a_lane_has_one_cluster_however_often_and_however_many_ask(clients: Clients, run: Run) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ready(clients, run), range(8)))

    assert {lane.cluster for lane in found} == set(mine(clients, run)) and len(mine(clients, run)) == 1


def test_each_lane_has_its_own(clients: Clients, run: Run) -> None:
    assert ready(clients, run, 0).cluster != ready(clients, run, 1).cluster


def test_a_start_whose_answer_was_lost_is_found_again(aws: StandIn, clients: Clients, run: Run) -> None:
    aws.faults(lose_answer={"emr.RunJobFlow": 1})

    assert [ready(clients, run).cluster] == mine(clients, run)


def test_a_start_of_which_nothing_can_be_seen_yet_is_not_made_twice(
    aws: StandIn, clients: Clients, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.faults(lose_answer={"emr.RunJobFlow": 1})
    with monkeypatch.context() as patch, pytest.raises(ClientError):
        patch.setattr(clusters, "find", lambda *_: None)  # ListClusters may be behind
        lanes.look(clients, run, 0, 0, NOW)
    assert lanes.look(clients, run, 0, 0, NOW) is None, "the claim on it was not kept"

    lanes.look(clients, run, 0, 0, NOW + claims.STALE + timedelta(seconds=1))

    assert [ready(clients, run).cluster] == mine(clients, run)


def test_a_throttled_start_is_tried_again_at_the_next_look(aws: StandIn, impatient: Clients, run: Run) -> None:
    aws.faults(throttle={"emr.RunJobFlow": 1})
    with pytest.raises(ClientError):
        lanes.look(impatient, run, 0, 0, NOW)

    assert [ready(impatient, run).cluster] == mine(impatient, run)


def test_a_cluster_that_fails_to_start_is_made_in_another_way_with_the_reason(aws: StandIn, clients: Clients, store: Store, run: Run) -> None:
    aws.faults(fail_clusters=2)

    cluster = ready(clients, run).cluster

    first, second, third = lanes.starts(store, run.root)
    assert (third.cluster, len(mine(clients, run))) == (cluster, 3)
    assert [start.choice for start in (first, second, third)] == [0, 1, 2]
    assert "INSTANCE_FAILURE" in second.instead_of and first.cluster in second.instead_of and second.words


def test_a_lane_whose_every_way_has_failed_is_given_up_with_the_last_reason(aws: StandIn, clients: Clients, run: Run) -> None:
    aws.faults(fail_clusters=99)

    lane = ready(clients, run)

    assert not lane.cluster and "INSTANCE_FAILURE" in lane.given_up
    assert mine(clients, run, live=True) == []


def test_a_run_that_was_cleared_begins_its_choices_anew(aws: StandIn, clients: Clients, store: Store, run: Run) -> None:
    aws.faults(fail_clusters=99)
    ready(clients, run)
    aws.faults(fail_clusters=0)
    tried = lanes.starts(store, run.root)[-1].number

    assert ready(clients, run, fresh_from=tried + 1).cluster
    assert lanes.starts(store, run.root)[-1].choice == 0


NOT_READY, GIVEN_UP = None, Lane(given_up="no machines")


@pytest.mark.parametrize(
    ("found", "enough"),
    [
        pytest.param([Lane(cluster="j-1", since=NOW), Lane(cluster="j-2", since=NOW)], True, id="all are ready"),
        pytest.param([Lane(cluster="j-1", since=NOW), GIVEN_UP], True, id="one is given up"),
        pytest.param([GIVEN_UP, GIVEN_UP], True, id="all are given up"),
        pytest.param([Lane(cluster="j-1", since=NOW), NOT_READY], False, id="one is still to come"),
        pytest.param([Lane(cluster="j-1", since=NOW - lanes.PATIENCE * 1.1), NOT_READY], True, id="one has waited long enough for the other"),
        pytest.param([NOT_READY, GIVEN_UP], False, id="none is ready yet"),
    ],
)
def test_a_cluster_that_is_ready_does_not_wait_for_ever_for_the_others(found: list[Lane | None], enough: bool) -> None:
    assert lanes.enough(found, NOW) is enough


def test_a_cluster_that_somebody_ended_is_made_once_more(clients: Clients, run: Run) -> None:
    first = ready(clients, run).cluster
    clusters.terminate(clients.emr, [first])

    second = ready(clients, run).cluster

    assert second != first and mine(clients, run, live=True) == [second]


def test_a_request_that_emr_refuses_is_sent_once_and_said_so(aws: StandIn, clients: Clients, run: Run) -> None:
    assert run.cluster
    bad = Run(run=run.run, folder=run.folder, lanes=1, cluster={**run.cluster, "StepConcurrencyLevel": 1000})
    aws.reset_calls()

    found = [lanes.look(clients, bad, 0, 0, NOW) for _ in range(3)]

    assert all(lane and "StepConcurrencyLevel" in lane.given_up for lane in found)
    assert aws.calls()["emr.RunJobFlow"] == 1
    assert ready(clients, run, fresh_from=2).cluster, "a run that was cleared cannot be tried with a better request"


def test_a_cluster_that_emr_has_forgotten_is_made_anew(clients: Clients, store: Store, run: Run) -> None:
    store.write_once(run.root.cluster(0, 1), Start(lane=0, number=1, cluster="j-FORGOTTEN"))

    assert [ready(clients, run, fresh_from=2).cluster] == mine(clients, run, live=True)


def test_every_cluster_of_a_run_is_ended_recorded_or_not_and_no_other(clients: Clients, cluster: str, run: Run) -> None:
    assert run.cluster
    ready(clients, run)
    clients.emr.run_job_flow(**run.cluster, Name=f"ddb/{run.run} 1.7")  # as by a task that died before it could write it down

    lanes.terminate(clients, run)

    assert mine(clients, run, live=True) == [] and len(mine(clients, run)) == 2
    assert not clusters.status(clients.emr, cluster).ended
