"""The two sides of `diff`, each a table or a dump: what it takes to read them, and their items."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import structs

from airflow_dynamodb_emr.aws import preflight, sources, tables
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.cutting import cut
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.rates import READ_BYTES_PER_UNIT, read_rate
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.spiking import Off
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.core.words import counted, duration, size
from airflow_dynamodb_emr.errors import NotFound
from airflow_dynamodb_emr.transfer import dumps, scan
from airflow_dynamodb_emr.transfer.compare import Side
from airflow_dynamodb_emr.transfer.meter import Meter
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.dumped import Source
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class OfTable:
    """Is scanned, eventually consistent, at no more units a second than it may take."""

    dollars: float

    def __init__(self, clients: Clients, name: str, pace: Pace, units: float | None) -> None:
        self._clients, self._pace = clients, pace
        found = tables.look(clients.dynamodb, name)
        if found is None:
            raise NotFound(f"table {name} is not there", "look at its name, the region and the account; a dump is named by its s3:// folder")
        self._table, self.keys, self.items = found, list(found.keys), found.items
        rate = read_rate(found, structs.replace(pace, spike=Off()))
        self._units, self.dollars = units or rate.units, rate.dollars

    def __str__(self) -> str:
        table, reads = self._table, self._table.bytes / READ_BYTES_PER_UNIT
        paid = f"on demand: {cost.amount(self.dollars)} by {self._pace.prices}" if not table.provisioned else "of the capacity that it has anyway"
        held = f"table {table.name}: about {counted(table.items, 'item')}, {size(table.bytes)}"
        return f"{held}: {reads:,.0f} read units, {duration(reads / self._units)} at {self._units:,.0f} a second, {paid}"

    def read(self, into: Side, meter: Meter, hands: int) -> None:
        table, how = self._table, structs.asdict(cut(self._table.bytes, self._table.items, self._units))

        def job(source: Source) -> Job:
            return Job(table.name, source.keys, **how)

        scan.read(self._clients.endpoint, table.name, job, into.add, hands=hands, limiter=Limiter(self._units), told=meter.told)


class OfDump:
    """Is read from S3, which costs next to nothing."""

    dollars = 0.0

    def __init__(self, clients: Clients, named: str, source: str) -> None:
        store = Store(clients.s3)
        preflight.bucket(clients.s3, sources.parse(named, source)[0], source)
        self._s3, self._found = clients.s3, sources.find(store, named, source)
        self.keys, self.items = self._found.keys or _saved_keys(store, self._found), self._found.items_announced

    def __str__(self) -> str:
        return f"dump {self._found}"

    def read(self, into: Side, meter: Meter, hands: int) -> None:  # noqa: ARG002 - it is read by one
        for _, items in self._found.items(self._s3):
            for some in dumps.some(items):
                into.add(map(_decode, some))
                meter.told(len(some), sum(map(len, some)), 0)


def _saved_keys(store: Store, found: dumps.Found) -> list[str]:
    """None where no schema was saved beside it."""
    schemas = (store.load(place, Schema) for place in found.schemas)
    return next((list(Table.of(schema.table).keys) for schema in schemas if schema), [])
