"""`dynamodb-emr load`: one dump into one table, by this process."""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace

from msgspec import structs

from airflow_dynamodb_emr.aws import preflight, sources, tables
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.rates import write_rate
from airflow_dynamodb_emr.core.schema import Schema, create_request
from airflow_dynamodb_emr.core.spiking import Off
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.core.words import counted, duration, size
from airflow_dynamodb_emr.errors import BadInput, NotFound
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.transfer.dumps import Found
from airflow_dynamodb_emr.transfer.meter import Meter
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.write import Loaded, load
from airflow_dynamodb_emr.verbs import account, bar


def run(given: Namespace) -> int:
    source, settings = sources.parse(given.source, "S3URI")[0], Settings.from_environment().with_form({"write_ratio": given.write_ratio})
    clients = account.clients(settings)
    preflight.bucket(clients.s3, source, "S3URI")
    found = sources.find(Store(clients.s3), given.source)
    table = _created(clients, found, given.table) if given.create else _there(clients, given.table)
    _refuse_other_keys(found, table)
    print(found, file=sys.stderr)
    pace = structs.replace(settings.write_pace(), spike=Off())
    units = given.units or write_rate(table, pace, found.content_bytes, found.items_announced).units
    began = time.monotonic()
    with bar.told(given.table, found.items_announced) as meter:
        loaded = _load(clients, table, found, units, given.connections, meter)
    print(_answer(given, loaded, time.monotonic() - began))
    return 0


def _load(clients: Clients, table: Table, found: Found, units: float, hands: int, meter: Meter) -> Loaded:
    def told(batch: Loaded) -> None:
        meter.told(batch.items, batch.bytes, batch.write_units)

    return load(clients.endpoint, table.name, Keys(*table.keys), found.items(clients.s3), hands=hands, limiter=Limiter(units), told=told)


def _there(clients: Clients, name: str) -> Table:
    table = tables.look(clients.dynamodb, name)
    if table is None:
        raise NotFound(f"table {name} is not there", "look at its name, the region and the account; --create makes it")
    return table


def _created(clients: Clients, found: Found, name: str) -> Table:
    if tables.look(clients.dynamodb, name):
        raise BadInput(f"table {name} exists already", "name another, or leave --create away to put the items into it")
    tables.create(clients.dynamodb, create_request(_schema(Store(clients.s3), found), name))
    clients.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 2, "MaxAttempts": 1800})
    return _there(clients, name)


def _schema(store: Store, found: Found) -> Schema:
    schema = next((schema for place in found.schemas if (schema := store.load(place, Schema))), None)
    if schema is None:
        raise NotFound(f"{found.folder}: no schema was saved with this dump", "make the table, and load into it without --create")
    return schema


def _refuse_other_keys(found: Found, table: Table) -> None:
    if found.keys and found.keys != table.keys:
        raise BadInput(f"table {table.name} has the keys {table.keys}, the dump has {found.keys}", "load it into a table of the same keys")


def _answer(given: Namespace, loaded: Loaded, seconds: float) -> str:
    if given.json:
        return json.dumps({**loaded._asdict(), "seconds": seconds}, indent=2)
    return f"{given.table}: {counted(loaded.items, 'item')}, {size(loaded.bytes)}, {duration(seconds)}, {loaded.write_units:,.0f} write units"
