"""`dynamodb-emr dump`: one table into a folder, by this process."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.aws import preflight, schemas
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.cutting import cut
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.rates import read_rate
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.spiking import Off
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.core.words import counted, duration, size
from airflow_dynamodb_emr.errors import NotFound
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.transfer.dumps import SCHEMA
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.dump import dump
from airflow_dynamodb_emr.transfer.raw.dumped import Source, refuse_taken
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.verbs import account, bar


def run(given: Namespace) -> int:
    into = S3Uri.parse(given.into, "S3URI")
    settings = Settings.from_environment().with_form({"read_ratio": given.read_ratio, "form": given.form})
    clients = account.clients(settings)
    preflight.bucket(clients.s3, into, "S3URI")
    place, schema = Place(clients.s3, into.bucket, into.key), _schema(clients, given.table)
    refuse_taken(place)
    table = Table.of(schema.table)
    units = given.units or read_rate(table, structs.replace(settings.read_pace(), spike=Off())).units
    how: dict[str, Any] = structs.asdict(cut(table.bytes, table.items, units)) | ({"segments": given.segments} if given.segments else {})

    def job(source: Source) -> Job:
        return Job(given.table, source.keys, form=settings.form, **how)

    Store(clients.s3).put(into / SCHEMA, documents.encode(schema))
    with bar.told(given.table, table.items) as meter:
        manifest = dump(clients.endpoint, place, given.table, job, hands=given.connections, limiter=Limiter(units), told=meter.told)
    print(json.dumps(manifest, indent=2) if given.json else _text(manifest, into))
    return 0


def _schema(clients: Clients, table: str) -> Schema:
    saved, _ = schemas.save(clients, [table])
    if not saved:
        raise NotFound(f"table {table} is not there", "look at its name, the region and the account")
    return saved[0]


def _text(manifest: dict[str, Any], into: S3Uri) -> str:
    parts, packed, lines = counted(len(manifest["parts"]), "part"), size(manifest["bytes"]), size(manifest["content_bytes"])
    took = f"{duration(manifest['seconds'])}, {manifest['read_units']:,.0f} read units"
    return f"{manifest['table']}: {counted(manifest['items'], 'item')}, {lines} as {packed} in {parts}, {took}, in {into}"
