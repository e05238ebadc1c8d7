"""What a spike and a reset change: all of what was raised, and nothing that somebody else has set."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core import changes, ledger
from airflow_dynamodb_emr.core.changes import Change
from airflow_dynamodb_emr.core.ledger import Entry, ScheduledAction, Target
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import QUICK_DECREASES, Decreases, Table, Throughput

from .makers import NOON, RUN, table

READ, WRITE = "dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits"
OF_INDEX = {"resource": "table/orders/index/i", "dimension": "dynamodb:index:WriteCapacityUnits"}
UNITS = st.builds(lambda read, write: Throughput(read=read, write=write), st.integers(1, 9), st.integers(1, 9))
TABLES = st.builds(lambda own, indexes: table(throughput=own, indexes=indexes), UNITS, st.dictionaries(st.sampled_from("ab"), UNITS))
SPIKE = Raised(table=Throughput(read=50, write=5))


def target(least: int, most: int, dimension: str = READ, resource: str = "table/orders", **more: Any) -> Target:
    return Target(resource=resource, dimension=dimension, least=least, most=most, **more)


def entry(was: Table, raised: Raised, *targets: Target) -> Entry:
    return ledger.entry(was, list(targets), raised, RUN, NOON)


def raised_for(was: Table, more: Table) -> Raised:
    indexes = {name: units.at_least(more.indexes[name]) for name, units in was.indexes.items() if name in more.indexes}
    return Raised(table=was.throughput.at_least(more.throughput), indexes=indexes)


def after(now: Table, change: Change) -> Table:
    return structs.replace(now, throughput=change.table or now.throughput, indexes={**now.indexes, **change.indexes})


def targets_after(found: list[Target], change: Change) -> list[Target]:
    new = {(one.resource, one.dimension): one for one in change.targets}
    return [new.get((one.resource, one.dimension), one) for one in found]


@given(TABLES, TABLES)
def test_spike_then_reset_ends_in_the_originals(was: Table, more: Table) -> None:
    known = entry(was, raised_for(was, more))

    raised = after(was, changes.spike(known, was, []))
    back = changes.reset(known, raised, [])

    assert (raised.throughput, raised.indexes) == (known.raised.table, {**was.indexes, **known.raised.indexes})
    assert changes.spike(known, raised, []).nothing
    assert after(raised, back) == was and not back.kept
    assert changes.reset(known, was, []).nothing


@given(TABLES, TABLES, TABLES)
def test_whatever_somebody_else_sets_while_it_is_raised_stays(was: Table, more: Table, theirs: Table) -> None:
    known = entry(was, raised_for(was, more))
    raised = after(was, changes.spike(known, was, []))
    now = structs.replace(raised, throughput=theirs.throughput)

    end = after(now, changes.reset(known, now, []))

    for mine, original, ended in zip(*(structs.astuple(one.throughput) for one in (raised, was, end)), strict=True):
        assert ended in (original, *structs.astuple(theirs.throughput))
        assert ended != mine or mine == original or mine in structs.astuple(theirs.throughput)
    assert end.indexes == was.indexes
    assert changes.reset(known, end, []).nothing


@given(TABLES, TABLES)
def test_half_of_a_reset_is_finished_by_the_next(was: Table, more: Table) -> None:
    known = entry(was, raised_for(was, more))
    raised = after(was, changes.spike(known, was, []))
    half = structs.replace(raised, throughput=was.throughput)

    assert after(half, changes.reset(known, half, [])) == was


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        pytest.param(target(5, 10), [target(50, 50)], id="both bounds are too low"),
        pytest.param(target(5, 100), [target(50, 100)], id="the minimum is too low"),
        pytest.param(target(60, 100), [], id="the minimum is high enough"),
        pytest.param(target(1, 10, WRITE), [], id="writes are not raised"),
        pytest.param(target(1, 10, **OF_INDEX), [], id="an index that is not raised"),
        pytest.param(target(5, 10, suspended={"x": True}), [target(50, 50, suspended={"x": True})], id="what is suspended stays so"),
    ],
)
def test_a_target_allows_the_spike_while_it_lasts_and_gets_its_bounds_back(before: Target, wanted: list[Target]) -> None:
    was = table(read=5, write=5, indexes={"i": Throughput(read=1, write=1)})
    known = entry(was, SPIKE, before)

    change = changes.spike(known, was, [before])
    meanwhile = targets_after([before], change)

    assert change.targets == wanted
    first = changes.reset(known, after(was, change), meanwhile)
    then = targets_after(meanwhile, first)
    assert targets_after(then, changes.reset(known, after(after(was, change), first), then)) == [before]


def test_a_maximum_is_put_back_once_the_capacity_is_below_it_so_that_one_decrease_does() -> None:
    was, before = table(read=5, write=5), target(5, 10)
    known = entry(was, SPIKE, before)
    raised = after(was, changes.spike(known, was, [before]))

    first = changes.reset(known, raised, [target(50, 50)])
    then = changes.reset(known, after(raised, first), [target(5, 50)])

    assert (first.targets, first.table) == ([target(5, 50)], Throughput(read=5, write=5))
    assert (then.targets, then.table) == ([before], None)


def test_what_a_spike_does_not_raise_is_left_whatever_it_has_become_since_the_plan() -> None:
    was, of_write = table(read=5, write=3, indexes={"i": Throughput(read=1, write=1)}), target(1, 9, WRITE)
    known = entry(was, Raised(table=Throughput(read=50, write=0)), of_write)

    assert changes.spike(known, was, [of_write]) == Change(table=Throughput(read=50, write=3))
    assert changes.reset(known, table(read=50, write=3, indexes=was.indexes), [of_write]) == Change(table=was.throughput)


def test_the_target_of_an_index_allows_the_spike_of_that_index() -> None:
    was = table(indexes={"i": Throughput(read=1, write=1)})
    before = target(1, 10, **OF_INDEX)
    raised = Raised(table=Throughput(read=5, write=40), indexes={"i": Throughput(read=2, write=30)})

    assert changes.spike(entry(was, raised, before), was, [before]).targets == [structs.replace(before, least=30, most=30)]


@pytest.mark.parametrize(
    ("found", "bounds", "said"),
    [
        pytest.param(target(50, 80), (5, 80), ["was set to 5 to 80: kept, it was 5 to 10"], id="a new maximum"),
        pytest.param(target(2, 50), (2, 10), ["was set to 2 to 10: kept, it was 5 to 10"], id="a new minimum"),
        pytest.param(target(20, 50), (20, 20), ["was set to 20 to 20: kept, it was 5 to 10"], id="a new minimum above the old maximum"),
        pytest.param(target(3, 30), (3, 30), ["was set to 3 to 30: kept, it was 5 to 10"], id="both, by a scheduled action or a person"),
        pytest.param(
            target(50, 50, suspended={"DynamicScalingInSuspended": True}),
            (5, 10),
            ["was set to 5 to 10, DynamicScalingInSuspended: kept, it was 5 to 10"],
            id="suspended",
        ),
        pytest.param(None, None, ["was removed: left so"], id="removed"),
    ],
)
def test_bounds_that_somebody_else_has_set_are_kept(found: Target | None, bounds: tuple[int, int] | None, said: list[str]) -> None:
    known = entry(table(), SPIKE, target(5, 10))
    now = [found] if found else []

    change = changes.reset(known, table(), now)

    assert [(one.least, one.most) for one in targets_after(now, change)] == ([bounds] if bounds else [])
    assert [line.split(") ")[1] for line in change.kept] == said


EVENING = ScheduledAction(name="evening", resource="table/orders", dimension=READ, schedule="cron(0 18 * * ? *)", least=3)
SUSPENDED = {"DynamicScalingInSuspended": True}


@pytest.mark.parametrize(
    ("action", "found", "by_it"),
    [
        pytest.param(EVENING, target(3, 50), True, id="its minimum"),
        pytest.param(structs.replace(EVENING, most=30), target(3, 30), True, id="both its bounds"),
        pytest.param(structs.replace(EVENING, most=30), target(5, 30), True, id="its maximum, the minimum being what it was"),
        pytest.param(EVENING, target(4, 50), False, id="another minimum"),
        pytest.param(EVENING, target(3, 30), False, id="a maximum that it does not set"),
        pytest.param(EVENING, target(3, 50, suspended=SUSPENDED), False, id="it suspends nothing"),
        pytest.param(structs.replace(EVENING, dimension=WRITE), target(3, 50), False, id="that of another target"),
    ],
)
def test_a_bound_is_said_to_be_set_by_a_schedule_only_where_it_is_exactly_what_that_sets(action: ScheduledAction, found: Target, by_it: bool) -> None:
    known = structs.replace(entry(table(), SPIKE, target(5, 10)), schedules=[action])

    (line,) = changes.reset(known, table(), [found]).kept

    assert (" by its scheduled action evening: kept, it was 5 to 10" in line) is by_it


def test_capacity_that_autoscaling_has_moved_is_put_back_and_is_nobodys_change() -> None:
    known, bounds = entry(table(read=5), SPIKE, target(5, 10)), [target(50, 50)]

    change = changes.reset(known, table(read=70), bounds)

    assert change.table == Throughput(read=5, write=5) and not change.kept
    for units in (7, 70):  # it has gone on from there
        assert changes.reset(known, table(read=units), [target(5, 10)]).nothing


def test_capacity_that_autoscaling_moved_before_the_spike_is_raised_all_the_same() -> None:
    bounds = [target(5, 10)]

    assert changes.spike(entry(table(read=5), SPIKE, *bounds), table(read=8), bounds).table == Throughput(read=50, write=5)


def test_an_index_that_is_gone_or_new_does_not_hold_up_the_reset() -> None:
    one = Throughput(read=1, write=1)
    gone = target(1, 2, resource="table/orders/index/gone", dimension="dynamodb:index:ReadCapacityUnits")
    known = entry(table(indexes={"gone": one}), SPIKE, gone)

    change = changes.reset(known, table(indexes={"new": one}), [])

    assert change.nothing and not change.kept


def test_a_table_that_was_switched_to_on_demand_has_nothing_to_raise_or_put_back_but_its_targets() -> None:
    known = entry(table(read=5, write=5), SPIKE, target(5, 10))
    now = table(read=0, write=0)

    assert changes.spike(known, now, []).nothing
    assert changes.reset(known, now, [target(50, 50)]) == Change(targets=[target(5, 10)], kept=["it was switched to on demand: left so"])


def test_a_table_made_anew_is_neither_raised_nor_put_back_but_for_the_bounds_that_autoscaling_has_kept() -> None:
    known = entry(table(id="old"), SPIKE, target(5, 10))
    change = changes.reset(known, table(id="new", read=50), [target(50, 50)])

    assert changes.spike(known, table(id="new"), [target(5, 10)]).nothing
    assert (change.table, change.indexes, change.targets) == (None, {}, [target(5, 10)])
    assert changes.reset(known, table(id="new", read=50), [target(5, 10)]).nothing


def test_a_table_that_was_on_demand_when_it_was_to_be_raised_is_left_alone_whatever_it_becomes() -> None:
    known, bounds = entry(table(read=0, write=0), SPIKE, target(5, 10)), [target(5, 10)]

    for now in (table(read=0, write=0), table(read=7), table(read=60)):
        assert changes.spike(known, now, bounds).nothing and changes.reset(known, now, bounds).nothing


def test_no_target_is_registered_that_would_lower_what_somebody_has_set() -> None:
    known, above = entry(table(read=5), SPIKE, target(5, 10)), table(read=60)

    assert changes.spike(known, above, [target(5, 10)]).nothing
    assert changes.reset(known, above, [target(50, 50)]) == Change(table=Throughput(read=5, write=5))  # its target is next


SPENT = Decreases(today=QUICK_DECREASES, last=NOON - timedelta(minutes=20))
BACK = Throughput(read=1, write=1)
LATER = NOON + timedelta(minutes=40)


@pytest.mark.parametrize(
    ("spent", "change", "possible", "later"),
    [
        pytest.param({}, Change(table=BACK), Change(table=BACK), None, id="nothing is spent"),
        pytest.param({"decreases": SPENT}, Change(table=BACK), Change(), LATER, id="the table's is spent"),
        pytest.param({"decreases": SPENT}, Change(table=BACK, indexes={"i": BACK}), Change(indexes={"i": BACK}), LATER, id="the index has one"),
        pytest.param({"index_decreases": {"i": SPENT}}, Change(table=BACK, indexes={"i": BACK}), Change(table=BACK), LATER, id="the table has one"),
        pytest.param({"decreases": SPENT}, Change(table=Throughput(read=9, write=9)), Change(table=Throughput(read=9, write=9)), None, id="a raise"),
    ],
)
def test_a_part_that_must_wait_does_not_hold_up_the_other(spent: dict[str, Any], change: Change, possible: Change, later: Any) -> None:
    now = table(indexes={"i": Throughput(read=5, write=5)}, **spent)

    assert changes.affordable(change, now, NOON) == (possible, later)


def test_the_time_of_the_next_decrease_is_read_from_the_refusal() -> None:
    said = "... Last decrease at Monday, November 23, 2026 at 11:05:00 AM Coordinated Universal Time. Next decrease can be made at "

    read = changes.refused_until(said + "Monday, November 23, 2026 at 12:05:00 PM Coordinated Universal Time", NOON)

    assert read == NOON + timedelta(minutes=5) and read.tzinfo is timezone.utc
    assert changes.refused_until("other words", NOON) == NOON + timedelta(hours=1)
