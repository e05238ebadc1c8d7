"""How many tables of a run are raised at once: each holds one of so many slots, an object in S3 that can only be written once.

Strict however many tasks and triggerers ask at the same time. A slot whose task died for good before its ledger entry was written narrows its
own run, and only that: nobody can tell it from one whose task is slow and will raise its table yet.
"""

from __future__ import annotations

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri


def slots_of(base: S3Uri, folder: S3Uri) -> S3Uri:
    """Where the slots of the run with this folder are."""
    return base / "slots" / base.relative(folder)


def acquire(store: Store, slots: S3Uri, table: str, number: int) -> bool:
    """Whether *table* has one of *number* slots now, be it from before. A full house is seen with one call."""
    taken = [uri for uri, _ in store.objects(slots)]
    if len(taken) >= number:
        return False
    return holds(store, taken, table) or any(store.put_new(slots / str(n), table.encode()) for n in range(number) if slots / str(n) not in taken)


def release(store: Store, slots: S3Uri, table: str) -> None:
    """Give back what *table* has; nothing where it has none."""
    for uri, _ in list(store.objects(slots)):
        if store.read(uri) == table.encode():
            store.delete(uri)


def has_slot(store: Store, slots: S3Uri, table: str) -> bool:
    return holds(store, [uri for uri, _ in store.objects(slots)], table)


def holds(store: Store, taken: list[S3Uri], table: str) -> bool:
    return any(store.read(uri) == table.encode() for uri in taken)
