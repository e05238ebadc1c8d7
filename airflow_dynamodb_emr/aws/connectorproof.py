"""Whether a dump that the connector made is whole: it is read back, or where it is large, held against its step's counter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import structs

from airflow_dynamodb_emr.aws import steplog
from airflow_dynamodb_emr.aws.attempts import Attempt
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.checked import Checked
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import CONNECTOR, WORKER
from airflow_dynamodb_emr.core.evidence import Evidence, reasons
from airflow_dynamodb_emr.core.exported import Stored
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part, Proof, TableManifest
from airflow_dynamodb_emr.core.origin import settings_of, with_origin
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.steps import COMPLETED, READ_COUNTER
from airflow_dynamodb_emr.core.strangers import is_data
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer import parts
from airflow_dynamodb_emr.transfer.checking import check


def judge(
    store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt, now: datetime, read_back: float
) -> tuple[list[str], TableManifest | None]:
    """Why this try does not count; or its manifest for the backup. *read_back*: a dump of more stored bytes is not read."""
    found, engines = _look(store, plan, dump, attempt, read_back)
    saved = store.read(plan.root.schema(dump.name))
    found = structs.replace(found, schema_found=saved is not None)
    why = reasons(found)
    if why or saved is None:
        return why, None
    made = structs.replace(_manifest(dump, attempt, found, engines, now), settings=settings_of(plan, dump))
    return [], with_origin(made, documents.decode(saved, Schema, plan.root.schema(dump.name)), saved)


def _look(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt, read_back: float) -> tuple[Evidence, list[str]]:
    log = steplog.read(store, attempt.log(plan.logs))
    if attempt.step.state != COMPLETED:
        return Evidence(step_state=attempt.step.state, step_reason=attempt.step.reason or steplog.tail(log or "")), []
    found = Evidence(step_state=COMPLETED, counter=steplog.count(log, READ_COUNTER))
    data = plan.root.data(dump.name, attempt.number)
    stored = {uri: Stored(bytes=size, etag=etag) for uri, size, etag in store.etags(data)}
    if data / parts.MANIFEST not in stored:
        return found, []
    found = structs.replace(found, manifest_found=True)
    try:
        named = parts.parts_of(store.s3, data)
    except DataDamaged as damage:  # its manifest cannot be read: that is this table's reason
        return structs.replace(found, damaged=[damage.facts]), []
    there = {uri: stored[uri] for uri in named if uri in stored}
    found = structs.replace(found, lost=_keys(plan, (uri for uri in named if uri not in stored)), ignored=_ignored(plan, data, stored, there))
    if sum(each.bytes for each in there.values()) > read_back:
        return structs.replace(found, read=False, parts=_seen(plan, there)), [WORKER]  # the connector cannot load empty lists
    return _read(store, plan, list(there), found)


def _keys(plan: BackupPlan, uris: Iterable[S3Uri]) -> list[str]:
    return [plan.root.uri.relative(uri) for uri in uris]


def _ignored(plan: BackupPlan, data: S3Uri, stored: Iterable[S3Uri], there: Collection[S3Uri]) -> list[str]:
    return sorted(_keys(plan, (uri for uri in stored if is_data(data.relative(uri)) and uri not in there)))


def _seen(plan: BackupPlan, there: Mapping[S3Uri, Stored]) -> list[Part]:
    return [Part(key=plan.root.uri.relative(uri), bytes=each.bytes, etag=each.etag, items=None) for uri, each in there.items()]


def _read(store: Store, plan: BackupPlan, there: Sequence[S3Uri], found: Evidence) -> tuple[Evidence, list[str]]:
    folder = plan.root.uri
    seen = check(store.s3, folder, [folder.relative(uri) for uri in there], [], md5=False, content=False)
    whole = [each for each in seen.parts if not each.reasons]
    damaged = [f"{folder / each.key}, {each.reasons[0]}" for each in seen.parts if each.reasons]
    able = [CONNECTOR, WORKER] if all(each.connector_can_load for each in whole) else [WORKER]
    return structs.replace(found, parts=[_part(each) for each in whole], damaged=damaged), able


def _part(found: Checked) -> Part:
    return Part(key=found.key, bytes=found.bytes, etag=found.etag, items=found.items, sha256=found.sha256)


def _manifest(dump: TableDump, attempt: Attempt, found: Evidence, engines: list[str], now: datetime) -> TableManifest:
    return TableManifest(
        table=dump.name,
        engine=dump.engine,
        attempt=attempt.number,
        items=found.items,
        bytes=sum(part.bytes for part in found.parts),
        parts=found.parts,
        engines=engines,
        started=attempt.step.started or now,
        ended=attempt.step.ended or now,
        seconds=attempt.step.seconds,
        cluster=attempt.cluster,
        step=attempt.step.id,
        counter=found.counter,
        proof=Proof.READ if found.read else Proof.COUNTED,
        ignored=found.ignored,
    )
