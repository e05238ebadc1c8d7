from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core import ledger
from airflow_dynamodb_emr.core.documents import decode, encode
from airflow_dynamodb_emr.core.ledger import Entry, Target
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Table, Throughput

from .makers import BASE, NOON, RUN, table

READ, WRITE = "dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits"
UNITS = st.builds(lambda read, write: Throughput(read=read, write=write), st.integers(1, 9), st.integers(1, 9))
TABLES = st.builds(lambda own, indexes: table(throughput=own, indexes=indexes), UNITS, st.dictionaries(st.sampled_from("ab"), UNITS))


def target(least: int, most: int, dimension: str = READ, resource: str = "table/orders", **more: Any) -> Target:
    return Target(resource=resource, dimension=dimension, least=least, most=most, **more)


def entry(was: Table, raised: Raised, *targets: Target) -> Entry:
    return ledger.entry(was, list(targets), raised, RUN, NOON)


def test_an_entry_holds_what_is_to_be_put_back_and_for_whom() -> None:
    was = table(read=5, write=7, indexes={"i": Throughput(read=1, write=2)})

    known = entry(was, Raised(table=Throughput(read=50, write=7)), target(5, 10, suspended={"DynamicScalingInSuspended": True}))

    assert (known.table, known.run, known.since, known.billing) == ("orders", RUN, NOON, "PROVISIONED")
    assert (known.throughput, known.indexes) == (was.throughput, was.indexes)
    assert decode(encode(known), Entry, "it") == known


def test_ledgers_of_other_accounts_and_regions_lie_elsewhere() -> None:
    assert str(ledger.ledger_uri(BASE, "1", "eu-west-1", "a.b")) == "s3://backups/dynamodb/ledger/1/eu-west-1/a.b.json"


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        pytest.param(target(5, 10), [target(50, 50)], id="both bounds are too low"),
        pytest.param(target(5, 100), [target(50, 100)], id="the minimum is too low"),
        pytest.param(target(60, 100), [], id="the minimum is high enough"),
        pytest.param(target(1, 10, WRITE), [target(7, 10, WRITE)], id="writes are kept at what they are"),
        pytest.param(target(1, 10, "dynamodb:index:ReadCapacityUnits", "table/orders/index/i"), [], id="an index that is not raised"),
        pytest.param(target(5, 10, suspended={"x": True}), [target(50, 50, suspended={"x": True})], id="what is suspended stays so"),
    ],
)
def test_a_target_allows_the_spike_while_it_lasts(before: Target, wanted: list[Target]) -> None:
    raised = Raised(table=Throughput(read=50, write=7))

    assert ledger.targets_while_raised(entry(table(read=5, write=7), raised, before)) == wanted


def test_the_target_of_an_index_allows_the_spike_of_that_index() -> None:
    raised = Raised(table=Throughput(read=5, write=40), indexes={"i": Throughput(read=2, write=30)})
    before = target(1, 10, "dynamodb:index:WriteCapacityUnits", "table/orders/index/i")

    assert ledger.targets_while_raised(entry(table(), raised, before)) == [structs.replace(before, least=30, most=30)]


def test_the_target_of_an_index_that_was_deleted_is_not_put_back() -> None:
    own, gone, there = target(1, 2), target(1, 2, resource="table/orders/index/gone"), target(1, 2, resource="table/orders/index/i")
    now = table(indexes={"i": Throughput(read=1, write=1)})

    assert ledger.targets_to_put_back(entry(now, Raised(table=now.throughput), own, gone, there), now) == [own, there]


@given(TABLES, TABLES)
def test_changes_are_asked_for_where_something_differs_and_nowhere_else(now: Table, was: Table) -> None:
    own, indexes = ledger.capacity_changes(now, was.throughput, was.indexes)

    assert (own is None) == (now.throughput == was.throughput)
    assert indexes == {name: units for name, units in was.indexes.items() if name in now.indexes and now.indexes[name] != units}


@given(TABLES, TABLES)
def test_a_table_is_back_once_the_changes_are_made(now: Table, was: Table) -> None:
    known = entry(was, Raised(table=was.throughput))
    own, indexes = ledger.capacity_changes(now, known.throughput, known.indexes)
    after = structs.replace(now, throughput=own or now.throughput, indexes={**now.indexes, **indexes})

    assert ledger.is_back(after, known)
    assert ledger.is_back(now, known) == (own is None and not indexes)


@given(TABLES, TABLES)
def test_a_table_is_raised_when_nothing_is_below_what_was_asked_for(now: Table, asked: Table) -> None:
    pairs = [(now.throughput, asked.throughput), *((now.indexes[name], units) for name, units in asked.indexes.items() if name in now.indexes)]

    raised = ledger.is_raised(now, Raised(table=asked.throughput, indexes=asked.indexes))

    assert raised == all(has.read >= wants.read and has.write >= wants.write for has, wants in pairs)


def test_an_index_that_is_gone_or_new_does_not_hold_up_the_reset() -> None:
    one = Throughput(read=1, write=1)
    known = entry(table(indexes={"gone": one}), Raised(table=Throughput(read=50, write=5)))

    assert ledger.is_back(table(indexes={"new": one}), known)


def test_a_table_that_was_switched_to_on_demand_has_nothing_to_raise_or_put_back() -> None:
    known = entry(table(read=5, write=5), Raised(table=Throughput(read=50, write=5)))
    now = table(read=0, write=0)

    assert ledger.is_raised(now, known.raised) and ledger.is_back(now, known)
    assert ledger.capacity_changes(now, known.throughput, known.indexes) == (None, {})


def test_entries_of_two_runs_differ() -> None:
    was, raised = table(), Raised(table=Throughput(read=9, write=9))

    assert entry(was, raised) != ledger.entry(was, [], raised, "another run", NOON + timedelta(days=1))
