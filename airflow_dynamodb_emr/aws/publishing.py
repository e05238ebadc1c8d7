"""Compares what was planned with what is verified in S3, and writes the verdict and the flags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from airflow_dynamodb_emr.aws import backups, forgetting, lanes, ledgers, tables, together
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents, roster, steps, verdict
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.names import step_name
from airflow_dynamodb_emr.core.plan import BY_HAND, BackupPlan
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.verdict import Backup, Seen, TableVerdict, Verdict

_FLAGS = {True: "COMPLETE_SUCCESS", False: "COMPLETE_FAILED"}


def judge(
    clients: Clients, plan: BackupPlan, why: Mapping[str, str], during: Mapping[str, Throughput], now: datetime, resets: Sequence[str] = ()
) -> Backup:
    """*why*: what `verify` said of tables that do not count; *during*: the throughput that `spike` saw; *resets*: what `reset` said."""
    store, names = Store(clients.s3), tables.list_tables(clients.dynamodb)
    raised = {name for name in ledgers.in_ledger(store, plan, [dump.name for dump in plan.tables]) if ledgers.raised_by(store, plan, name)}
    judged = together.each(lambda dump: _table(clients, store, plan, dump, why, during, dump.name in raised), plan.tables)
    known = {dump.name for dump in plan.tables} | set(plan.excluded) | set(plan.vanished)
    appeared = sorted(name for name in names if name.startswith(plan.prefix) and name not in known)
    notes = [f"{name} was deleted while the plan was made: not in this backup" for name in plan.vanished]
    notes += [f"{name} appeared after the plan was made: not in this backup" for name in appeared]
    notes += [
        *roster.troubles(lanes.starts(store, plan.root)),
        *resets,
        *ledgers.raised_by_others(store, plan, [dump.name for dump in plan.tables]),
    ]
    return verdict.backup(plan, judged, now, notes)


def publish(store: Store, plan: BackupPlan, backup: Backup, manifests: Iterable[TableManifest], write_ratio: float) -> Backup:
    """A good verdict is final; a failed one gives way to a later one of the same run, which was cleared and run again. Returns what holds."""
    fresh = store.write_once(plan.root.verdict, backup)
    known = None if fresh else backups.read(store, plan.root)
    if known and known.verdict is Verdict.VALID:
        backup = known
    else:
        if not fresh:
            store.put(plan.root.verdict, documents.encode(backup))
        forgetting.published(store, plan.root)
    good = backup.verdict is Verdict.VALID
    store.put(plan.root.steps("import"), documents.encode(import_steps(plan, manifests, write_ratio)))
    store.put(plan.root.flag(_FLAGS[good]))
    for flag in ("RUNNING", _FLAGS[not good]):
        store.delete(plan.root.flag(flag))
    if store.size(plan.root.verdict) is None:  # retention has just forgotten it: no flag may say otherwise
        together.each(store.delete, [plan.root.flag(_FLAGS[good]), plan.root.steps("import")])
    return backup


def manifests(store: Store, plan: BackupPlan) -> dict[str, TableManifest]:
    """By table; of those that have one."""
    found = together.each(lambda dump: store.load(plan.root.manifest(dump.name), TableManifest), plan.tables)
    return {manifest.table: manifest for manifest in found if manifest}


def import_steps(plan: BackupPlan, manifests: Iterable[TableManifest], ratio: float) -> list[dict[str, object]]:
    """Into the tables of the same names, usable by hand, for each dump that the connector can load."""
    return steps.by_hand(
        [
            steps.load_step(step_name(m.table, BY_HAND), plan.jar, plan.region, plan.root.data(m.table, m.attempt), m.table, ratio)
            for m in manifests
            if "connector" in m.engines
        ]
    )


def _table(
    clients: Clients, store: Store, plan: BackupPlan, dump: TableDump, why: Mapping[str, str], during: Mapping[str, Throughput], raised: bool
) -> TableVerdict:
    now = tables.look(clients.dynamodb, dump.name)
    meanwhile = during.get(dump.name) if dump.raised else dump.before  # nobody looks at a table that is left as it is
    seen = Seen(before=dump.before, during=meanwhile, after=now.throughput if now else None)
    stored = store.read(plan.root.manifest(dump.name))
    if stored is None:
        reason = why.get(dump.name) or "it was not verified"
        return verdict.missing(dump, f"{reason}; the table is gone" if now is None else reason, seen, raised)
    return verdict.whole(documents.decode(stored, TableManifest, plan.root.manifest(dump.name)), stored, seen, raised)
