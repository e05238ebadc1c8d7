"""A dump of the whole table and the changes since, as DynamoDB exports them, become the table as it was at the last of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from airflow_dynamodb_emr.aws import chains, exportproof, exports
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.exporting import Wish
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.recovery import increment_after
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.transfer.compare import compare
from airflow_dynamodb_emr.transfer.increments import fold, stored
from airflow_dynamodb_emr.transfer.lines import item

from .conftest import MakeTable
from .exportable import exportable, put, wish_of

MINUTE, HOUR = 60, 3600


class History:
    """A table that is backed up every hour: as a whole first, then what has changed."""

    def __init__(self, aws: StandIn, clients: Clients, folder: S3Uri, table: str) -> None:
        self.aws, self.clients, self.store, self.table = aws, clients, Store(clients.s3), table
        self.apps, self.folders = folder, list[Folder]()
        self.held = list[list[dict[str, Any]]]()

    def back_up(self) -> None:
        increment, hours = None, len(self.folders)
        ahead = MINUTE + hours * HOUR  # recovery has been on for a while
        self.aws.set(clock_ahead_seconds=ahead)
        folder = Folder(self.apps / f"2026/11/23/{hours:02}_00.00")
        if self.folders:
            uri = self.folders[-1].manifest(self.table)
            base = self.store.load(uri, TableManifest)
            assert base
            increment = increment_after(base, str(uri), datetime.fromtimestamp(time.time() + ahead, timezone.utc))
        wish = wish_of(self.clients, folder.uri, self.table, f"run {hours}", increment=increment)
        assert self._prove(wish) == []
        self.folders.append(folder)
        self.held.append(self.clients.dynamodb.scan(TableName=self.table)["Items"])

    def _prove(self, wish: Wish) -> list[str]:
        export = exports.describe(self.clients.dynamodb, exports.begin(self.clients, wish).arn)
        assert export
        return exportproof.prove(self.store, wish, export)

    def restored(self, number: int) -> Iterator[dict[str, Any]]:
        links = chains.of(self.store, self.folders[number], self.table)
        base, *increments = [stored(self.store.s3, link.parts) for link in links]
        return map(item, fold(base(), increments, ["id"]))


@pytest.fixture
def history(aws: StandIn, clients: Clients, make_table: MakeTable, folder: S3Uri, prefix: str) -> History:
    """Three backups, of a whole table and of two hours' changes."""
    made = History(aws, clients, folder, exportable(clients, make_table, prefix, *"abcd"))
    made.back_up()
    # By the clock of the backup's own second: the increment begins with it, and has these changes.
    put(clients, prefix, "b", "new", v={"N": "1"})
    clients.dynamodb.delete_item(TableName=prefix, Key={"id": {"S": "c"}})
    aws.set(clock_ahead_seconds=HOUR - 2)
    put(clients, prefix, "late")
    made.back_up()
    put(clients, prefix, "c", "new", v={"N": "2"})
    clients.dynamodb.delete_item(TableName=prefix, Key={"id": {"S": "a"}})
    aws.set(clock_ahead_seconds=2 * HOUR - 2)
    made.back_up()
    return made


@pytest.mark.parametrize("number", [0, 1, 2], ids=["the whole table", "one increment", "two"])
def test_each_backup_gives_the_table_as_it_was(history: History, number: int) -> None:
    difference = compare(history.restored(number), history.held[number], ["id"])

    assert not difference, difference
    assert difference.equal == [4, 5, 5][number]


def test_an_increment_holds_no_more_than_what_changed(history: History) -> None:
    links = chains.of(history.store, history.folders[2], history.table)

    assert [(link.manifest.items, link.manifest.engines) for link in links] == [(4, ["native", "worker"]), (4, ["worker"]), (3, ["worker"])]


def test_a_base_that_is_gone_is_named(history: History) -> None:
    gone = history.folders[1].manifest(history.table)
    history.store.delete(gone)

    with pytest.raises(DataDamaged, match="is not there, and an increment stands on it") as error:
        chains.of(history.store, history.folders[2], history.table)

    assert str(gone) in error.value.facts


def test_a_base_that_was_made_anew_is_no_base(history: History) -> None:
    history.store.delete(history.folders[1].manifest(history.table))
    wish = wish_of(history.clients, history.folders[1].uri, history.table, "another run")
    assert history._prove(wish) == []

    with pytest.raises(DataDamaged, match="stands on a dump that leads to"):
        chains.of(history.store, history.folders[2], history.table)


def test_a_chain_that_was_copied_elsewhere_is_found_there(history: History) -> None:
    copies = S3Uri("local-artifacts", f"copies/{history.table}")
    for uri, _ in list(history.store.objects(history.apps)):
        history.store.put(copies / history.apps.relative(uri), history.store.read(uri) or b"")
        history.store.delete(uri)
    history.folders = [Folder(copies / history.apps.relative(folder.uri)) for folder in history.folders]

    assert not compare(history.restored(2), history.held[2], ["id"])
