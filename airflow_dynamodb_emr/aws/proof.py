"""Reads a dump back and writes its manifest, if it is whole. A dump without manifest does not count."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from airflow_dynamodb_emr.aws import copies, copyproof, steplog
from airflow_dynamodb_emr.aws.attempts import Attempt
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import NATIVE
from airflow_dynamodb_emr.core.evidence import Evidence, reasons
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part, TableManifest
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.spark import OUTCOME, Outcome
from airflow_dynamodb_emr.core.steps import COMPLETED, READ_COUNTER
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer import parts


def prove(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt | None, now: datetime) -> list[str]:
    """Why the dump does not count; empty when it does, and then its manifest is written."""
    try:
        return _prove(store, plan, dump, attempt, now)
    except DataDamaged as damage:  # what is written down of this table cannot be read: its own reason, and nobody else's
        return [damage.facts]


def _prove(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt | None, now: datetime) -> list[str]:
    if dump.engine == NATIVE:  # whoever waited for the export has proved it, or has not
        return [copies.no_proof(store, plan, dump.name)]
    if dump.cut:
        return _prove_copy(store, plan, dump, attempt)
    if attempt is None:
        return reasons(Evidence())
    found, engines = _look(store, plan, dump, attempt)
    found = structs.replace(found, schema_found=store.size(plan.root.schema(dump.name)) is not None)
    why = reasons(found)
    if not why:
        store.write_once(plan.root.manifest(dump.name), _manifest(dump, attempt, found, engines, now))
    return why


def _prove_copy(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt | None) -> list[str]:
    """The copy engine counts while it writes: what it says it wrote has to be there."""
    if dump.on_cluster and not (attempt and attempt.completed):
        return reasons(Evidence(step_state=attempt.step.state, step_reason=_told(store, plan, dump, attempt)) if attempt else Evidence())
    number = attempt.number if attempt else copies.number_of(store, plan.root, dump.name)
    why, manifest = copyproof.judge(store, plan, dump, number, store.load(plan.root.schema(dump.name), Schema))
    if manifest:
        attributes = {"cluster": attempt.cluster, "step": attempt.step.id} if attempt else {}
        store.write_once(plan.root.manifest(dump.name), structs.replace(manifest, **attributes))
    return why


def _told(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt) -> str:
    outcome = store.load(plan.root.data(dump.name, attempt.number) / OUTCOME, Outcome)
    return outcome.facts if outcome and not outcome.ok else attempt.step.reason


def _look(store: Store, plan: BackupPlan, dump: TableDump, attempt: Attempt) -> tuple[Evidence, list[str]]:
    if attempt.step.state != COMPLETED:
        log = steplog.read(store, attempt.log(plan.logs)) or ""
        return Evidence(step_state=attempt.step.state, step_reason=attempt.step.reason or steplog.tail(log)), []
    counter = steplog.count(steplog.read(store, attempt.log(plan.logs)), READ_COUNTER)
    data = plan.root.data(dump.name, attempt.number)
    if store.size(data / parts.MANIFEST) is None:
        return Evidence(step_state=COMPLETED, counter=counter), []
    try:
        return _read(store, plan, parts.parts_of(store.s3, data), counter)
    except DataDamaged as damage:  # its manifest cannot be read: that is this table's reason
        return Evidence(step_state=COMPLETED, counter=counter, manifest_found=True, damaged=[damage.facts]), []


def _read(store: Store, plan: BackupPlan, named: list[S3Uri], counter: int | None) -> tuple[Evidence, list[str]]:
    inspected, lost, damaged = [], [], []
    for uri in named:
        if store.size(uri) is None:
            lost.append(plan.root.uri.relative(uri))
            continue
        try:
            inspected.append(parts.inspect(store.s3, uri, plan.root.uri))
        except DataDamaged as damage:  # reported as this table's reason, with the part's name
            damaged.append(damage.facts)
    found: list[Part] = [seen.part for seen in inspected]
    evidence = Evidence(step_state=COMPLETED, counter=counter, manifest_found=True, parts=found, lost=lost, damaged=damaged)
    return evidence, ["connector", "worker"] if all(seen.connector_can_load for seen in inspected) else ["worker"]


def _manifest(dump: TableDump, attempt: Attempt, found: Evidence, engines: list[str], now: datetime) -> TableManifest:
    return TableManifest(
        table=dump.name,
        engine=dump.engine,
        attempt=attempt.number,
        items=sum(part.items or 0 for part in found.parts),
        bytes=sum(part.bytes for part in found.parts),
        parts=found.parts,
        engines=engines,
        started=attempt.step.started or now,
        ended=attempt.step.ended or now,
        seconds=attempt.step.seconds,
        cluster=attempt.cluster,
        step=attempt.step.id,
        counter=found.counter,
    )
