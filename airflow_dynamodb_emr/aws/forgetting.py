"""Forgetting a backup: its verdict goes first, its data later, by `pruning`. In between it can come back.

forgotten.json is the one lock: whoever changes its stage does so only from the stage it has seen.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from airflow_dynamodb_emr.aws import catalogue, readers
from airflow_dynamodb_emr.aws.store import Store, Tagged
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.forgotten import Ended, Forgotten, Stage
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.retention import MARKED, UNDER_WAY
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.errors import BackupIncomplete, DataDamaged

FLAGS = {True: "COMPLETE_SUCCESS", False: "COMPLETE_FAILED"}


def forget(store: Store, entry: Entry, why: str, now: datetime) -> str:
    """Why it stays, if it has to; empty: it is forgotten. No data is deleted."""
    folder = Folder.parse(entry.uri)
    verdict, before = store.tagged(folder.verdict), store.tagged(folder.forgotten)
    if verdict is None and before:
        return ""  # somebody else has, just now
    if stays := _stage_forbids(before, folder) or why_not(store, entry, verdict, now):
        return stays
    note = Forgotten(uri=entry.uri, stage=Stage.FORGOTTEN, why=why, at=now, verdict=verdict.data.decode() if verdict else "")
    noted = store.swap(folder.forgotten, documents.encode(note), before)
    if noted is None:
        return "somebody else is about to forget it"
    if verdict and not store.delete_if(folder.verdict, verdict):
        store.delete_if(folder.forgotten, noted)
        return "it was published anew meanwhile"
    for flag in FLAGS.values():
        store.delete(folder.flag(flag))
    return _unless_it_is_held(store, folder, noted, now)


def _stage_forbids(before: Tagged | None, folder: Folder) -> str:
    try:
        return "its data is being deleted" if before and read(before, folder).stage is Stage.PRUNING else ""
    except DataDamaged as damage:
        return damage.facts


def why_not(store: Store, entry: Entry, verdict: Tagged | None, now: datetime) -> str:
    """What has changed since the catalogue looked, and what it does not look for; empty: nothing is in the way.

    A verdict that cannot be read may be a later version's, which counts it good.
    """
    folder = Folder.parse(entry.uri)
    try:
        _ = verdict and documents.decode(verdict.data, Backup, folder.verdict)
    except DataDamaged as damage:
        return f"delete it by hand if it is of no use: {damage.facts}"
    seen = catalogue.entry(store, folder)
    if seen is None or seen.verdict is not entry.verdict:
        return f"it has changed meanwhile: {seen.verdict.value if seen else 'it is gone'}"
    return held(store, folder, now)


def come_back(store: Store, folder: Folder) -> bool:
    """A forgotten backup is one again, as it was; False when it is too late, or was never forgotten."""
    known = store.tagged(folder.forgotten)
    note = known and read(known, folder)
    if not known or not note or note.stage is Stage.PRUNING:
        return False
    returning = store.swap(folder.forgotten, documents.encode(structs.replace(note, stage=Stage.RETURNING)), known)
    if returning is None:
        return False
    if note.verdict:
        store.put_new(folder.verdict, note.verdict.encode())
        store.put(folder.flag(FLAGS[documents.decode(note.verdict.encode(), Ended, folder.verdict).verdict is Verdict.VALID]))
    store.delete_if(folder.forgotten, returning)
    return True


def published(store: Store, folder: Folder) -> None:
    """To be called when a verdict has been written: what was forgotten is a backup again.

    Raises BackupIncomplete, and takes the verdict back, where the data is being deleted, or is gone: then the plan is, too.
    """
    while known := store.tagged(folder.forgotten):
        if read(known, folder).stage is Stage.PRUNING:
            break
        store.delete_if(folder.forgotten, known)
    if known or store.size(folder.plan) is None:
        store.delete(folder.verdict)
        raise BackupIncomplete(f"{folder.uri} is deleted by retention: none of it can be restored", "start a new run")


def read(known: Tagged, folder: Folder) -> Forgotten:
    """Raises DataDamaged where it cannot be read, or is another backup's: then nothing is done about the folder."""
    note = documents.decode(known.data, Forgotten, folder.forgotten)
    if not note.is_of(folder):
        raise DataDamaged(f"{folder.forgotten} is of {note.uri}", "somebody copied it there; delete it if the backup is to stay")
    return note


def held(store: Store, folder: Folder, now: datetime) -> str:
    """Why no data of it may be deleted now; empty: it may."""
    if store.size(folder.kept) is not None:
        return MARKED
    return UNDER_WAY if store.size(folder.flag("RUNNING")) is not None else readers.of(store, folder, now)


def _unless_it_is_held(store: Store, folder: Folder, noted: Tagged, now: datetime) -> str:
    """A reader that came before the verdict was gone has the word: it does not look again."""
    stays = held(store, folder, now)
    if stays and store.tagged(folder.forgotten) == noted:
        come_back(store, folder)
    return stays
