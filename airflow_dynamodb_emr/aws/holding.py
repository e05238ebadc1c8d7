"""Why a backup may not be forgotten or deleted just now, whatever the policy says."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow_dynamodb_emr.aws import catalogue, readers
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.retention import MARKED, UNDER_WAY
from airflow_dynamodb_emr.core.standing import Look


def why_not(store: Store, entry: Entry, look: Look, now: datetime, idle: timedelta) -> str:
    """What has changed since the catalogue looked, and what it does not look for; empty: nothing is in the way."""
    seen = catalogue.entry_at(store, look)
    if seen is None or (seen.verdict, seen.readable) != (entry.verdict, entry.readable):
        return f"it has changed meanwhile: {seen.verdict.value if seen else 'it is gone'}"
    return held(store, look, now, idle) or ("" if entry.good and not look.running else _written_lately(store, look.folder, now, idle))


def held(store: Store, look: Look, now: datetime, idle: timedelta) -> str:
    """Why no data of it may be deleted now; empty: it may."""
    if look.has(look.folder.kept):
        return MARKED
    if look.running and look.running > now - idle:
        return UNDER_WAY
    return readers.of(store, look.folder, now) if look.folder.uri.relative(look.folder.readers) in look.folders else ""


def _written_lately(store: Store, folder: Folder, now: datetime, idle: timedelta) -> str:
    """A run writes parts and manifests all along; one that was cleared may have no flag."""
    at = store.last_write(folder.uri, but=folder.forgotten)
    return f"{UNDER_WAY}: something was written there at {at:%Y-%m-%d %H:%M} UTC" if at and at > now - idle else ""
