"""Forgetting a backup: its verdict goes first, its data later, by `pruning`. In between it can come back.

forgotten.json is the one lock: whoever changes its stage does so only from the stage it has seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import structs

from airflow_dynamodb_emr.aws import catalogue, holding
from airflow_dynamodb_emr.aws.store import Store, Tagged
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.forgotten import LONGEST_IDLE, Ended, Forgotten, Stage
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.standing import FAILED, SUCCESS
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BackupIncomplete, DataDamaged

_FLAGS = (SUCCESS, FAILED)  # that it is being made stays for a while: its run may have been cleared just now


def forget(store: Store, entry: Entry, why: str, now: datetime, idle: timedelta = LONGEST_IDLE) -> str:
    """Why it stays, if it has to; empty: it is forgotten. No data is deleted."""
    folder = Folder.parse(entry.uri)
    verdict, look = store.tagged(folder.verdict), catalogue.look_at(store, folder)
    before = store.tagged(folder.forgotten) if look.has(folder.forgotten) else None
    if verdict is None and before:
        return ""  # somebody else has, just now
    if stays := _stage_forbids(before, folder) or holding.why_not(store, entry, look, now, idle):
        return stays
    note = Forgotten(uri=entry.uri, stage=Stage.FORGOTTEN, why=why, at=now, verdict=verdict.data.decode() if verdict else "")
    noted = store.swap(folder.forgotten, documents.encode(note), before)
    if noted is None:
        return "somebody else is about to forget it"
    if verdict and not store.delete_if(folder.verdict, verdict):
        store.delete_if(folder.forgotten, noted)
        return "it was published anew meanwhile"
    for flag in filter(look.has, map(folder.flag, _FLAGS)):
        store.delete(flag)
    return _unless_it_is_held(store, folder, noted, now, idle)


def _stage_forbids(before: Tagged | None, folder: Folder) -> str:
    try:
        return "its data is being deleted" if before and read(before, folder).has_begun(folder) else ""
    except DataDamaged as damage:
        return damage.facts


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
        _flag_as_judged(store, folder)
    store.delete_if(folder.forgotten, returning)
    return True


def published(store: Store, folder: Folder) -> None:
    """To be called when a verdict has been written: what was forgotten is a backup again.

    Raises BackupIncomplete, and takes the verdict back, where the data is being deleted, or is gone: then the plan is, too.
    """
    while known := store.tagged(folder.forgotten):
        if read(known, folder).has_begun(folder):
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


def _unless_it_is_held(store: Store, folder: Folder, noted: Tagged, now: datetime, idle: timedelta) -> str:
    """A reader that came before the verdict was gone has the word: it does not look again."""
    stays = holding.held(store, catalogue.look_at(store, folder), now, idle)
    if stays and store.tagged(folder.forgotten) == noted:
        come_back(store, folder)
    return stays


def _flag_as_judged(store: Store, folder: Folder) -> None:
    """By what is there: it may have been published anew meanwhile."""
    judged = store.load(folder.verdict, Ended)
    if judged:
        store.put(folder.flag(SUCCESS if judged.verdict is Verdict.VALID else FAILED))
