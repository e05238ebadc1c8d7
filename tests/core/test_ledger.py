from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow_dynamodb_emr.core import ledger
from airflow_dynamodb_emr.core.documents import decode, encode
from airflow_dynamodb_emr.core.ledger import Entry, Target
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Table, Throughput

from .makers import BASE, NOON, RUN, table

READ = "dynamodb:table:ReadCapacityUnits"


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


def test_entries_of_two_runs_differ() -> None:
    was, raised = table(), Raised(table=Throughput(read=9, write=9))

    assert entry(was, raised) != ledger.entry(was, [], raised, "another run", NOON + timedelta(days=1))
