"""Makes the plan of a restore from a backup and what there is, and writes it down. `draft` touches nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from airflow_dynamodb_emr.aws import backups, preflight, tables
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest, connector_manifest
from airflow_dynamodb_emr.core.restore import CONNECTOR, RestorePlan, RestoreRequest, TableLoad, chosen, restore_folder, restore_plan, table_load
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.errors import BadInput, DataDamaged
from airflow_dynamodb_emr.transfer.parts import MANIFEST

T = TypeVar("T")


def draft(clients: Clients, request: RestoreRequest, run: str, now: datetime) -> RestorePlan:
    """Raises BadInput for anything that cannot work, before anything is touched or spent."""
    store = Store(clients.s3)
    preflight.bucket(clients.s3, request.base, "base")
    backup = backups.choose(store, request.base / request.region / request.app, request.wanted)
    sources = chosen(backup, request.tables)
    request.refuse_too_many(len(sources))
    loads = [_load(clients, store, request, Folder(S3Uri.parse(backup.uri)), source) for source in sources]
    plan = restore_plan(request, backup, loads, run, clients.sts.get_caller_identity()["Account"], now)
    if plan.cluster:
        preflight.bucket(clients.s3, request.logs, "log_uri")
        preflight.jar(clients.s3, request.jar)
        preflight.cluster(clients, plan.cluster)
    return plan


def known(store: Store, request: RestoreRequest, run: str) -> RestorePlan | None:
    """The plan of an earlier try of this run: it holds, also where its tables exist by now."""
    return store.load(Folder(restore_folder(request.base, run)).plan, RestorePlan)


def commit(store: Store, plan: RestorePlan) -> None:
    """A connector's own manifest has the URLs of where its dump was made, which may be another bucket: each load gets one of its own."""
    with refused_as_bad_input(f"base: {plan.base} (writing to it)", "allow s3:PutObject there"):
        store.write_once(plan.root.plan, plan)
    for table in plan.tables:
        if table.engine == CONNECTOR:
            store.put(plan.root.uri / table.name / MANIFEST, connector_manifest(plan.part_uris(table)))


def _load(clients: Clients, store: Store, request: RestoreRequest, folder: Folder, source: str) -> TableLoad:
    name = request.rename(source)
    there = tables.look(clients.dynamodb, name)
    if there and not request.into_existing:
        raise BadInput(f"table {name} exists already", "give the restored tables a prefix or suffix, or allow loading into existing tables")
    schema = _document(store, folder.schema(source), Schema)
    load = table_load(schema, _document(store, folder.manifest(source), TableManifest), name, there, request.pace)
    _refuse_other_keys(schema, load)
    return load


def _refuse_other_keys(schema: Schema, load: TableLoad) -> None:
    keys = [key["AttributeName"] for key in sorted(schema.table["KeySchema"], key=lambda key: key["KeyType"])]
    if keys != load.keys:
        raise BadInput(f"table {load.name} has the keys {load.keys}, the dump of {load.source} has {keys}", "load it into a table of the same keys")


def _document(store: Store, uri: S3Uri, kind: type[T]) -> T:
    found = store.load(uri, kind)
    if found is None:
        raise DataDamaged(f"{uri} is not there, although the backup's verdict says so", "somebody deleted it; choose another backup")
    return found
