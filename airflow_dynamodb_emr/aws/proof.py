"""Looks at a dump in the way of its engine, and writes its manifest if it is whole. A dump without manifest does not count."""

from __future__ import annotations

from datetime import datetime
from math import inf

from msgspec import structs

from airflow_dynamodb_emr.aws import connectorproof, copies, copyproof
from airflow_dynamodb_emr.aws.attempts import Attempt
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import NATIVE
from airflow_dynamodb_emr.core.evidence import Evidence, reasons
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.spark import OUTCOME, Outcome
from airflow_dynamodb_emr.errors import DataDamaged


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
    why, manifest = connectorproof.judge(store, plan, dump, attempt, now, read_back)
    if manifest:
        store.write_once(plan.root.manifest(dump.name), manifest)
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
