"""What a spike does where the account has no room for it, or something else is in its way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast
from unittest.mock import ANY

import pytest
from airflow.providers.common.compat.sdk import TaskDeferred
from botocore.config import Config
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import admission, tables, throughput
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.ledger import Entry, ledger_uri
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Table, Throughput
from airflow_dynamodb_emr.errors import DynamoDBBackupError
from airflow_dynamodb_emr.operators.base import now
from airflow_dynamodb_emr.operators.reset import ResetOperator
from airflow_dynamodb_emr.operators.spike import SpikeOperator
from airflow_dynamodb_emr.settings import Settings

from .conftest import BASE, World

OWN, SPIKE, ACCOUNT, TABLE = 5, 4005, 80_000, 40_000
NAME, FOLDER = "ROOM_table", BASE / "us-east-1" / "ROOM_" / "2026"


@pytest.fixture
def clients(world: World) -> Clients:
    """Every call is made once: botocore would ask for room that is not there again, for seconds."""
    once = Config(retries={"total_max_attempts": 1})
    return Clients(lambda service, _: world.aws.client(service, config=once), "us-east-1")


@pytest.fixture
def room(world: World) -> Iterator[Any]:
    """Makes tables that leave the account just so many read units."""
    made: list[str] = []

    def leave(units: int) -> None:
        found = [tables.look(world.dynamodb, name) for name in tables.list_tables(world.dynamodb)]
        standing = sum(each.read for table in found if table for each in table.capacities)
        for number, read in enumerate([TABLE, ACCOUNT - TABLE - standing - OWN - units]):
            made.append(world.table(f"ROOM_other_{number}", 0, read))
        made.append(world.table(NAME, 1, OWN))

    world.aws.set(create_seconds=0, delete_seconds=0)
    yield leave
    for name in made:
        world.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        world.dynamodb.delete_table(TableName=name)
    world.aws.set(create_seconds=1, delete_seconds=0.5)
    for left, _ in [*world.store.objects(BASE / "ledger"), *world.store.objects(BASE / "slots")]:
        world.store.delete(left)


def operator(world: World, clients: Clients, room_minutes: float, spike: int = SPIKE, **more: Any) -> SpikeOperator:
    account = clients.sts.get_caller_identity()["Account"]
    share = {"name": NAME, "raised": {"table": {"read": spike, "write": 0}}, **more}
    plan = {"run": "r", "base": str(BASE), "account": account, "folder": str(FOLDER), "region": "us-east-1", "concurrency": 1, "tables": [share]}
    world.store.put(FOLDER / "plan.json", json.dumps({"format": 1, **plan}).encode())
    made = SpikeOperator(task_id="spike", table=NAME, plan=str(FOLDER / "plan.json"))
    made.__dict__.update(clients=clients, settings=Settings(room_minutes=room_minutes, poll_seconds=1))
    return made


def entry(world: World, clients: Clients) -> Entry | None:
    return world.store.load(uri(clients), Entry)


def uri(clients: Clients) -> S3Uri:
    return ledger_uri(BASE, clients.sts.get_caller_identity()["Account"], "us-east-1", NAME)


def has_slot(world: World) -> bool:
    return admission.has_slot(world.store, admission.slots_of(BASE, FOLDER), NAME)


def test_a_spike_first_waits_for_room(world: World, clients: Clients, room: Any) -> None:
    room(1500)

    with pytest.raises(TaskDeferred) as deferred:
        operator(world, clients, room_minutes=10).execute(cast("Any", {}))

    assert deferred.value.trigger.probe == "time_come" and world.units(NAME) == OWN and entry(world, clients)


def test_then_it_asks_for_half_and_half_of_that(world: World, clients: Clients, room: Any) -> None:
    room(1500)

    got = operator(world, clients, room_minutes=0).execute(cast("Any", {}))

    assert got["read"] == world.units(NAME) == OWN + (SPIKE - OWN) / 4
    known = entry(world, clients)
    assert known and known.share == 0.25 and known.raised.table.read == got["read"] and known.throughput.read == OWN
    assert got["note"].startswith(f"{NAME} has 25% of its spike: ")


@pytest.mark.parametrize(
    ("done_by", "seconds"),
    [
        pytest.param({"engine": "worker"}, 3 * 4 * 600 + 3600, id="a worker: as slow as the smaller spike makes it"),
        pytest.param({"engine": "spark", "serverless": True}, 3 * 4 * 600 + 3600, id="a job run"),
        pytest.param({"engine": "spark"}, 0, id="a step: its cluster shows it"),
    ],
)
def test_the_ledger_says_how_long_work_without_a_cluster_may_need_it(
    world: World, clients: Clients, room: Any, done_by: dict[str, Any], seconds: float
) -> None:
    room(1500)

    operator(world, clients, room_minutes=0, seconds=600, **done_by).execute(cast("Any", {}))

    known = entry(world, clients)
    assert known and (known.share, known.seconds) == (0.25, seconds)


def test_then_it_does_without_and_says_so(world: World, clients: Clients, room: Any) -> None:
    room(100)

    got = operator(world, clients, room_minutes=0).execute(cast("Any", {}))

    assert got["read"] == world.units(NAME) == OWN and entry(world, clients) is None
    assert got["note"].startswith(f"{NAME} went without a spike: Subscriber limit exceeded")
    assert not has_slot(world)


def test_a_share_that_is_no_unit_more_is_none(world: World, clients: Clients, room: Any) -> None:
    room(0)

    got = operator(world, clients, room_minutes=0, spike=OWN + 1).execute(cast("Any", {}))

    assert got["note"].startswith(f"{NAME} went without a spike: Subscriber limit exceeded")
    assert entry(world, clients) is None and not has_slot(world)


def test_a_table_whose_ledger_entry_cannot_be_read_goes_without_and_the_entry_is_left(world: World, clients: Clients, room: Any) -> None:
    room(SPIKE)
    world.store.put(uri(clients), b"{]")

    got = operator(world, clients, room_minutes=0).execute(cast("Any", {}))

    assert got["note"].startswith(f"{NAME} went without a spike: {uri(clients)} is no Entry") and got["read"] == world.units(NAME) == OWN
    assert world.store.read(uri(clients)) == b"{]" and not has_slot(world)


def test_a_table_that_another_run_has_raised_goes_without_and_says_whose_it_is(world: World, clients: Clients, room: Any) -> None:
    room(SPIKE)
    theirs = throughput.write_ledger(clients, uri(clients), NAME, Raised(table=Throughput(read=99, write=0)), "another run", now())

    got = operator(world, clients, room_minutes=0).execute(cast("Any", {}))

    assert got["note"] == f"{NAME} went without a spike: another run has raised it already, and its reset puts it back"
    assert entry(world, clients) == theirs and not has_slot(world)


class Denied:
    """Application Auto Scaling of a role that may not ask it."""

    def describe_scalable_targets(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeScalableTargets")


def test_a_spike_that_fails_before_anything_is_raised_gives_its_slot_back(world: World, clients: Clients, room: Any) -> None:
    room(SPIKE)
    clients.__dict__["autoscaling"] = Denied()

    with pytest.raises(ClientError, match="AccessDenied"):
        operator(world, clients, room_minutes=0).execute(cast("Any", {}))

    assert entry(world, clients) is None and not has_slot(world)


class Refusing:
    """DynamoDB that answers UpdateTable so."""

    def __init__(self, code: str, status: int) -> None:
        self.answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}

    def update_table(self, **_: Any) -> Any:
        raise ClientError(self.answer, "UpdateTable")


@pytest.mark.parametrize(
    ("refusal", "left"),
    [
        pytest.param(Refusing("AccessDeniedException", 400), False, id="refused: nothing was done, and nothing is left"),
        pytest.param(Refusing("InternalServerError", 500), True, id="nobody knows: the ledger stays"),
    ],
)
def test_what_is_left_of_a_spike_that_is_refused(world: World, clients: Clients, room: Any, refusal: Refusing, left: bool) -> None:
    room(SPIKE)
    clients.__dict__["dynamodb_brief"] = refusal

    with pytest.raises(ClientError):
        operator(world, clients, room_minutes=0).execute(cast("Any", {}))

    assert (entry(world, clients) is not None, has_slot(world)) == (left, left)


def test_a_table_that_was_put_back_just_before_it_is_raised_is_in_the_ledger_again(
    world: World, clients: Clients, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room(SPIKE)
    spike = throughput.spike

    def late(clients: Clients, entry: Entry, table: Table) -> None:
        world.store.delete(uri(clients))
        spike(clients, entry, table)

    monkeypatch.setattr(throughput, "spike", late)
    operator(world, clients, room_minutes=0).execute(cast("Any", {}))

    known = entry(world, clients)
    assert known and known.throughput.read == OWN and world.units(NAME) == SPIKE


def test_a_reset_makes_room_for_another_table(world: World, clients: Clients, room: Any) -> None:
    room(SPIKE)
    spike = operator(world, clients, room_minutes=0)
    raised = spike.execute(cast("Any", {}))
    reset = ResetOperator(task_id="reset", table=NAME, plan=spike.plan)
    reset.__dict__.update(clients=clients, settings=spike.settings)

    assert has_slot(world)
    told = reset.execute(cast("Any", {}))
    assert told == {"table": NAME, "notes": [], "waits": "", "at": ANY} and raised["since"] < told["at"]
    assert not has_slot(world) and world.units(NAME) == OWN


def test_a_spike_that_fails_with_its_table_raised_keeps_its_slot_with_the_ledger_entry(
    world: World, clients: Clients, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room(SPIKE)
    spike = operator(world, clients, room_minutes=0)
    spike.execute(cast("Any", {}))
    monkeypatch.setattr(throughput, "undo", lambda *_: False)  # as of a table that takes its time

    with pytest.raises(DynamoDBBackupError, match="waited for too long"):
        spike.go_on(cast("Any", {}), {"timeout": True})

    assert entry(world, clients) and has_slot(world)


def test_a_smaller_spike_is_put_back_like_any_other(world: World, clients: Clients, room: Any) -> None:
    room(1500)
    operator(world, clients, room_minutes=0).execute(cast("Any", {}))
    known = entry(world, clients)
    assert known

    assert throughput.put_back(clients, uri(clients), known, known.since) is None
    world.dynamodb.get_waiter("table_exists").wait(TableName=NAME, WaiterConfig={"Delay": 1})
    assert throughput.put_back(clients, uri(clients), known, known.since) == [] and world.units(NAME) == OWN
