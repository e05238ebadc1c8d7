"""What a trigger tells, and what it ends when somebody kills the task that waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from airflow_dynamodb_emr.aws import clusters, lanes
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.lanes import Run
from airflow_dynamodb_emr.aws.watch import Wish
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.steps import dump_step
from airflow_dynamodb_emr.triggers import StepTrigger, WaitTrigger

from .conftest import BASE, World

JAR = "s3://local-artifacts/emr-dynamodb-tools-5.6.0.jar"


@pytest.fixture
def clients(world: World, monkeypatch: pytest.MonkeyPatch) -> Clients:
    made = Clients(lambda service, config: world.aws.client(service, config=config), "us-east-1")
    monkeypatch.setattr("airflow_dynamodb_emr.triggers.clients", lambda **_: made)
    return made


@pytest.fixture
def run(clients: Clients, request: pytest.FixtureRequest) -> Iterator[Run]:
    spec = ClusterSpec(concurrency=8)
    made = Run(run=f"triggers/{request.node.name}", folder=str(BASE / "triggers" / request.node.name), lanes=1, cluster=spec.request("run", BASE))
    yield made
    lanes.terminate(clients, made)


@pytest.fixture
def cluster(run: Run, clients: Clients) -> str:
    assert run.cluster
    return clients.emr.run_job_flow(**run.cluster, Name=f"ddb/{run.run} 1.1")["JobFlowId"]


def trigger(cluster: str, *names: str) -> StepTrigger:
    wishes = [Wish(step=dump_step(name, JAR, "us-east-1", name[:-2], BASE / "triggers" / cluster / name, 1.0, 1)) for name in names]
    return StepTrigger({}, 0.1, {"note": 1}, cluster, [], [], msgspec.to_builtins(wishes), 256)


async def first(waits: StepTrigger | WaitTrigger) -> dict[str, Any]:
    return dict((await anext(aiter(waits.run()))).payload)


def until(look: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_one_event_tells_what_became_of_each_step(world: World, cluster: str) -> None:
    world.table("TRIGGER_there", 2)

    event = asyncio.run(first(trigger(cluster, "TRIGGER_there/1", "TRIGGER_gone/1")))

    assert {name: step["state"] for name, step in event["steps"].items()} == {"TRIGGER_there/1": "COMPLETED", "TRIGGER_gone/1": "FAILED"}
    assert (event["note"], event["lost"]) == (1, "")


def test_the_event_says_when_the_cluster_was_lost(world: World, cluster: str) -> None:
    world.aws.faults(reclaim_clusters=1, hang_steps=9)

    event = asyncio.run(first(trigger(cluster, "TRIGGER_a/1", "TRIGGER_b/1")))
    world.aws.faults(hang_steps=0, reclaim_clusters=0)

    assert "INSTANCE_FAILURE" in event["lost"]
    assert all(step["state"] != "COMPLETED" for step in event["steps"].values())


def test_a_killed_task_cancels_its_own_steps_and_ends_their_yarn_applications(world: World, clients: Clients, cluster: str) -> None:
    world.aws.set(yarn_outlives_steps=1)
    world.aws.faults(hang_steps=2)
    mine = trigger(cluster, "TRIGGER_mine/3")  # which has joined an earlier attempt
    names = ("TRIGGER_mine/1", "TRIGGER_other/1")
    clusters.submit(clients, cluster, [wish["step"] for wish in trigger(cluster, *names).wishes])
    until(lambda: len(world.aws.yarn()) == 2)

    asyncio.run(mine.on_kill())

    until(lambda: len(world.aws.yarn()) == 1)
    states = {step.name: step.state for step in clusters.list_steps(clients.emr, cluster)}
    world.aws.set(yarn_outlives_steps=0)
    assert (states["TRIGGER_mine/1"], states["TRIGGER_other/1"]) == ("CANCELLED", "RUNNING")


@pytest.mark.parametrize("whole_run", [pytest.param(True, id="the task that makes them"), pytest.param(False, id="a task that only needs one")])
def test_clusters_are_ended_with_the_task_that_makes_them(clients: Clients, run: Run, whole_run: bool) -> None:
    ref = {"run": msgspec.to_builtins(run), "lanes": {"0": 0}, "whole_run": whole_run}
    waits = WaitTrigger({}, 0.1, {}, "lanes_ready", ref, time.time() + 60)
    event = asyncio.run(first(waits))

    asyncio.run(waits.on_kill())

    assert clusters.status(clients.emr, event["lanes"]["0"]["cluster"]).ended is whole_run
