"""Spike and reset: carries out what `core/changes.py` decides. Every function may be called again after any failure."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import autoscaling, tables
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, message
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import changes, ledger
from airflow_dynamodb_emr.core.changes import Change
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.errors import DecreaseRefused, NotFound, SpikeDeclined, ThroughputNotReset

log = logging.getLogger(__name__)


def write_ledger(
    clients: Clients, uri: S3Uri, name: str, raised: Raised, run: str, now: datetime, share: float = 1, seconds: float = 0
) -> ledger.Entry:
    """The entry of this table: a new one, or the one there is, whose values are the real originals. *share* of the spike to ask for;
    *seconds* that it may be needed where no cluster shows that it is.

    Raises SpikeDeclined for a table that could not be put back now, or has as much already.
    """
    store = Store(clients.s3)
    known = store.load(uri, ledger.Entry)
    if known is None:
        known = _new_entry(clients, existing(clients, name), raised, run, now, share, seconds)
        if not store.write_once(uri, known):
            return write_ledger(clients, uri, name, raised, run, now, share, seconds)
    return known


def _new_entry(clients: Clients, table: Table, raised: Raised, run: str, now: datetime, share: float, seconds: float) -> ledger.Entry:
    asked = raised if share == 1 else raised.shrunk(table.throughput, table.indexes, share)
    targets = autoscaling.targets(clients.autoscaling, table)
    entry = ledger.entry(table, targets, asked, run, now, share, autoscaling.scheduled(clients.autoscaling, targets), seconds)
    if why := changes.declined(entry, table, now):
        raise SpikeDeclined(why)
    return entry


def to_raise(clients: Clients, entry: ledger.Entry, now: Table) -> Change:
    """Nothing once the capacity is there."""
    return changes.spike(entry, now, _found(clients, entry))


def to_put_back(clients: Clients, entry: ledger.Entry, now: Table) -> Change:
    """Nothing once all is as the ledger has it, or as somebody else has set it since."""
    return changes.reset(entry, now, _found(clients, entry))


def _found(clients: Clients, entry: ledger.Entry) -> list[ledger.Target]:
    """The targets of the entry as they are now; where it has none there is nothing to ask."""
    return autoscaling.targets_of(clients.autoscaling, {target.resource for target in entry.targets}) if entry.targets else []


def spike(clients: Clients, entry: ledger.Entry, now: Table) -> None:
    """Ask for the raised capacity; it is there once `is_raised`. Autoscaling first: it takes a manual raise back."""
    _carry_out(clients, now, to_raise(clients, entry, now))


def reset(clients: Clients, entry: ledger.Entry, now: Table, at: datetime) -> None:
    """Ask for the capacity there was; it is there once `is_back`. Autoscaling first, or it would change the capacity once more.

    Raises DecreaseRefused when nothing more can be done before some later time.
    """
    _put_back(clients, now, to_put_back(clients, entry, now), at)


def _put_back(clients: Clients, now: Table, change: Change, at: datetime) -> None:
    possible, later = changes.affordable(change, now, at)
    try:
        _carry_out(clients, now, possible)
    except ClientError as error:
        if code(error) != "LimitExceededException":
            raise
        raise DecreaseRefused(now.name, changes.refused_until(message(error), at), message(error)) from error
    if later and not (possible.table or possible.indexes):
        raise DecreaseRefused(now.name, later, f"it was lowered {now.lowered_today(with_indexes=True)} times today")


def is_raised(clients: Clients, entry: ledger.Entry, now: Table) -> bool:
    return now.settled and to_raise(clients, entry, now).nothing


def is_back(clients: Clients, entry: ledger.Entry, now: Table) -> bool:
    """Whether nothing is left to put back, and nothing is changing."""
    return now.settled and to_put_back(clients, entry, now).nothing


def _carry_out(clients: Clients, now: Table, change: Change) -> None:
    """One call for the table and its indexes: each call that lowers anything spends a decrease."""
    for target in change.targets:
        autoscaling.register(clients.autoscaling, target)
    request: dict[str, Any] = {"ProvisionedThroughput": change.table.request()} if change.table else {}
    if change.indexes:
        updates = [{"Update": {"IndexName": name, "ProvisionedThroughput": units.request()}} for name, units in change.indexes.items()]
        request["GlobalSecondaryIndexUpdates"] = updates
    if request:
        asked = {"the table": change.table, **change.indexes}
        log.info("%s: asked for %s", now.name, ", ".join(f"{units} of {what}" for what, units in asked.items() if units))
        with _unless_under_way():
            clients.dynamodb_brief.update_table(TableName=now.name, **request)


@contextmanager
def _unless_under_way() -> Iterator[None]:
    """DescribeTable is eventually consistent: what we ask for may be so already, or be changing right now. Whoever waits looks again."""
    try:
        yield
    except ClientError as error:
        if code(error) != "ResourceInUseException" and "will not change" not in message(error):
            raise
        log.info("%s", message(error))


def existing(clients: Clients, name: str) -> Table:
    table = tables.look(clients.dynamodb, name)
    if table is None:
        raise NotFound(f"table {name} is not there any more", "it was deleted after the plan was made")
    return table


def put_back(clients: Clients, uri: S3Uri, entry: ledger.Entry, at: datetime) -> list[str] | None:
    """One step of a reset: ask, or forget the entry once nothing is left to put back. None: look again when the table has settled.

    Returns a line for each thing that somebody else has changed meanwhile, and that was kept. Raises DecreaseRefused.
    """
    now = tables.look(clients.dynamodb, entry.table)
    change = to_put_back(clients, entry, now) if now else changes.deleted(entry, _found(clients, entry))
    if now and not now.settled:
        return None
    if now and not change.nothing:
        _put_back(clients, now, change, at)
        return None
    _forget(Store(clients.s3), uri, entry)
    return [f"{entry.table}: {line}" for line in change.kept]


def _forget(store: Store, uri: S3Uri, entry: ledger.Entry) -> None:
    """Unless somebody else has put the table back meanwhile, and another run has raised it: that entry is not ours."""
    if store.load(uri, ledger.Entry) == entry:
        store.delete(uri)


def undo(clients: Clients, uri: S3Uri, entry: ledger.Entry, at: datetime) -> bool:
    """After a failed spike: put back what can be, and forget the entry only if nothing is left to put back. Whether it is forgotten."""
    return put_back(clients, uri, entry, at) is not None or put_back(clients, uri, entry, at) is not None


def read_ledger(store: Store, uri: S3Uri) -> ledger.Entry:
    entry = store.load(uri, ledger.Entry)
    if entry is None:
        raise ThroughputNotReset(
            f"{uri} is gone while its table is raised", "somebody deleted it, or reset the table by hand; look at the table's capacity"
        )
    return entry
