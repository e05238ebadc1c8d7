"""Deleting all that is in a backup's folder: manifests first, forgotten.json last of all, so that whoever dies in the middle is gone on from."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import deleting
from airflow_dynamodb_emr.aws.deleting import Freed, Version
from airflow_dynamodb_emr.aws.errors import is_denied
from airflow_dynamodb_emr.aws.store import Store, Tagged
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.pruned import Pruned
from airflow_dynamodb_emr.core.words import counted

log = logging.getLogger(__name__)
_LATE = "something was written there meanwhile"


def empty(store: Store, folder: Folder, begun: Tagged) -> Pruned:
    """Each object, then its versions, where the bucket keeps them; in no order can an earlier verdict come to light."""
    freed = _objects(store, folder)
    if freed.refused:
        return _told(folder, freed, _refused(freed), failed=True)
    if begun.versioned:
        return _versions(store, folder, freed)
    if any(_all(store, folder)):
        return _told(folder, freed, _LATE)
    store.delete(folder.forgotten)
    return _told(folder, structs.replace(freed, objects=freed.objects + 1, bytes=freed.bytes + len(begun.data)))


def _objects(store: Store, folder: Folder) -> Freed:
    """Verdict and flags, then manifests, then the rest; forgotten.json stays."""
    freed = Freed()
    for begins in ("backup.json", "BACKUP_", "tables/", ""):
        if not freed.refused:
            freed = freed.plus(deleting.delete(store.s3, folder.uri.bucket, _all(store, folder, begins)))
    return freed


def _all(store: Store, folder: Folder, begins: str = "") -> Iterator[Version]:
    """Every object in the folder whose name begins so, but forgotten.json."""
    for key, of_object in store.keys(folder.uri.bucket, f"{folder.uri.key}/{begins}"):
        if key != folder.forgotten.key:
            yield Version(key, of_object)


def _versions(store: Store, folder: Folder, hidden: Freed) -> Pruned:
    """A marker of a deletion stays while a version below it does, which would come to light without it."""
    s3, bucket, note = store.s3, folder.uri.bucket, folder.forgotten
    try:
        freed = deleting.delete(s3, bucket, _of_all_but(store, folder, markers=False))
        stuck = {refusal.version.key for refusal in freed.refused}
        markers = (marker for marker in _of_all_but(store, folder, markers=True) if marker.key not in stuck)
        freed = freed.plus(structs.replace(deleting.delete(s3, bucket, markers), objects=0))
        if not freed.refused and any(_of_all_but(store, folder, markers=False)):
            return _told(folder, freed, _LATE)
        if not freed.refused:
            own = [*deleting.versions(s3, note, markers=False), *deleting.versions(s3, note, markers=True)]
            freed = freed.plus(deleting.delete(s3, bucket, own))
    except ClientError as error:
        if not is_denied(error):
            raise
        store.delete(note)
        return _told(folder, hidden, note="earlier versions stay: s3:ListBucketVersions is not allowed")
    return _what_stays(store, folder, freed, hidden)


def _of_all_but(store: Store, folder: Folder, markers: bool) -> Iterator[Version]:
    inside = S3Uri(folder.uri.bucket, f"{folder.uri.key}/")
    return (version for version in deleting.versions(store.s3, inside, markers) if version.key != folder.forgotten.key)


def _what_stays(store: Store, folder: Folder, freed: Freed, hidden: Freed) -> Pruned:
    if not freed.refused:
        return _told(folder, freed)
    if not all(refusal.is_denied for refusal in freed.refused):
        return _told(folder, freed, _refused(freed), failed=True)
    stay, lock = sum(not refusal.version.is_marker for refusal in freed.refused), deleting.locks(store.s3, folder.uri.bucket, freed.refused)
    if lock:
        return _told(folder, freed, f"{counted(stay, 'object')} {'is' if stay == 1 else 'are'} {lock}")
    if any("object lock" in refusal.message.lower() for refusal in freed.refused):
        return _told(folder, freed, f"{counted(stay, 'object')} locked; until when is not known: s3:GetObjectRetention is not allowed")
    store.delete(folder.forgotten)
    return _told(folder, hidden, note=f"earlier versions of {counted(hidden.objects, 'object')} stay: s3:DeleteObjectVersion is not allowed")


def _refused(freed: Freed) -> str:
    for refusal in freed.refused:
        log.warning("not deleted: %s", refusal)
    return f"{counted(len(freed.refused), 'object')} could not be deleted, {freed.refused[0]}"


def _told(folder: Folder, freed: Freed, left: str = "", note: str = "", failed: bool = False) -> Pruned:
    return Pruned(uri=str(folder.uri), objects=freed.objects, bytes=freed.bytes, left=left, note=note, failed=failed)
