"""What is to be told of a run's backup or restore: looked up in S3, because whoever tells knows little more than the run's name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from airflow_dynamodb_emr.aws import backups, ledgers
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import Folder, S3Uri, called
from airflow_dynamodb_emr.core.ledger import Entry
from airflow_dynamodb_emr.core.outcome import Outcome, Whole, raised
from airflow_dynamodb_emr.core.restore import REPORT, Restore
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST

# What the engines write last into the folder of a dump or load: the connector, the copy engine and Spark, a native export.
_LAST = {"_SUCCESS", MANIFEST, "manifest-summary.json"}


class _Named(Noun, frozen=True, kw_only=True):
    name: str


class _Plan(Noun, frozen=True, kw_only=True):
    """As much of a backup's or restore's plan as is told."""

    run: str
    folder: str
    base: str
    account: str
    region: str
    prefix: str = ""
    backup: str = ""
    tables: list[_Named]

    @property
    def names(self) -> list[str]:
        return [table.name for table in self.tables]


def backup(store: Store, folder: Folder, run: str) -> Outcome | None:
    """None where *run* (its name without the Airflow's) has no plan there."""
    plan = _plan_of(store, folder, run)
    if plan is None:
        return None
    found = backups.read(store, folder)
    known = {"missing": found.missing, "items": found.items, "bytes": found.bytes, "waits": found.notes} if found else {}
    newest = None if found and not found.missing else _newest(store, folder)
    return _outcome(store, plan, f"backup of {plan.prefix}", found is not None, newest=newest, **known)


def restore(store: Store, folder: Folder, run: str) -> Outcome | None:
    plan = _plan_of(store, folder, run)
    if plan is None:
        return None
    found = store.load(folder.uri / REPORT, Restore)
    known = _known(found) if found else {}
    return _outcome(store, plan, f"restore of {called(plan.backup)}", found is not None, restores=True, source=plan.backup, **known)


def _known(found: Restore) -> dict[str, Any]:
    unsettled = {each.table: "; ".join(map(str, each.failed)) for each in found.settings if each.failed}
    return {"missing": found.missing, "items": sum(table.items for table in found.loaded), "waits": found.notes, "unsettled": unsettled}


def started(store: Store, app: S3Uri, since: datetime, run_id: str) -> Folder | None:
    """The folder of the backup that this run made, which was started no earlier than *since*."""
    moment = since.replace(microsecond=0) - timedelta(seconds=1)
    recent = takewhile(lambda folder: folder.time >= moment, backups.folders(store, app))
    return next((folder for folder in recent if _plan_of(store, folder, run_id)), None)


def _plan_of(store: Store, folder: Folder, run: str) -> _Plan | None:
    """Its plan, if it is this run's: *run* is the whole name, the name without the Airflow's, or the run id alone."""
    plan = store.load(folder.plan, _Plan)
    return plan if plan and run in _names(plan.run) else None


def _names(run: str) -> Iterable[str]:
    bare = run.rpartition("@")[0] or run
    return run, bare, bare.partition("/")[2]


def _outcome(store: Store, plan: _Plan, what: str, judged: bool, **known: Any) -> Outcome:
    folder, names = S3Uri.parse(plan.folder), set(plan.names)
    keys = [] if judged else [folder.relative(uri) for uri, _ in store.objects(folder)]
    return Outcome(
        what=what,
        uri=plan.folder,
        base=plan.base,
        tables=plan.names,
        judged=judged,
        written=sorted({key.partition("/")[0] for key in keys if key.rpartition("/")[2] in _LAST} & names),
        proven=sorted({key.partition("/")[2].removesuffix(".json") for key in keys if key.startswith("tables/")} & names),
        raised=_raised(store, plan),
        **known,
    )


def _raised(store: Store, plan: _Plan) -> dict[str, str]:
    """An entry that cannot be read may be this run's."""
    found = {}
    for name in ledgers.in_ledger(store, plan, plan.names):
        try:
            entry = store.load(ledgers.ledger_of(plan, name), Entry)
        except DataDamaged as damage:
            found[name] = f"perhaps; {damage.facts}"
            continue
        if entry and entry.run == plan.run:
            found[name] = raised(entry)
    return found


def _newest(store: Store, folder: Folder) -> Whole | None:
    found = backups.newest_beside(store, folder)
    return Whole(uri=found.uri, time=found.time) if found else None
