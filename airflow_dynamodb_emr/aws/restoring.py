"""Makes the plan of a restore from a backup and what there is, and writes it down. `draft` touches nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from msgspec import structs

from airflow_dynamodb_emr.aws import backups, chains, limits, preflight, readers, shipping, tables, together
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.documents import decode, digest
from airflow_dynamodb_emr.core.engines import CONNECTOR
from airflow_dynamodb_emr.core.forgotten import Reader
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.loading import table_load
from airflow_dynamodb_emr.core.manifest import TableManifest, connector_manifest
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.restore import (
    RestorePlan,
    RestoreRequest,
    chosen,
    refuse_useless,
    restore_folder,
    restore_plan,
)
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.source import Source, as_seen
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.core.tablesettings.keys import used
from airflow_dynamodb_emr.core.tablesettings.step import Place
from airflow_dynamodb_emr.core.verdict import Backup
from airflow_dynamodb_emr.errors import BadInput, DataDamaged
from airflow_dynamodb_emr.transfer.parts import MANIFEST

T = TypeVar("T")


def draft(clients: Clients, request: RestoreRequest, run: str, now: datetime) -> RestorePlan:
    """Raises BadInput for anything that cannot work, before anything is touched or spent."""
    store = Store(clients.s3)
    preflight.bucket(clients.s3, request.base, "base")
    preflight.request(request.cluster.request("", request.logs))
    backup = backups.choose(store, request.base / request.region / request.app, request.wanted)
    names = chosen(backup, request.tables)
    request.refuse_too_many(len(names))
    sources = together.each(lambda name: _source(clients, store, request, backup, name), names)
    pace = _with_room(clients, request.pace, [source.target for source in sources])
    place = Place(partition=clients.dynamodb.meta.partition, region=clients.region, account=clients.account)
    loads = [table_load(source, pace, request.wished, request.choices, place, now) for source in sources]
    preflight.keys(clients, filter(None, (used(load.create or {}) for load in loads)))
    plan = restore_plan(request, backup, loads, run, clients.account, now, place.partition)
    plan = structs.replace(plan, reads=_read_by(store, plan))
    preflight.machinery(clients, request.cluster, request.logs, plan.cluster, request.jar, any(load.engine == CONNECTOR for load in loads))
    preflight.spark(clients, plan.program, plan.serverless, plan.logs)
    return plan


def known(store: Store, request: RestoreRequest, run: str) -> RestorePlan | None:
    """The plan of an earlier try of this run: it holds, also where its tables exist by now."""
    return store.load(Folder(restore_folder(request.base, run)).plan, RestorePlan)


def commit(store: Store, plan: RestorePlan, now: datetime) -> None:
    """A connector's own manifest has the URLs of where its dump was made, which may be another bucket: each load gets one of its own.

    Raises DataDamaged when the backup was forgotten meanwhile; from here on retention sees that it is being read.
    """
    reader = Reader(run=plan.run, at=now, result=str(plan.report))
    with readers.reading(store, plan.read, reader), refused_as_bad_input(f"base: {plan.base} (writing to it)", "allow s3:PutObject there"):
        store.write_once(plan.root.plan, plan)
    if plan.program:
        shipping.ship(store, plan.program)
    for table in plan.tables:
        if table.engine == CONNECTOR:
            store.put(plan.root.uri / table.name / MANIFEST, connector_manifest(plan.part_uris(table)))


def _read_by(store: Store, plan: RestorePlan) -> list[str]:
    """The folders of all dumps that are loaded."""
    own = Folder.parse(plan.backup)
    links = together.each(lambda load: chains.of(store, own, load.source), [load for load in plan.tables if load.folded])
    return sorted({plan.backup, *(str(link.folder.uri) for chain in links for link in chain)})


def _with_room(clients: Clients, pace: Pace, targets: list[Table]) -> Pace:
    pace = structs.replace(pace, room=limits.describe(clients).writes(targets)) if pace.spikes(targets) else pace
    refuse_useless(pace, targets)
    return pace


def _source(clients: Clients, store: Store, request: RestoreRequest, backup: Backup, table: str) -> Source:
    name, folder = request.rename(table), Folder.parse(backup.uri)
    there = tables.look(clients.dynamodb, name)
    if there and not request.into_existing:
        raise BadInput(f"table {name} exists already", "give the restored tables a prefix or suffix, or allow loading into existing tables")
    told = backup.table(table)
    manifest = _document(store, folder.manifest(table), TableManifest, told.manifest_sha256 if told else "")
    schema = _document(store, folder.schema(table), Schema, manifest.schema_sha256)
    source = as_seen(Source(schema=schema, manifest=manifest, name=name, there=there), told)
    _refuse_other_keys(source)
    return source


def _refuse_other_keys(source: Source) -> None:
    keys, others = Table.of(source.schema.table).keys, source.target.keys
    if keys != others:
        facts = f"table {source.name} has the keys {others}, the dump of {source.schema.name} has {keys}"
        raise BadInput(facts, "load it into a table of the same keys")


def _document(store: Store, uri: S3Uri, kind: type[T], sha256: str) -> T:
    """*sha256*: as it was written; empty where nobody has said."""
    data = store.read(uri)
    if data is None:
        raise DataDamaged(f"{uri} is not there, although the backup's verdict says so", "somebody deleted it; choose another backup")
    if sha256 and digest(data) != sha256:
        raise DataDamaged(
            f"{uri} is not as it was when the backup was made", "somebody changed it; `dynamodb-emr verify` looks; choose another backup"
        )
    return decode(data, kind, uri)
