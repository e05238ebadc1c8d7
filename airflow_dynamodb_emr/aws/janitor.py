"""Resets what no run will reset any more, and terminates what no run owns any more. S3 and EMR's tags are all it needs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws import clusters, elsewhere, tables, throughput
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import OWNER_TAG
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.ledger import Entry, ledger_uri
from airflow_dynamodb_emr.core.orphans import is_over
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.errors import DynamoDBBackupError

log = logging.getLogger(__name__)
UNDER_WAY = "is being put back to"
IsActive = Callable[[str], "bool | None"]  # run -> whether it goes on; None where nobody knows


class Raised(NamedTuple):
    """A ledger entry, or why it cannot be acted on."""

    uri: S3Uri
    entry: Entry | None
    problem: str = ""

    def describe(self, now: Table | None) -> dict[str, Any]:
        """As `dynamodb-emr raised --json` gives it; capacity as {"read", "write", "indexes"}, null where it is not known."""
        entry = self.entry
        if entry is None:
            name = self.uri.key.rpartition("/")[2].removesuffix(".json")
            return {"table": name, "since": None, "run": None, "original": None, "now": None, "problem": self.problem}
        return {
            "table": entry.table,
            "since": entry.since.isoformat(),
            "run": entry.run,
            "original": _units(entry.throughput, entry.indexes),
            "now": _units(now.throughput, now.indexes) if now else None,
            "problem": self.problem,
        }


def _units(throughput: Any, indexes: dict[str, Any]) -> dict[str, Any]:
    return {"read": throughput.read, "write": throughput.write, "indexes": {name: {"read": u.read, "write": u.write} for name, u in indexes.items()}}


def raised(clients: Clients, base: S3Uri) -> Iterator[Raised]:
    """Every ledger entry there is, in this base and in each other that a run was given. One that cannot be read, or lies where no run of
    this account and region writes, is told and not acted on."""
    store, account = Store(clients.s3), clients.account
    yield from _raised(clients, store, base, account)
    for other in elsewhere.others(store, base):
        try:
            yield from list(_raised(clients, store, other, account))
        except ClientError as error:  # a bucket that is gone must not hold up the resets of the others
            yield Raised(other / "ledger", None, f"{other / 'ledger'} cannot be looked at: {error}")


def _raised(clients: Clients, store: Store, base: S3Uri, account: str) -> Iterator[Raised]:
    for uri, _ in store.objects(base / "ledger"):
        try:
            entry = store.load(uri, Entry)
        except DynamoDBBackupError as error:
            yield Raised(uri, None, f"{error.facts}: nothing is done about it; look whether its table is raised")
            continue
        if entry:  # else its run has put the table back meanwhile
            own = uri == ledger_uri(base, account, clients.region, entry.table)
            yield Raised(uri, entry, "" if own else f"{uri} is not of account {account} in {clients.region}: nothing is done about it")


def sweep(clients: Clients, base: S3Uri, is_active: IsActive, now: datetime) -> list[str]:
    """A line for each thing done, and for each that could not be. Where one says that a table is under way, sweep again once it has settled."""
    live = clusters.live(clients.emr)
    names = set(live.values())
    found = list(raised(clients, base))
    lines = [reset_if_over(clients, each, is_active(each.entry.run) if each.entry else None, names, now) for each in found]
    return [line for line in [*lines, *(_terminate(clients, name, cluster, is_active) for cluster, name in live.items())] if line]


def reset_if_over(clients: Clients, found: Raised, active: bool | None, live: set[str], now: datetime) -> str:
    """What was done for this entry, or why nothing can be; empty where its run looks after it. *active*, *live*: see `is_over`."""
    if found.problem or found.entry is None:
        return found.problem
    if not is_over(found.entry, active, live, now):
        return ""
    return _reset(clients, found.uri, found.entry, now)


def _reset(clients: Clients, uri: S3Uri, entry: Entry, now: datetime) -> str:
    """One step of the reset of a table, and a line that says how far it is."""
    try:
        done = throughput.put_back(clients, uri, entry, now)
        if done is None:  # asked for: small tables are back within the second
            done = throughput.put_back(clients, uri, entry, now)
    except DynamoDBBackupError as error:
        return error.facts
    except (ClientError, BotoCoreError) as error:  # of one table: the others must not wait for it, and the entry stays
        return f"{entry.table}: not reset yet: {error}"
    if done is None:
        return f"{entry.table}: {UNDER_WAY} {entry.throughput}"
    back = "nothing is left to put back" if done else f"back at {entry.throughput}"
    return "; ".join([f"{entry.table}: {back}, raised since {entry.since:%Y-%m-%d %H:%M} UTC by {entry.run}", *done])


def look(clients: Clients, found: Raised) -> Table | None:
    return tables.look(clients.dynamodb, found.entry.table) if found.entry and not found.problem else None


def live_names(clients: Clients) -> list[str]:
    return list(clusters.live(clients.emr).values())


def _terminate(clients: Clients, name: str, cluster: str, is_active: IsActive) -> str:
    """Only one whose tag names a run that Airflow knows to be over; any other ends itself when it has been idle for long enough."""
    tags = {tag["Key"]: tag["Value"] for tag in clients.emr.describe_cluster(ClusterId=cluster)["Cluster"].get("Tags", [])}
    run = tags.get(OWNER_TAG)
    if run is None or is_active(run) is not False:
        return ""
    clusters.terminate(clients.emr, [cluster])
    return f"cluster {cluster} ({name}) terminated: its run is over"
