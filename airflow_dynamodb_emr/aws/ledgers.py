"""What the ledger says of a run's tables: which are raised, how far, and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import ledger
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import DataDamaged


class _Plan(Protocol):
    @property
    def run(self) -> str: ...
    @property
    def base(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def region(self) -> str: ...


def ledger_of(plan: _Plan, table: str) -> S3Uri:
    return ledger.ledger_uri(S3Uri.parse(plan.base), plan.account, plan.region, table)


def in_ledger(store: Store, plan: _Plan, names: Iterable[str]) -> list[str]:
    """Those of these tables that have an entry, by one look: of a thousand tables few are raised when a run ends."""
    entries = {ledger_of(plan, name): name for name in names}
    return [entries[uri] for uri, _ in store.objects(ledger.ledger_folder(S3Uri.parse(plan.base), plan.account, plan.region)) if uri in entries]


def raised_by(store: Store, plan: _Plan, table: str) -> bool:
    """Whether the ledger says that this run has raised the table and not put it back."""
    return share_of(store, plan, table) > 0


def share_of(store: Store, plan: _Plan, table: str) -> float:
    """How much of the planned spike is there, by the ledger: from 0 to 1. 0 also where its entry cannot be read."""
    entry, _ = _read(store, plan, table)
    return entry.share if entry and entry.run == plan.run else 0.0


def raised_by_others(store: Store, plan: _Plan, names: Iterable[str]) -> list[str]:
    """A line for each of these tables that another run has raised and not put back, or nobody knows who: no other run would mention it."""
    found = [_read(store, plan, name) for name in in_ledger(store, plan, names)]
    raised = [f"{e.table} is raised since {e.since:%Y-%m-%d %H:%M} UTC by {e.run}: reset it" for e, _ in found if e and e.run != plan.run]
    return raised + [f"{problem}: nothing is done about it; look whether its table is raised" for _, problem in found if problem]


def _read(store: Store, plan: _Plan, table: str) -> tuple[ledger.Entry | None, str]:
    """The table's entry, or what is wrong with it: a backup does not fail for that."""
    try:
        return store.load(ledger_of(plan, table), ledger.Entry), ""
    except DataDamaged as damaged:
        return None, damaged.facts
