"""verification.json: what looks at a backup have found, beside its verdict."""

from __future__ import annotations

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.verification import Verification, merged, of_here


def read(store: Store, folder: Folder) -> Verification | None:
    """As far as it holds for the backup that lies here; None while nobody has looked."""
    found = store.load(folder.verification, Verification)
    return found and of_here(found, str(folder.uri))


def record(store: Store, folder: Folder, now: Verification) -> Verification:
    """The record with another look in it. Of two looks at the same time one may be lost, and the next finds the same again."""
    made = merged(read(store, folder), now)
    store.put(folder.verification, documents.encode(made))
    return made
