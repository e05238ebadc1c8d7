"""Deleting the data of forgotten backups: manifests first, forgotten.json last of all, so that whoever dies in the middle is gone on from."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import backups, catalogue, deleting, forgetting, together
from airflow_dynamodb_emr.aws.deleting import Freed, Version
from airflow_dynamodb_emr.aws.errors import is_denied
from airflow_dynamodb_emr.aws.store import Store, Tagged
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.forgotten import Stage
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.pruned import Pruned
from airflow_dynamodb_emr.core.words import counted
from airflow_dynamodb_emr.errors import DataDamaged

log = logging.getLogger(__name__)
_RETURNS = "it is coming back"


def prune_all(store: Store, app: S3Uri, now: datetime, dry_run: bool = False) -> Iterator[Pruned]:
    """One after the other, each as it is done."""
    return (pruned for folder in forgotten(store, app) if (pruned := prune(store, folder, now, dry_run)))


def forgotten(store: Store, app: S3Uri) -> Iterator[Folder]:
    """The folders of one prefix that are to be deleted, newest first."""
    looks = together.ahead(lambda folder: catalogue.look_at(store, folder), backups.folders(store, app))
    return (look.folder for look in looks if look.has(look.folder.forgotten))


def prune(store: Store, folder: Folder, now: datetime, dry_run: bool = False) -> Pruned | None:
    """None when it is no forgotten backup, or is one no more."""
    known, uri = store.tagged(folder.forgotten), str(folder.uri)
    try:
        stage = known and forgetting.read(known, folder).stage
    except DataDamaged as damage:
        return Pruned(uri=uri, left=damage.facts, failed=True)
    if stage is Stage.RETURNING and not dry_run:  # whoever was at it has died
        forgetting.come_back(store, folder)
    if known is None or stage is Stage.RETURNING or (stage is not Stage.PRUNING and store.size(folder.verdict) is not None):
        return None
    if stage is not Stage.PRUNING and (why := forgetting.held(store, folder, now)):  # what comes after that comes too late
        return Pruned(uri=uri, left=why)
    if dry_run:
        return _would_free(store, folder)
    begun = _begin(store, folder, known)
    return _delete(store, folder, begun) if begun else Pruned(uri=uri, left=_RETURNS)


def _begin(store: Store, folder: Folder, known: Tagged) -> Tagged | None:
    """From here there is no way back. None when somebody else has changed its stage meanwhile."""
    note = forgetting.read(known, folder)
    return known if note.stage is Stage.PRUNING else store.swap(folder.forgotten, documents.encode(structs.replace(note, stage=Stage.PRUNING)), known)


def _would_free(store: Store, folder: Folder) -> Pruned:
    sizes = [of_object for _, of_object in store.objects(folder.uri)]
    return Pruned(uri=str(folder.uri), objects=len(sizes), bytes=sum(sizes))


def _delete(store: Store, folder: Folder, begun: Tagged) -> Pruned:
    """Each object, then its versions, where the bucket keeps them; in no order can an earlier verdict come to light."""
    freed = _objects(store, folder)
    if freed.refused:
        return _told(folder, freed, _refused(freed), failed=True)
    if begun.versioned:
        return _versions(store, folder, freed)
    store.delete(folder.forgotten)
    return _told(folder, structs.replace(freed, objects=freed.objects + 1, bytes=freed.bytes + len(begun.data)))


def _objects(store: Store, folder: Folder) -> Freed:
    """Verdict and flags, then manifests, then the rest; forgotten.json stays."""
    freed = Freed()
    for place in (folder.verdict, folder.uri / "BACKUP_", folder.manifests, folder.uri):
        if not freed.refused:
            freed = freed.plus(deleting.delete(store.s3, folder.uri.bucket, _at(store, place, folder)))
    return freed


def _at(store: Store, place: S3Uri, folder: Folder) -> Iterator[Version]:
    """Every object whose key begins so, and lies in the folder."""
    for key, of_object in store.keys(place.bucket, f"{place.key}/" if place == folder.uri else place.key):
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
