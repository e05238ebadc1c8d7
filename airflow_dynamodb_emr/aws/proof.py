"""Reads a dump back and writes its manifest, if it is whole. A dump without manifest does not count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf

from msgspec import structs

from airflow_dynamodb_emr.aws import copies, copyproof, steplog
from airflow_dynamodb_emr.aws.attempts import Attempt
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.checked import Checked
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import CONNECTOR, NATIVE, WORKER
from airflow_dynamodb_emr.core.evidence import Evidence, reasons
from airflow_dynamodb_emr.core.exported import Stored
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part, Proof, TableManifest
from airflow_dynamodb_emr.core.origin import settings_of, with_origin
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.spark import OUTCOME, Outcome
from airflow_dynamodb_emr.core.steps import COMPLETED, READ_COUNTER
from airflow_dynamodb_emr.core.strangers import is_data
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer import parts
from airflow_dynamodb_emr.transfer.checking import check


def prove(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt | None, now: datetime, read_back: float = inf) -> list[str]:
    """Why the dump does not count; empty when it does, and then its manifest is written.

    *read_back*: of the connector's dumps, those with more stored bytes are not read, and count by their step's counter.
    """
    try:
        return _prove(store, plan, dump, attempt, now, read_back)
    except DataDamaged as damage:  # what is written down of this table cannot be read: its own reason, and nobody else's
        return [damage.facts]


def _prove(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt | None, now: datetime, read_back: float) -> list[str]:
    if dump.engine == NATIVE:  # whoever waited for the export has proved it, or has not
        return [copies.no_proof(store, plan, dump.name)]
    if dump.cut:
        return _prove_copy(store, plan, dump, attempt)
    if attempt is None:
        return reasons(Evidence())
    found, engines = _look(store, plan, dump, attempt, read_back)
    saved = store.read(plan.root.schema(dump.name))
    found = structs.replace(found, schema_found=saved is not None)
    why = reasons(found)
    if not why and saved is not None:
        made = structs.replace(_manifest(dump, attempt, found, engines, now), settings=settings_of(plan, dump))
        schema = documents.decode(saved, Schema, plan.root.schema(dump.name))
        store.write_once(plan.root.manifest(dump.name), with_origin(made, schema, saved))
    return why


def _prove_copy(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt | None) -> list[str]:
    """The copy engine counts while it writes: what it says it wrote has to be there."""
    if dump.on_cluster and not (attempt and attempt.completed):
        return reasons(Evidence(step_state=attempt.step.state, step_reason=_told(store, plan, dump, attempt)) if attempt else Evidence())
    number = attempt.number if attempt else copies.number_of(store, plan.root, dump.name)
    why, manifest = copyproof.judge(store, plan, dump, number)
    if manifest:
        attributes = {"cluster": attempt.cluster, "step": attempt.step.id} if attempt else {}
        store.write_once(plan.root.manifest(dump.name), structs.replace(manifest, **attributes))
    return why


def _told(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt) -> str:
    outcome = store.load(plan.root.data(dump.name, attempt.number) / OUTCOME, Outcome)
    return outcome.facts if outcome and not outcome.ok else attempt.step.reason


def _look(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt, read_back: float) -> tuple[Evidence, list[str]]:
    if attempt.step.state != COMPLETED:
        log = steplog.read(store, attempt.log(plan.logs)) or ""
        return Evidence(step_state=attempt.step.state, step_reason=attempt.step.reason or steplog.tail(log)), []
    counter = steplog.count(steplog.read(store, attempt.log(plan.logs)), READ_COUNTER)
    data = plan.root.data(dump.name, attempt.number)
    stored = {uri: Stored(bytes=size, etag=etag) for uri, size, etag in store.etags(data)}
    if data / parts.MANIFEST not in stored:
        return Evidence(step_state=COMPLETED, counter=counter), []
    try:
        named = parts.parts_of(store.s3, data)
    except DataDamaged as damage:  # its manifest cannot be read: that is this table's reason
        return Evidence(step_state=COMPLETED, counter=counter, manifest_found=True, damaged=[damage.facts]), []
    there = {uri: stored[uri] for uri in named if uri in stored}
    found = Evidence(
        step_state=COMPLETED,
        counter=counter,
        manifest_found=True,
        lost=[plan.root.uri.relative(uri) for uri in named if uri not in stored],
        ignored=sorted(plan.root.uri.relative(uri) for uri in stored if is_data(data.relative(uri)) and uri not in there),
    )
    if sum(each.bytes for each in there.values()) > read_back:
        return structs.replace(found, read=False, parts=_seen(plan, there)), [WORKER]  # the connector cannot load empty lists
    return _read(store, plan, list(there), found)


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
