"""Spike and reset: what was there is put back exactly, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws import autoscaling, ledgers, throughput
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.ledger import Entry, ScheduledAction
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import QUICK_DECREASES, Table, Throughput
from airflow_dynamodb_emr.errors import DecreaseRefused, NotFound, SpikeDeclined, ThroughputNotReset
from airflow_dynamodb_emr.local.process import StandIn

from .conftest import MakeTable, index
from .helpers import until

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
READ, WRITE = "dynamodb:table:ReadCapacityUnits", "dynamodb:index:WriteCapacityUnits"
OWN, SPIKE = Throughput(read=5, write=5), Throughput(read=50, write=5)
WITH_INDEX: dict[str, Any] = {"GlobalSecondaryIndexes": [index(5)]}
FOR_LOAD = Raised(table=Throughput(read=5, write=60), indexes={"by_id": Throughput(read=5, write=70)})


def today() -> datetime:
    """The stand-in counts decreases by the real clock."""
    return datetime.now(timezone.utc)


def look(clients: Clients, name: str) -> Table:
    return throughput.existing(clients, name)


def spiked(clients: Clients, uri: S3Uri, name: str, raised: Raised | None = None) -> Entry:
    entry = throughput.write_ledger(clients, uri, name, raised or Raised(table=SPIKE), "run", NOW)
    until(lambda: _spike_until_raised(clients, entry))
    return entry


def _spike_until_raised(clients: Clients, entry: Entry) -> bool:
    """As the operator goes about it."""
    now = look(clients, entry.table)
    if throughput.is_raised(clients, entry, now):
        return True
    throughput.spike(clients, entry, now)
    return False


def scale(clients: Clients, resource: str, least: int, most: int, dimension: str = READ, **more: Any) -> dict[str, Any]:
    """Registers a scalable target with a policy, and gives what tells it."""
    about = {"ServiceNamespace": "dynamodb", "ResourceId": resource, "ScalableDimension": dimension}
    metric = {"PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}, "TargetValue": 70.0}
    clients.autoscaling.register_scalable_target(**about, MinCapacity=least, MaxCapacity=most, **more)  # type: ignore[arg-type]
    policy = {"PolicyName": "units", "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": metric}
    clients.autoscaling.put_scaling_policy(**about, **policy)  # type: ignore[arg-type]
    return about


def test_the_ledger_holds_the_originals_before_anything_is_raised(
    clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    make_table(prefix, 5, **WITH_INDEX)
    scale(clients, f"table/{prefix}", 5, 10)

    entry = throughput.write_ledger(clients, folder / "t.json", prefix, FOR_LOAD, "run", NOW)

    assert store.load(folder / "t.json", Entry) == entry
    assert (entry.throughput, entry.indexes, entry.run) == (OWN, {"by_id": OWN}, "run")
    assert [(target.least, target.most) for target in entry.targets] == [(5, 10)]
    assert look(clients, prefix).throughput == OWN


def test_the_ledger_knows_what_is_scheduled_for_the_targets_and_asks_once(
    aws: StandIn, clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    make_table(prefix, 5, **WITH_INDEX)
    evening = scale(clients, f"table/{prefix}", 5, 10)
    action: Any = {"ScheduledActionName": "evening", "Schedule": "cron(0 18 * * ? *)", "ScalableTargetAction": {"MinCapacity": 2}}
    clients.autoscaling.put_scheduled_action(**evening, **action)
    aws.reset_calls()

    entry = throughput.write_ledger(clients, folder / "t", prefix, Raised(table=SPIKE), "run", NOW)

    known = ScheduledAction(name="evening", resource=f"table/{prefix}", dimension=READ, schedule="cron(0 18 * * ? *)", least=2)
    assert entry.schedules == [known] and aws.calls()["application-autoscaling.DescribeScheduledActions"] == 1


def test_a_bound_that_its_schedule_has_set_is_kept_and_told_to_be_its_schedules(
    clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    evening = scale(clients, f"table/{make_table(prefix, 5)}", 5, 10)
    action: Any = {"ScheduledActionName": "evening", "Schedule": "cron(0 18 * * ? *)", "ScalableTargetAction": {"MinCapacity": 2}}
    clients.autoscaling.put_scheduled_action(**evening, **action)
    entry = spiked(clients, folder / "t", prefix)

    clients.autoscaling.register_scalable_target(**evening, MinCapacity=2)  # as the schedule does
    kept = until(lambda: throughput.put_back(clients, folder / "t", entry, today()))

    said = f"{prefix}: autoscaling of table/{prefix} ({READ}) was set to 2 to 10 by its scheduled action evening: kept, it was 5 to 10"
    assert kept == [said] and look(clients, prefix).throughput == OWN


def test_a_table_that_nothing_scales_is_asked_about_once(aws: StandIn, clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    make_table(prefix, 5)
    aws.reset_calls()

    entry = spiked(clients, folder / "t", prefix)
    until(lambda: throughput.put_back(clients, folder / "t", entry, today()) is not None)

    assert {call: count for call, count in aws.calls().items() if call.startswith("application-autoscaling.")} == {
        "application-autoscaling.DescribeScalableTargets": 1
    }


def test_a_ledger_that_is_there_is_never_overwritten(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    entry = spiked(clients, folder / "t.json", make_table(prefix, 5))

    for run in ("run", "another run"):
        again = throughput.write_ledger(clients, folder / "t.json", prefix, Raised(table=Throughput(read=99, write=99)), run, NOW)
        assert again == entry and again.throughput == OWN


def test_racing_runs_agree_on_one_ledger(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    make_table(prefix, 5)

    with ThreadPoolExecutor(6) as pool:
        entries = list(pool.map(lambda n: throughput.write_ledger(clients, folder / "t", prefix, Raised(table=SPIKE), f"run {n}", NOW), range(6)))

    assert len({entry.run for entry in entries}) == 1


def test_a_table_that_is_gone_gets_no_ledger(clients: Clients, store: Store, folder: S3Uri) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        throughput.write_ledger(clients, folder / "t.json", "nowhere", Raised(table=SPIKE), "run", NOW)

    assert store.read(folder / "t.json") is None


def test_a_spike_leaves_what_somebody_has_changed_since_the_ledger_was_written(
    clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    entry = throughput.write_ledger(clients, folder / "t", make_table(prefix, 5), Raised(table=SPIKE), "run", NOW)
    clients.dynamodb.update_table(TableName=prefix, ProvisionedThroughput={"ReadCapacityUnits": 10, "WriteCapacityUnits": 80})

    throughput.spike(clients, entry, look(clients, prefix))

    assert look(clients, prefix).throughput == Throughput(read=10, write=80)
    assert throughput.is_raised(clients, entry, look(clients, prefix))  # there is nothing more to do


def test_a_reset_puts_back_table_indexes_and_targets_exactly(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    make_table(prefix, 5, **WITH_INDEX)
    suspended = {"DynamicScalingInSuspended": False, "DynamicScalingOutSuspended": True, "ScheduledScalingSuspended": False}
    scale(clients, f"table/{prefix}", 2, 10, "dynamodb:table:WriteCapacityUnits", SuspendedState={**suspended, "DynamicScalingInSuspended": True})
    scale(clients, f"table/{prefix}/index/by_id", 5, 40, WRITE, SuspendedState=suspended)
    before = autoscaling.targets(clients.autoscaling, look(clients, prefix))
    entry = spiked(clients, folder / "t", prefix, FOR_LOAD)
    while_raised = autoscaling.targets(clients.autoscaling, look(clients, prefix))

    until(lambda: _reset_until_back(clients, entry))

    after = look(clients, prefix)
    assert (after.throughput, after.indexes) == (OWN, {"by_id": OWN})
    assert autoscaling.targets(clients.autoscaling, after) == before and len(before) == 2
    assert [(target.least, target.most) for target in while_raised] == [(60, 60), (70, 70)]
    assert [target.suspended for target in while_raised] == [target.suspended for target in before]


def _reset_until_back(clients: Clients, entry: Entry) -> bool:
    """As the operator goes about it."""
    now = look(clients, entry.table)
    if throughput.is_back(clients, entry, now):
        return True
    throughput.reset(clients, entry, now, today())
    return False


def test_a_table_is_back_only_when_nothing_differs(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    def back() -> bool:
        return throughput.is_back(clients, entry, look(clients, prefix))

    make_table(prefix, 5, **WITH_INDEX)
    target = scale(clients, f"table/{prefix}", 5, 10, "dynamodb:table:WriteCapacityUnits")
    entry = spiked(clients, folder / "t", prefix, FOR_LOAD)
    assert not back()

    clients.autoscaling.register_scalable_target(**target, MinCapacity=5, MaxCapacity=60)  # type: ignore[arg-type]
    until(lambda: look(clients, prefix).settled)
    clients.dynamodb.update_table(TableName=prefix, ProvisionedThroughput=OWN.request())  # type: ignore[arg-type]
    assert not back()  # the index is still raised

    update = {"Update": {"IndexName": "by_id", "ProvisionedThroughput": OWN.request()}}
    clients.dynamodb.update_table(TableName=prefix, GlobalSecondaryIndexUpdates=[update])  # type: ignore[list-item]
    assert not back()  # a bound of its target is still raised

    clients.autoscaling.register_scalable_target(**target, MinCapacity=5, MaxCapacity=10)  # type: ignore[arg-type]
    assert back()


def test_what_somebody_else_has_set_while_it_was_raised_is_kept_and_told(
    clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    make_table(prefix, 5, **WITH_INDEX)
    entry = spiked(clients, folder / "t", prefix, FOR_LOAD)
    clients.dynamodb.update_table(TableName=prefix, ProvisionedThroughput={"ReadCapacityUnits": 33, "WriteCapacityUnits": 60})

    kept = until(lambda: throughput.put_back(clients, folder / "t", entry, today()))

    after = look(clients, prefix)
    assert (after.throughput, after.indexes) == (Throughput(read=33, write=5), {"by_id": OWN})
    assert kept == [f"{prefix}: read capacity was set to 33: kept, it was 5"] and store.read(folder / "t") is None


def test_a_table_made_anew_under_the_name_is_left_alone(clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    entry = spiked(clients, folder / "t", make_table(prefix, 5))
    clients.dynamodb.delete_table(TableName=prefix)
    clients.dynamodb.get_waiter("table_not_exists").wait(TableName=prefix, WaiterConfig={"Delay": 1})
    make_table(prefix, 50)

    kept = throughput.put_back(clients, folder / "t", entry, today())

    assert look(clients, prefix).throughput == Throughput(read=50, write=50) and store.read(folder / "t") is None
    assert kept and "another made in its place" in kept[0]


def test_the_part_of_a_reset_that_can_be_done_does_not_wait_for_the_other(
    clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    make_table(prefix, 5, **WITH_INDEX)
    entry = spiked(clients, folder / "t", prefix, FOR_LOAD)
    no_decrease_left(clients, prefix)

    throughput.reset(clients, entry, look(clients, prefix), today())

    until(lambda: look(clients, prefix).settled)
    assert look(clients, prefix).indexes == {"by_id": OWN} and look(clients, prefix).throughput.write == 60
    with pytest.raises(DecreaseRefused):
        throughput.reset(clients, entry, look(clients, prefix), today())


def test_a_table_whose_spike_is_still_under_way_is_not_back(
    aws: StandIn, clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    entry = throughput.write_ledger(clients, folder / "t", make_table(prefix, 5), Raised(table=SPIKE), "run", NOW)
    aws.set(update_seconds=600)
    throughput.spike(clients, entry, look(clients, prefix))

    now = look(clients, prefix)

    assert now.throughput == OWN and not now.settled  # what it will be is not what it says it is
    assert not throughput.is_back(clients, entry, now)


def test_a_table_whose_spike_is_still_under_way_is_not_forgotten(
    aws: StandIn, clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    entry = throughput.write_ledger(clients, folder / "t", make_table(prefix, 5), Raised(table=SPIKE), "run", NOW)
    aws.set(update_seconds=600)
    throughput.spike(clients, entry, look(clients, prefix))

    assert throughput.put_back(clients, folder / "t", entry, today()) is None
    assert store.load(folder / "t", Entry) == entry


def test_a_reset_lowers_table_and_indexes_with_one_call(aws: StandIn, clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    entry = spiked(clients, folder / "t", make_table(prefix, 5, **WITH_INDEX), FOR_LOAD)
    aws.reset_calls()

    throughput.reset(clients, entry, look(clients, prefix), today())

    assert aws.calls()["dynamodb.UpdateTable"] == 1
    assert throughput.is_back(clients, entry, look(clients, prefix))


def test_a_reset_of_what_is_back_spends_no_decrease(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    entry = spiked(clients, folder / "t", make_table(prefix, 5))

    for _ in range(3):
        throughput.reset(clients, entry, look(clients, prefix), today())

    assert look(clients, prefix).decreases.today == 1


@pytest.mark.parametrize("ask", ["spike", "reset"])
def test_a_table_that_is_changing_already_is_left_to_be_looked_at_again(
    aws: StandIn, clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str, ask: str
) -> None:
    entry = throughput.write_ledger(clients, folder / "t", make_table(prefix, 5), Raised(table=SPIKE), "run", NOW)
    stale = look(clients, prefix) if ask == "spike" else spiked_by_hand(clients, prefix)
    aws.set(update_seconds=600)
    clients.dynamodb.update_table(TableName=prefix, ProvisionedThroughput={"ReadCapacityUnits": 90, "WriteCapacityUnits": 90})

    if ask == "spike":
        throughput.spike(clients, entry, stale)
    else:
        throughput.reset(clients, entry, stale, today())

    assert look(clients, prefix).status == "UPDATING"


def test_a_refusal_that_describe_table_did_not_foretell_is_read(
    clients: Clients, impatient: Clients, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    entry = spiked(clients, folder / "t", make_table(prefix, 5))
    stale = look(clients, prefix)
    no_decrease_left(clients, prefix)

    with pytest.raises(DecreaseRefused, match="Next decrease can be made at") as raised:
        throughput.reset(impatient, entry, structs.replace(look(clients, prefix), decreases=stale.decreases), today())

    assert timedelta(0) < raised.value.until - today() <= timedelta(hours=1)


def spiked_by_hand(clients: Clients, name: str) -> Table:
    clients.dynamodb.update_table(TableName=name, ProvisionedThroughput=SPIKE.request())  # type: ignore[arg-type]
    return look(clients, name)


def no_decrease_left(clients: Clients, name: str) -> None:
    """Somebody else has used them up, and left the table as it was."""
    was = look(clients, name).throughput
    for _ in range(QUICK_DECREASES):
        for write in (was.write + 1, was.write):
            clients.dynamodb.update_table(TableName=name, ProvisionedThroughput={"ReadCapacityUnits": was.read, "WriteCapacityUnits": write})


def test_a_reset_that_has_to_wait_says_so(aws: StandIn, clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    entry = spiked(clients, folder / "t", make_table(prefix, 5))
    no_decrease_left(clients, prefix)
    aws.reset_calls()

    with pytest.raises(DecreaseRefused) as raised:
        throughput.reset(clients, entry, look(clients, prefix), today())

    assert raised.value.facts.startswith(f"{prefix}: its throughput can be lowered again at ")
    assert timedelta(0) < raised.value.until - today() <= timedelta(hours=1)
    assert raised.value.hint and look(clients, prefix).throughput == SPIKE
    assert "dynamodb.UpdateTable" not in aws.calls()  # no patience brings a decrease back


@pytest.mark.parametrize(
    ("spent", "raised"), [pytest.param("", Raised(table=SPIKE), id="of the table"), pytest.param("by_id", FOR_LOAD, id="of an index")]
)
def test_what_could_not_be_put_back_now_is_not_raised(
    clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str, spent: str, raised: Raised
) -> None:
    make_table(prefix, 5, **WITH_INDEX)
    for _ in range(QUICK_DECREASES):
        for units in (9, 5):
            own: Any = {"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": units}}
            clients.dynamodb.update_table(
                TableName=prefix, **({"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": spent, **own}}]} if spent else own)
            )

    with pytest.raises(SpikeDeclined, match=r"its reset would have to wait until \d\d:\d\d:\d\d UTC: it was lowered 4 times today"):
        throughput.write_ledger(clients, folder / "t", prefix, raised, "run", today())

    assert store.read(folder / "t") is None


@pytest.mark.parametrize(
    ("units", "why"), [pytest.param(None, "it is on demand by now", id="on demand"), pytest.param(60, "it has 60 reads", id="as much already")]
)
def test_what_has_become_of_a_table_since_the_plan_is_looked_at_before_the_ledger_is_written(
    clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str, units: int | None, why: str
) -> None:
    with pytest.raises(SpikeDeclined, match=why):
        throughput.write_ledger(clients, folder / "t", make_table(prefix, units), Raised(table=SPIKE), "run", today())

    assert store.read(folder / "t") is None


def test_a_dump_does_not_mind_what_its_indexes_have_spent(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    make_table(prefix, 5, **WITH_INDEX)
    for _ in range(QUICK_DECREASES):
        for units in (9, 5):
            update: Any = {"Update": {"IndexName": "by_id", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": units}}}
            clients.dynamodb.update_table(TableName=prefix, GlobalSecondaryIndexUpdates=[update])

    assert throughput.write_ledger(clients, folder / "t", prefix, Raised(table=Throughput(read=50, write=0)), "run", today())


def test_an_undo_that_has_to_wait_leaves_the_ledger(clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    entry = spiked(clients, folder / "t", make_table(prefix, 5))
    no_decrease_left(clients, prefix)

    with pytest.raises(ThroughputNotReset):
        throughput.undo(clients, folder / "t", entry, today())

    assert store.load(folder / "t", Entry) == entry


def test_an_undo_puts_back_and_forgets(clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    make_table(prefix, 5)
    scale(clients, f"table/{prefix}", 5, 10, "dynamodb:table:WriteCapacityUnits")
    entry = spiked(clients, folder / "t", prefix)

    throughput.undo(clients, folder / "t", entry, today())

    assert throughput.is_back(clients, entry, look(clients, prefix)) and store.read(folder / "t") is None


def test_the_entry_of_a_run_that_has_raised_the_table_since_is_not_forgotten(
    clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    entry = throughput.write_ledger(clients, folder / "t", make_table(prefix, 5), Raised(table=SPIKE), "run", NOW)
    store.delete(folder / "t")
    theirs = throughput.write_ledger(clients, folder / "t", prefix, Raised(table=SPIKE), "another run", NOW)

    throughput.put_back(clients, folder / "t", entry, today())

    assert store.load(folder / "t", Entry) == theirs


def test_an_undo_of_what_was_never_raised_forgets_it(
    aws: StandIn, clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    entry = throughput.write_ledger(clients, folder / "t", make_table(prefix, 5), Raised(table=SPIKE), "run", NOW)
    aws.reset_calls()

    throughput.undo(clients, folder / "t", entry, today())

    assert store.read(folder / "t") is None and "dynamodb.UpdateTable" not in aws.calls()


def test_an_undo_that_is_under_way_leaves_the_ledger(
    aws: StandIn, clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    entry = spiked(clients, folder / "t", make_table(prefix, 5))
    aws.set(update_seconds=600)

    throughput.undo(clients, folder / "t", entry, today())

    assert store.load(folder / "t", Entry) == entry


def test_nothing_is_left_to_undo_of_a_table_that_is_gone(clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    entry = spiked(clients, folder / "t", make_table(prefix, 5))
    clients.dynamodb.delete_table(TableName=prefix)

    throughput.undo(clients, folder / "t", entry, today())

    assert store.read(folder / "t") is None


@pytest.fixture
def asked(clients: Clients) -> Iterator[list[str]]:
    """The names of the calls that change anything, in order."""
    names: list[str] = []

    def note(model: Any, **_: Any) -> None:
        names.append(model.name)

    calls = [(clients.dynamodb_brief, "dynamodb.UpdateTable"), (clients.autoscaling, "application-autoscaling.RegisterScalableTarget")]
    for client, call in calls:
        client.meta.events.register(f"before-call.{call}", note)
    yield names
    for client, call in calls:
        client.meta.events.unregister(f"before-call.{call}", note)


def test_autoscaling_is_told_before_capacity_is_changed_and_of_a_maximum_after_it_is_back(
    clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str, asked: list[str]
) -> None:
    scale(clients, f"table/{make_table(prefix, 5)}", 5, 10)
    entry = throughput.write_ledger(clients, folder / "t", prefix, Raised(table=Throughput(read=50, write=60)), "run", NOW)
    asked.clear()

    throughput.spike(clients, entry, look(clients, prefix))
    assert asked == ["RegisterScalableTarget", "UpdateTable"]

    until(lambda: throughput.is_raised(clients, entry, look(clients, prefix)))
    asked.clear()
    until(lambda: throughput.put_back(clients, folder / "t", entry, today()) is not None)
    assert asked == ["RegisterScalableTarget", "UpdateTable", "RegisterScalableTarget"]


def test_of_a_table_that_is_gone_the_targets_that_are_still_raised_are_told(
    clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    scale(clients, f"table/{make_table(prefix, 5)}", 5, 10)
    entry = spiked(clients, folder / "t", prefix)
    clients.dynamodb.delete_table(TableName=prefix)
    clients.dynamodb.get_waiter("table_not_exists").wait(TableName=prefix, WaiterConfig={"Delay": 1})

    kept = throughput.put_back(clients, folder / "t", entry, today())

    still = f"{prefix}: autoscaling of table/{prefix} ({READ}) is still set to 50 to 50: it was 5 to 10"
    assert kept == [f"{prefix}: the table was deleted", still]


def test_an_autoscaled_table_is_not_pulled_back_while_it_is_raised(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    kept, sentinel = make_table(prefix + "kept", 5), make_table(prefix + "sentinel", 5)
    for name in (kept, sentinel):
        scale(clients, f"table/{name}", 5, 10)
    spiked(clients, folder / "t", kept)
    spiked_by_hand(clients, sentinel)

    until(lambda: look(clients, sentinel).throughput == OWN)

    assert look(clients, kept).throughput == SPIKE


def test_an_index_that_was_deleted_meanwhile_does_not_hold_up_the_reset(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    make_table(prefix, 5, **WITH_INDEX)
    of_index = scale(clients, f"table/{prefix}/index/by_id", 5, 40, WRITE)
    entry = spiked(clients, folder / "t", prefix, FOR_LOAD)
    clients.autoscaling.deregister_scalable_target(**of_index)  # type: ignore[arg-type]
    clients.dynamodb.update_table(TableName=prefix, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_id"}}])
    until(lambda: look(clients, prefix).settled and not look(clients, prefix).indexes)

    throughput.reset(clients, entry, look(clients, prefix), today())

    assert throughput.is_back(clients, entry, look(clients, prefix))


def test_a_table_that_was_switched_to_on_demand_meanwhile_is_back(clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> None:
    entry = spiked(clients, folder / "t", make_table(prefix, 5))
    clients.dynamodb.update_table(TableName=prefix, BillingMode="PAY_PER_REQUEST")

    throughput.reset(clients, entry, look(clients, prefix), today())

    assert throughput.is_back(clients, entry, look(clients, prefix))


def test_targets_of_other_tables_are_left_alone(clients: Clients, make_table: MakeTable, prefix: str) -> None:
    for name in (prefix + "a", prefix + "ab"):
        make_table(name, 5)
        scale(clients, f"table/{name}", 5, 10)

    found = autoscaling.targets(clients.autoscaling, look(clients, prefix + "a"))

    assert [target.resource for target in found] == [f"table/{prefix}a"]


def test_a_ledger_that_is_gone_while_its_table_is_raised_is_an_error(store: Store, folder: S3Uri) -> None:
    with pytest.raises(ThroughputNotReset, match="is gone while its table is raised"):
        throughput.read_ledger(store, folder / "t")


def test_a_table_is_raised_by_the_run_that_its_ledger_names(
    clients: Clients, store: Store, make_table: MakeTable, folder: S3Uri, prefix: str
) -> None:
    class Plan:
        run, base, account, region = "run", str(folder), "1", "us-east-1"

    class Other(Plan):
        run = "another run"

    assert not ledgers.raised_by(store, Plan(), prefix)
    spiked(clients, ledgers.ledger_of(Plan(), prefix), make_table(prefix, 5))

    assert ledgers.raised_by(store, Plan(), prefix) and not ledgers.raised_by(store, Other(), prefix)
