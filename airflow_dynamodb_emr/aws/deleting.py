"""Deleting many objects: of a bucket that keeps earlier versions all of them, and of those that are locked none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.errors import is_denied, is_missing
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_AT_ONCE = 1000  # objects a call
_LOOKED_AT = 10  # locked versions, the youngest: those of one backup are locked together
_DENIED = ("AccessDenied", "403")


class Version(NamedTuple):
    """One version of an object, or the object itself where its bucket keeps none."""

    key: str
    bytes: int = 0
    id: str = ""
    modified: datetime | None = None
    is_marker: bool = False

    @property
    def request(self) -> dict[str, str]:
        return {"Key": self.key, **({"VersionId": self.id} if self.id else {})}


class Refusal(NamedTuple):
    version: Version
    code: str
    message: str

    @property
    def is_denied(self) -> bool:
        return self.code in _DENIED

    def __str__(self) -> str:
        return f"{self.version.key}: {self.code} {self.message}".strip()


class Freed(Noun, frozen=True, kw_only=True):
    objects: int = 0
    bytes: int = 0
    refused: list[Refusal] = []

    def plus(self, other: Freed) -> Freed:
        return Freed(objects=self.objects + other.objects, bytes=self.bytes + other.bytes, refused=[*self.refused, *other.refused])


def delete(s3: S3Client, bucket: str, versions: Iterable[Version]) -> Freed:
    """What could not be deleted is told one by one, and the others are deleted all the same."""
    freed, coming = Freed(), iter(versions)
    while batch := list(islice(coming, _AT_ONCE)):
        freed = freed.plus(_delete(s3, bucket, batch))
    return freed


def _delete(s3: S3Client, bucket: str, batch: list[Version]) -> Freed:
    named: Any = [version.request for version in batch]
    errors = s3.delete_objects(Bucket=bucket, Delete={"Objects": named, "Quiet": True}).get("Errors", [])
    told = {(error.get("Key", ""), error.get("VersionId", "")): error for error in errors}
    failed = {version: error for version in batch if (error := told.get((version.key, version.id)) or told.get((version.key, "")))}
    refused = [Refusal(version, error.get("Code", ""), error.get("Message", "")) for version, error in failed.items()]
    gone = [version for version in batch if version not in failed]
    return Freed(objects=len(gone), bytes=sum(version.bytes for version in gone), refused=refused)


def versions(s3: S3Client, uri: S3Uri, markers: bool) -> Iterator[Version]:
    """Of every object whose key begins so: its versions, or the markers of its deletions."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=uri.bucket, Prefix=uri.key):
        if markers:
            yield from (Version(each["Key"], 0, each["VersionId"], is_marker=True) for each in page.get("DeleteMarkers", []))
        else:
            yield from (Version(each["Key"], each["Size"], each["VersionId"], each["LastModified"]) for each in page.get("Versions", []))


class Locks(NamedTuple):
    """What a look at versions that could not be deleted has found."""

    until: datetime | None  # the latest
    hold: bool  # somebody has put them under a legal hold

    def __bool__(self) -> bool:
        return bool(self.until or self.hold)

    def __str__(self) -> str:
        until = f"locked until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else ""
        return " and ".join(filter(None, [until, "under a legal hold" if self.hold else ""]))


def locks(s3: S3Client, bucket: str, refused: list[Refusal]) -> Locks:
    youngest = sorted(refused, key=lambda each: str(each.version.modified), reverse=True)[:_LOOKED_AT]
    found = [lock_of(s3, bucket, each.version.request) for each in youngest]
    return Locks(max((lock.until for lock in found if lock.until), default=None), any(lock.hold for lock in found))


def lock_of(s3: S3Client, bucket: str, request: dict[str, str]) -> Locks:
    """None also where we may not see it: s3:GetObjectRetention and s3:GetObjectLegalHold are asked for."""
    try:
        head: Any = s3.head_object(Bucket=bucket, **request)  # type: ignore[arg-type]
    except ClientError as error:
        if not is_denied(error) and not is_missing(error):
            raise
        head = {}
    return Locks(head.get("ObjectLockRetainUntilDate"), head.get("ObjectLockLegalHoldStatus") == "ON")
