"""What became of the tables of a restore: as many items in as the backup's manifest has, or why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from airflow_dynamodb_emr.aws import attempts, copies, lanes, ledgers, readers, steplog, together
from airflow_dynamodb_emr.aws.attempts import Attempt
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents, roster
from airflow_dynamodb_emr.core.engines import CONNECTOR, SPARK
from airflow_dynamodb_emr.core.loading import TableLoad
from airflow_dynamodb_emr.core.restore import Restore, RestorePlan, TableLoaded
from airflow_dynamodb_emr.core.spark import OUTCOME, Outcome
from airflow_dynamodb_emr.core.steps import LOADED_COUNTER
from airflow_dynamodb_emr.core.tablesettings.step import Outcome as Became
from airflow_dynamodb_emr.core.tablesettings.step import Setting, SettingsReport
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import DataDamaged


def logs(clients: Clients, plan: RestorePlan) -> list[str]:
    """The logs that hold the counts of the loads that succeeded."""
    tries = _attempts(clients, plan).items()
    return [str(tried.log(plan.logs)) for name, tried in tries if tried and tried.completed and plan.table(name).engine == CONNECTOR]


def judge(clients: Clients, plan: RestorePlan, now: datetime, notes: Sequence[str] = ()) -> Restore:
    store, tries = Store(clients.s3), _attempts(clients, plan)
    found = together.each(lambda table: _outcome(store, plan, table, tries.get(table.name)), plan.tables)
    outcomes = {table.name: outcome for table, outcome in zip(plan.tables, found, strict=True)}
    attempts.refuse(store, plan.root, [tried for name, each in outcomes.items() if isinstance(each, str) and (tried := tries.get(name))])
    restore = Restore(
        verdict=Verdict.VALID if all(isinstance(outcome, TableLoaded) for outcome in outcomes.values()) else Verdict.INCOMPLETE,
        run=plan.run,
        backup=plan.backup,
        uri=plan.folder,
        ended=now,
        loaded=[outcome for outcome in outcomes.values() if isinstance(outcome, TableLoaded)],
        missing={name: outcome for name, outcome in outcomes.items() if isinstance(outcome, str)},
        raised=[name for name in ledgers.in_ledger(store, plan, [table.name for table in plan.tables]) if ledgers.raised_by(store, plan, name)],
        settings=_settings(store, plan, [name for name, outcome in outcomes.items() if isinstance(outcome, TableLoaded)]),
        notes=[
            *notes,
            *roster.troubles(lanes.starts(store, plan.root)),
            *ledgers.raised_by_others(store, plan, [table.name for table in plan.tables]),
        ],
    )
    store.put(plan.report, documents.encode(restore))
    if restore.verdict is Verdict.VALID:  # else it may be cleared, and read again
        readers.leave(store, plan.read, plan.run)
    return restore


def _settings(store: Store, plan: RestorePlan, names: list[str]) -> list[SettingsReport]:
    """What the tasks that put them back have written; of one that has not, that."""
    found = together.each(lambda name: store.load(plan.settings(name), SettingsReport), names)
    unknown = Setting(name="settings", outcome=Became.FAILED, how="nobody has put them back: the task failed before, or was not run")
    return [each or SettingsReport(table=name, settings=[unknown]) for name, each in zip(names, found, strict=True)]


def _outcome(store: Store, plan: RestorePlan, table: TableLoad, attempt: Attempt | None) -> TableLoaded | str:
    """The proof that it is loaded, or why it is not."""
    try:
        done = store.load(plan.root.manifest(table.name), TableLoaded) or _from_step(store, plan, table, attempt)
    except DataDamaged as damage:  # what is written down of this table cannot be read: its own reason, and nobody else's
        return damage.facts
    if isinstance(done, TableLoaded) and not table.is_loaded_with(done.items):
        return f"{done.items} items went in, the backup has {table.items}"
    if isinstance(done, TableLoaded):
        store.write_once(plan.root.manifest(table.name), done)
    return done


def _from_step(store: Store, plan: RestorePlan, table: TableLoad, attempt: Attempt | None) -> TableLoaded | str:
    if attempt is None:
        why = copies.why_failed(store, plan.root, table.name)
        return ("nothing was loaded: its task failed before" if table.on_cluster else "its task failed while loading") + (why and f": {why}")
    log = steplog.read(store, attempt.log(plan.logs)) or ""
    if not attempt.completed:
        return f"its step is {attempt.step.state}: {attempt.step.reason or steplog.tail(log)}"
    if table.engine == SPARK:
        return _from_outcome(store, plan, table, attempt)
    items = steplog.count(log, LOADED_COUNTER)
    if items is None:
        return f"the step's log has no item count ({LOADED_COUNTER})"
    return TableLoaded(name=table.name, source=table.source, engine=table.engine, items=items, seconds=attempt.step.seconds)


def _from_outcome(store: Store, plan: RestorePlan, table: TableLoad, attempt: Attempt) -> TableLoaded | str:
    """Spark writes its own down."""
    outcome = store.load(plan.outcome(table.name, attempt.number) / OUTCOME, Outcome)
    if outcome is None or not outcome.ok:
        return outcome.facts if outcome else "its step says nothing of what came of it"
    return TableLoaded(name=table.name, source=table.source, engine=table.engine, items=outcome.items, seconds=outcome.seconds)


def _attempts(clients: Clients, plan: RestorePlan) -> dict[str, Attempt | None]:
    tries = attempts.made(clients, plan.root)
    return {table.name: attempts.best(table.name, tries) for table in plan.tables if table.on_cluster}
