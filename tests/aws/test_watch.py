"""One watch for all who wait for a step of a cluster. Steps that need no process fail at once, because a test asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import clusters, watch
from airflow_dynamodb_emr.aws import overruns as overrun
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.aws.overruns import Overruns
from airflow_dynamodb_emr.aws.watch import ClusterWatch, Wish
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import ClusterFailed
from airflow_dynamodb_emr.local.process import StandIn

from .conftest import MakeTable
from .helpers import cancel, step, until

EVERY = 0.05


def follow(clients: Clients, cluster: str, names: list[str], more: dict[str, Any] | None = None, **knobs: Any) -> list[Step | BaseException]:
    """What each of those who wait for these steps is told."""

    async def all_of_them() -> list[Step | BaseException]:
        watched = ClusterWatch(lambda: clients, cluster, **{"every": EVERY, "window": 256, **knobs})
        return await asyncio.gather(*(watched.follow(Wish(step=step(name), **(more or {}))) for name in names), return_exceptions=True)

    return asyncio.run(all_of_them())


def states(told: list[Step | BaseException]) -> list[str]:
    return [one.state if isinstance(one, Step) else repr(one) for one in told]


def there(clients: Clients, cluster: str) -> list[str]:
    """The names of all steps, oldest first."""
    return [one.name for one in reversed(clusters.list_steps(clients.emr, cluster))]


def names(count: int) -> list[str]:
    return [f"t{number:02d}/1" for number in range(count)]


def test_many_who_wait_make_one_submission(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(fail_steps=25)
    aws.reset_calls()

    told = follow(clients, cluster, names(25))

    assert aws.calls()["emr.AddJobFlowSteps"] == 1
    assert [one.name for one in told if isinstance(one, Step)] == names(25) == there(clients, cluster)
    assert set(states(told)) == {"FAILED"}


def test_a_step_that_succeeds_is_told_as_completed(clients: Clients, cluster: str, make_table: MakeTable, prefix: str, folder: S3Uri) -> None:
    async def one() -> Step:
        watched = ClusterWatch(lambda: clients, cluster, EVERY, 256)
        return await watched.follow(Wish(step=step("t/1", make_table(prefix), folder / "t" / "1")))

    assert asyncio.run(one()).state == "COMPLETED"


def test_the_number_of_calls_does_not_grow_with_the_number_of_tables(aws: StandIn, clients: Clients, cluster: str) -> None:
    def calls(count: int, attempt: str) -> int:
        aws.faults(fail_steps=count)
        aws.reset_calls()
        follow(clients, cluster, [f"t{number}/{attempt}" for number in range(count)], every=0.5)
        return sum(aws.calls().values())

    few, many = calls(5, "a"), calls(40, "b")

    assert many - few < (40 - 5) / 2  # one call for ten that have ended, and not one for each


def test_a_lost_answer_makes_no_second_step(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(lose_answer={"emr.AddJobFlowSteps": 1}, fail_steps=9)

    told = follow(clients, cluster, names(5))

    assert there(clients, cluster) == names(5)
    assert set(states(told)) == {"FAILED"}


def test_another_watch_joins_what_is_there(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(fail_steps=9)
    first = follow(clients, cluster, names(3))

    second = follow(clients, cluster, names(3))  # as when a trigger runs twice, or on another machine

    assert second == first and there(clients, cluster) == names(3)


def test_an_earlier_attempt_that_lives_is_joined(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(hang_steps=1)
    (id,) = clusters.submit(clients, cluster, [step("t/1")])
    until(lambda: clusters.list_steps(clients.emr, cluster, ["RUNNING"]))

    async def joined() -> Step:
        aws.reset_calls()
        waits = asyncio.create_task(ClusterWatch(lambda: clients, cluster, EVERY, 256).follow(Wish(step=step("t/2"))))
        await asyncio.to_thread(until, lambda: aws.calls().get("emr.ListSteps", 0) >= 6)  # it has looked more than once, and submitted nothing
        await asyncio.to_thread(cancel, clients, cluster, [id])
        return await waits

    told = asyncio.run(joined())

    assert (told.id, told.state) == (id, "CANCELLED") and there(clients, cluster) == ["t/1"]


def test_an_earlier_attempt_that_succeeded_is_joined(
    aws: StandIn, clients: Clients, cluster: str, make_table: MakeTable, prefix: str, folder: S3Uri
) -> None:
    (id,) = clusters.submit(clients, cluster, [step("t/1", make_table(prefix), folder / "t" / "1")])
    until(lambda: clusters.list_steps(clients.emr, cluster, ["COMPLETED"]))
    aws.reset_calls()

    (told,) = follow(clients, cluster, ["t/3"])

    assert isinstance(told, Step) and (told.id, told.state) == (id, "COMPLETED")
    assert "emr.AddJobFlowSteps" not in aws.calls()


def test_an_earlier_attempt_that_failed_is_not_joined(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(fail_steps=2)
    follow(clients, cluster, ["t/1"])

    (told,) = follow(clients, cluster, ["t/2"])

    assert isinstance(told, Step) and told.name == "t/2"
    assert there(clients, cluster) == ["t/1", "t/2"]


def test_an_earlier_attempt_that_is_being_cancelled_is_not_joined(
    aws: StandIn, clients: Clients, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.faults(fail_steps=9)
    clusters.submit(clients, cluster, [step("t/1")])
    of = Step.of

    def as_if_being_cancelled(answer: Any) -> Step:
        return structs.replace(of(answer), state="CANCEL_PENDING") if answer["Name"] == "t/1" else of(answer)

    monkeypatch.setattr(Step, "of", as_if_being_cancelled)

    (told,) = follow(clients, cluster, ["t/2"])

    assert isinstance(told, Step) and told.name == "t/2"


def test_throttled_looks_are_survived_however_many(
    aws: StandIn, impatient: Clients, clients: Clients, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 2)
    monkeypatch.setattr(watch, "LONGEST_PAUSE_SECONDS", 2 * EVERY)
    aws.faults(throttle={"emr.ListSteps": 5, "emr.AddJobFlowSteps": 3}, fail_steps=9)

    told = follow(impatient, cluster, names(3))

    assert set(states(told)) == {"FAILED"} and there(clients, cluster) == names(3)


def test_looks_that_fail_for_too_long_are_told_to_everybody(aws: StandIn, impatient: Clients, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 3)
    aws.faults(lose_answer={"emr.ListSteps": 1000})

    told = follow(impatient, cluster, names(3))

    assert all(isinstance(one, ClusterFailed) and "ListSteps" in one.facts for one in told) and len(told) == 3


def test_a_dead_cluster_is_told_to_everybody(clients: Clients, cluster: str) -> None:
    clusters.terminate(clients.emr, [cluster])

    told = follow(clients, cluster, names(4))

    assert all(isinstance(one, ClusterFailed) and cluster in one.facts and one.hint for one in told) and len(told) == 4


def test_a_step_that_ended_before_its_cluster_died_is_told_as_it_ended(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(fail_steps=1)
    clusters.submit(clients, cluster, [step("ended/1")])
    until(lambda: clusters.list_steps(clients.emr, cluster, ["FAILED"]))
    clusters.terminate(clients.emr, [cluster])

    ended, other = follow(clients, cluster, ["ended/1", "other/1"])

    assert isinstance(ended, Step) and ended.state == "FAILED"
    assert isinstance(other, ClusterFailed)


def test_a_cluster_that_is_lost_while_steps_run_ends_them(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(reclaim_clusters=1, hang_steps=9)

    told = follow(clients, cluster, names(2))

    assert all(one.state in ("INTERRUPTED", "CANCELLED") if isinstance(one, Step) else isinstance(one, ClusterFailed) for one in told)


def test_a_watch_that_cannot_even_begin_is_told_to_everybody(cluster: str) -> None:
    def connect() -> Clients:
        raise LookupError("the connection is not there")

    async def all_of_them() -> list[Step | BaseException]:
        watched = ClusterWatch(connect, cluster, EVERY, 256)
        return await asyncio.gather(*(watched.follow(Wish(step=step(name))) for name in names(3)), return_exceptions=True)

    told = asyncio.run(all_of_them())

    assert all(isinstance(one, ClusterFailed) and "the connection is not there" in one.facts for one in told) and len(told) == 3


def test_no_more_steps_are_active_than_the_window_allows(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(hang_steps=9)
    active: list[int] = []
    submit = clusters.submit

    def counted(*args: Any) -> dict[str, str]:
        made = submit(*args)
        active.append(len(clusters.list_steps(clients.emr, cluster, ["PENDING", "RUNNING"])))
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "submit", counted)
        told = asyncio.run(_cancelling(clients, cluster, window=2, count=5))

    assert set(states(told)) == {"CANCELLED"} and len(told) == 5
    assert max(active) <= 2 and len(there(clients, cluster)) == 5


async def _cancelling(clients: Clients, cluster: str, window: int, count: int) -> list[Step | BaseException]:
    """Follows steps that hang, and cancels whatever runs until all have ended."""
    watched = ClusterWatch(lambda: clients, cluster, EVERY, window)
    everybody = asyncio.gather(*(watched.follow(Wish(step=step(name))) for name in names(count)), return_exceptions=True)
    while not everybody.done():
        running = await asyncio.to_thread(clusters.list_steps, clients.emr, cluster, ["RUNNING"])
        if running:
            await asyncio.to_thread(cancel, clients, cluster, [one.id for one in running])
        await asyncio.sleep(EVERY)
    return await everybody


def test_a_raised_table_is_dumped_before_those_that_wait_already(clients: Clients, cluster: str) -> None:
    one, two, raised = names(3)

    async def all_of_them() -> None:
        watched = ClusterWatch(lambda: clients, cluster, EVERY, 1)
        await asyncio.gather(*(watched.follow(Wish(step=step(name)), first=name == raised) for name in (one, two, raised)))

    asyncio.run(all_of_them())

    began = {each.name: each.started for each in clusters.list_steps(clients.emr, cluster)}
    assert min(began, key=lambda name: str(began[name])) == raised and set(began) == {one, two, raised}


def test_the_window_is_never_wider_than_emr_allows(clients: Clients) -> None:
    assert ClusterWatch(lambda: clients, "j-1", EVERY, 1000).window == 256


def test_a_task_that_was_killed_while_it_waited_for_room_submits_nothing(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(hang_steps=9)

    async def killed() -> None:
        watched = ClusterWatch(lambda: clients, cluster, EVERY, window=1)
        first = asyncio.create_task(watched.follow(Wish(step=step("first/1"))))
        second = asyncio.create_task(watched.follow(Wish(step=step("second/1"))))
        (running,) = await _eventually(lambda: clusters.list_steps(clients.emr, cluster, ["RUNNING"]))
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        await asyncio.to_thread(cancel, clients, cluster, [running.id])
        await first

    asyncio.run(killed())

    assert there(clients, cluster) == ["first/1"]


async def _eventually(look: Callable[[], list[Step]]) -> list[Step]:
    return await asyncio.to_thread(until, look)


def test_who_comes_later_is_served_by_the_same_watch(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(fail_steps=9)

    async def one_after_another() -> list[str]:
        watched = ClusterWatch(lambda: clients, cluster, EVERY, 256)
        return [(await watched.follow(Wish(step=step(name)))).name for name in names(3)]

    assert asyncio.run(one_after_another()) == names(3) == there(clients, cluster)


def test_a_refusal_that_is_no_throttling_is_told_apart_from_a_dead_cluster(clients: Clients, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal on a cluster that lives is tried again; the next try may be granted."""
    submit, refusals = clusters.submit, [ClientError({"Error": {"Code": "ValidationException"}}, "AddJobFlowSteps")]

    def refused_once(*args: Any) -> dict[str, str]:
        if refusals:
            raise refusals.pop()
        return submit(*args)

    monkeypatch.setattr(clusters, "submit", refused_once)

    (told,) = follow(clients, cluster, ["t/1"])

    assert isinstance(told, Step) and there(clients, cluster) == ["t/1"]


def test_a_step_that_hangs_is_cancelled_after_its_limit_and_told_apart(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(hang_steps={"t/1": 1}, fail_steps={"t/2": 1})

    (hung, failed), overran = with_limits(clients, cluster, {"t/1": 0.2, "t/2": 3600.0})

    assert (hung.state, failed.state, overran) == ("CANCELLED", "FAILED", [True, False])
    assert "end t/1" in there(clients, cluster), "what it has started on the cluster was left running"


def with_limits(clients: Clients, cluster: str, limits: dict[str, float]) -> tuple[list[Step], list[bool]]:
    """The steps as they ended, and which of them the watch has cancelled for taking too long."""

    async def all_of_them() -> tuple[list[Step], list[bool]]:
        watched = ClusterWatch(lambda: clients, cluster, EVERY, 256)
        told = await asyncio.gather(*(watched.follow(Wish(step=step(name), limit_seconds=limit)) for name, limit in limits.items()))
        return told, [one.id in watched.overran for one in told]

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("call", ["emr.CancelSteps", "emr.AddJobFlowSteps"])
def test_a_cancellation_that_failed_is_asked_for_again(aws: StandIn, impatient: Clients, cluster: str, call: str) -> None:
    aws.faults(hang_steps=1)
    clusters.submit(impatient, cluster, [step("t/1")])
    until(lambda: clusters.list_steps(impatient.emr, cluster, ["RUNNING"]))
    aws.faults(throttle={call: 1})

    (hung,), overran = with_limits(impatient, cluster, {"t/1": 0.2})

    assert (hung.state, overran) == ("CANCELLED", [True])
    assert until(lambda: "end t/1" in there(impatient, cluster))


def test_a_step_that_does_not_hear_is_ended_by_force(clients: Clients, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(clusters, "cancel", lambda *_: asked.append(_[3]))
    monkeypatch.setattr(clusters, "submit", lambda *_: {})
    running, overruns = Step(id="s-1", name="t/1", state="RUNNING", started=datetime(2026, 11, 23, tzinfo=timezone.utc)), Overruns(cluster)

    for _ in range(overrun.POLITE_LOOKS + 2):
        overruns.end(clients, [running], lambda _: 60, datetime(2026, 11, 24, tzinfo=timezone.utc))

    assert asked == [False, True]


def test_two_triggerers_that_both_believe_a_step_is_theirs_submit_it_once(aws: StandIn, clients: Clients, cluster: str, folder: S3Uri) -> None:
    aws.faults(fail_steps=99)

    async def both() -> list[Step]:
        watches = [ClusterWatch(lambda: clients, cluster, EVERY, 256) for _ in range(2)]
        wishes = [Wish(step=step(name), claim=str(folder / "claims" / name)) for name in names(12)]
        return await asyncio.gather(*(watched.follow(wish) for wish in wishes for watched in watches))

    told = asyncio.run(both())

    assert sorted(there(clients, cluster)) == names(12)
    assert len({one.id for one in told}) == 12


def test_a_submission_that_was_throttled_is_made_at_the_next_look(aws: StandIn, impatient: Clients, cluster: str, folder: S3Uri) -> None:
    aws.faults(throttle={"emr.AddJobFlowSteps": 1}, fail_steps=9)

    (told,) = follow(impatient, cluster, ["t/1"], more={"claim": str(folder / "claim")})

    assert isinstance(told, Step) and told.state == "FAILED"


def test_a_table_that_was_dumped_on_a_cluster_that_died_is_not_dumped_again(
    clients: Clients, cluster: str, cluster_request: dict[str, Any], make_table: MakeTable, prefix: str, folder: S3Uri
) -> None:
    dead = clients.emr.run_job_flow(**{**cluster_request, "Name": "ddb/dead"})["JobFlowId"]
    (id,) = clusters.submit(clients, dead, [step("t/1", make_table(prefix), folder / "t" / "1")])
    until(lambda: clusters.list_steps(clients.emr, dead, ["COMPLETED"]))
    clusters.terminate(clients.emr, [dead])

    async def follow_it() -> Step:
        return await ClusterWatch(lambda: clients, cluster, EVERY, 256).follow(Wish(step=step("t/2")), before=[dead])

    told = asyncio.run(follow_it())

    assert (told.id, told.state) == (id, "COMPLETED") and there(clients, cluster) == []


def test_a_look_at_few_steps_is_one_call(aws: StandIn, clients: Clients, cluster: str) -> None:
    aws.faults(hang_steps=3)

    async def some_looks() -> int:
        watched = ClusterWatch(lambda: clients, cluster, EVERY, 256)
        waits = [asyncio.create_task(watched.follow(Wish(step=step(name)))) for name in names(3)]
        await _eventually(lambda: clusters.list_steps(clients.emr, cluster, ["RUNNING"]))
        aws.reset_calls()
        await asyncio.to_thread(until, lambda: aws.calls().get("emr.ListSteps", 0) >= 4)
        calls = aws.calls()
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
        return sum(calls.values()) - calls["emr.ListSteps"]

    assert asyncio.run(some_looks()) == 0, "a look asked for more than a list of steps"


def test_of_steps_that_wait_for_room_the_longest_goes_first(clients: Clients, cluster: str) -> None:
    async def all_of_them() -> None:
        watched = ClusterWatch(lambda: clients, cluster, EVERY, 1)
        await asyncio.gather(*(watched.follow(Wish(step=step(name), seconds=seconds)) for name, seconds in zip(names(3), (1, 3, 2), strict=True)))

    asyncio.run(all_of_them())

    assert there(clients, cluster) == ["t01/1", "t02/1", "t00/1"]


def test_an_attempt_that_completed_but_does_not_count_is_made_again(
    aws: StandIn, clients: Clients, cluster: str, cluster_request: dict[str, Any], make_table: MakeTable, prefix: str, folder: S3Uri
) -> None:
    dead = clients.emr.run_job_flow(**{**cluster_request, "Name": "ddb/dead"})["JobFlowId"]
    table = make_table(prefix)
    (id,) = clusters.submit(clients, dead, [step("t/1", table, folder / "t" / "1")])
    until(lambda: clusters.list_steps(clients.emr, dead, ["COMPLETED"]))
    clusters.terminate(clients.emr, [dead])

    async def follow_it() -> Step:
        watched = ClusterWatch(lambda: clients, cluster, EVERY, 256)
        return await watched.follow(Wish(step=step("t/2", table, folder / "t" / "2")), before=[dead], refused=[id])

    told = asyncio.run(follow_it())

    assert told.id != id and there(clients, cluster) == ["t/2"]


def test_what_a_step_left_on_a_cluster_that_is_gone_is_not_sought_for_ever(clients: Clients, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "cancel", lambda *_: None)
    clusters.terminate(clients.emr, [cluster])
    running, overruns = Step(id="s-1", name="t/1", state="RUNNING", started=datetime(2026, 11, 23, tzinfo=timezone.utc)), Overruns(cluster)

    overruns.end(clients, [running], lambda _: 60, datetime(2026, 11, 24, tzinfo=timezone.utc))

    assert not overruns.unfinished
