"""The mark that keeps a backup whatever the policy says."""

from __future__ import annotations

from datetime import datetime

from airflow_dynamodb_emr.aws import forgetting
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.documents import encode
from airflow_dynamodb_emr.core.forgotten import Mark
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.errors import BadInput, NotFound


def mark(store: Store, folder: Folder, why: str, now: datetime) -> bool:
    """Whether it was forgotten already, and is a backup again. Raises BadInput where there is none, or its data is being deleted."""
    with refused_as_bad_input(str(folder.uri), "allow s3:GetObject and s3:PutObject there"):
        _refuse_none(store, folder)
        store.put(folder.kept, encode(Mark(why=why, at=now)))
        if store.size(folder.verdict) is not None:
            return False
        if forgetting.come_back(store, folder):
            return True
    store.delete(folder.kept)
    raise BadInput(f"{folder.uri} cannot be kept: its data is being deleted", "choose another backup")


def unmark(store: Store, folder: Folder) -> bool:
    """False where it was not marked."""
    with refused_as_bad_input(str(folder.uri), "allow s3:GetObject and s3:DeleteObject there"):
        _refuse_none(store, folder)
        marked = store.size(folder.kept) is not None
        store.delete(folder.kept)
    return marked


def _refuse_none(store: Store, folder: Folder) -> None:
    if store.size(folder.verdict) is None and store.size(folder.forgotten) is None:
        raise NotFound(f"{folder.uri} holds no backup: there is no backup.json", "name the folder of one; `dynamodb-emr backups` lists them")
