"""verification.json: what looks at a backup have found, beside its verdict."""

from __future__ import annotations

from contextlib import suppress

from airflow_dynamodb_emr.aws.store import Store, Tagged
from airflow_dynamodb_emr.core import documents, older
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.verification import Verification, merged, of_here
from airflow_dynamodb_emr.errors import CopyFailed, DataDamaged

_TRIES = 20  # each fails because somebody else's has succeeded


def read(store: Store, folder: Folder) -> Verification | None:
    """As far as it holds for the backup that lies here; None while nobody has looked. Raises DataDamaged."""
    found = store.load(folder.verification, Verification)
    return found and of_here(found, str(folder.uri))


def record(store: Store, folder: Folder, now: Verification) -> Verification:
    """Writes down this look, beside what others have found meanwhile; returns what holds.

    Nothing is written where there is no backup any more: retention deletes what is there. Nor over a record that cannot be read, before a look
    has found again what may be in it.
    """
    for _ in range(_TRIES):
        known = store.tagged(folder.verification)
        lost = any(reason.part == folder.uri.relative(folder.verification) for reason in now.reasons)
        if lost or not _is_backup(store, folder):
            return now
        made = merged(_readable(known, folder), now)
        if store.swap(folder.verification, documents.encode(made), known):
            return made
    raise CopyFailed(f"{folder.verification} is written over again and again", "verify again when nobody else does")


def _is_backup(store: Store, folder: Folder) -> bool:
    objects, _ = store.top(folder.uri)
    return any(name in objects for name in (folder.uri.relative(folder.verdict), *older.FLAGS))


def _readable(known: Tagged | None, folder: Folder) -> Verification | None:
    with suppress(DataDamaged):  # said by the look that is written over it
        return of_here(documents.decode(known.data, Verification, folder.verification), str(folder.uri)) if known else None
    return None
