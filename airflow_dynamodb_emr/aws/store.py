"""Documents in S3: written once, read back, listed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.errors import code, is_missing
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.layout import S3Uri

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


class Tagged(NamedTuple):
    """An object, and what tells it from a later one of the same name."""

    data: bytes
    etag: str
    versioned: bool  # its bucket keeps earlier versions


class Store:
    """One S3 client, spoken to in URIs and documents."""

    def __init__(self, s3: S3Client) -> None:
        self.s3 = s3

    def read(self, uri: S3Uri) -> bytes | None:
        """None when there is no such object."""
        try:
            return self.s3.get_object(Bucket=uri.bucket, Key=uri.key)["Body"].read()
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def load(self, uri: S3Uri, kind: type[T]) -> T | None:
        data = self.read(uri)
        return None if data is None else documents.decode(data, kind, uri)

    def put_new(self, uri: S3Uri, data: bytes) -> bool:
        """False when there is an object already: it is left as it is."""
        try:
            self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=data, IfNoneMatch="*", ContentType="application/json")
        except ClientError as error:
            if code(error) in _TAKEN:
                return False
            raise
        return True

    def write_once(self, uri: S3Uri, document: object) -> bool:
        return self.put_new(uri, documents.encode(document))

    def put(self, uri: S3Uri, data: bytes = b"", kind: str = "binary/octet-stream") -> None:
        """*kind*: its media type, for whoever opens it in a browser."""
        self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=data, ContentType=kind)

    def tagged(self, uri: S3Uri) -> Tagged | None:
        """The object with its ETag, for `swap` and `delete_if`; None when there is none."""
        try:
            found = self.s3.get_object(Bucket=uri.bucket, Key=uri.key)
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        return Tagged(found["Body"].read(), found["ETag"], "VersionId" in found)

    def swap(self, uri: S3Uri, data: bytes, known: Tagged | None) -> Tagged | None:
        """Put *data* in place of what is *known* to be there, or of nothing; None when something else is there by now."""
        match: dict[str, Any] = {"IfMatch": known.etag} if known else {"IfNoneMatch": "*"}
        try:
            answer = self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=data, ContentType="application/json", **match)
        except ClientError as error:
            if code(error) not in _TAKEN and not is_missing(error):
                raise
            there = self.tagged(uri)  # the answer to an earlier try may have been lost: then what is there is this
            return there if there and there.data == data else None
        return Tagged(data, answer["ETag"], "VersionId" in answer)

    def delete_if(self, uri: S3Uri, known: Tagged) -> bool:
        """False, and nothing deleted, when something else is there by now."""
        try:
            self.s3.delete_object(Bucket=uri.bucket, Key=uri.key, IfMatch=known.etag)
        except ClientError as error:
            if code(error) not in _TAKEN and not is_missing(error):
                raise
            return self.size(uri) is None
        return True

    def delete(self, uri: S3Uri) -> None:
        self.s3.delete_object(Bucket=uri.bucket, Key=uri.key)

    def size(self, uri: S3Uri) -> int | None:
        """None when there is no such object."""
        try:
            return self.s3.head_object(Bucket=uri.bucket, Key=uri.key)["ContentLength"]
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def names(self, folder: S3Uri) -> list[str]:
        """The folders directly under this one, in order."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=folder.bucket, Prefix=_inside(folder), Delimiter="/")
        return [entry["Prefix"].split("/")[-2] for page in pages for entry in page.get("CommonPrefixes", [])]

    def top(self, folder: S3Uri) -> tuple[dict[str, datetime], list[str]]:
        """What lies directly in this folder: each object's name and when it was written, and the folders."""
        objects, folders, skip = dict[str, datetime](), list[str](), len(_inside(folder))
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=folder.bucket, Prefix=_inside(folder), Delimiter="/"):
            objects.update((entry["Key"][skip:], entry["LastModified"]) for entry in page.get("Contents", []))
            folders.extend(entry["Prefix"][skip:-1] for entry in page.get("CommonPrefixes", []))
        return objects, folders

    def objects(self, folder: S3Uri) -> Iterator[tuple[S3Uri, int]]:
        """Every object below this folder, with its size in bytes."""
        for uri, size, _ in self.etags(folder):
            yield uri, size

    def etags(self, folder: S3Uri) -> Iterator[tuple[S3Uri, int, str]]:
        """The same, with its ETag."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=folder.bucket, Prefix=_inside(folder)):
            for entry in page.get("Contents", []):
                yield S3Uri(folder.bucket, entry["Key"]), entry["Size"], entry["ETag"].strip('"')

    def last_write(self, folder: S3Uri, but: S3Uri) -> datetime | None:
        """When something below this folder was last written, other than *but*; None: there is nothing."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=folder.bucket, Prefix=_inside(folder))
        return max((entry["LastModified"] for page in pages for entry in page.get("Contents", []) if entry["Key"] != but.key), default=None)

    def keys(self, bucket: str, prefix: str) -> Iterator[tuple[str, int]]:
        """Every key that begins so, as it stands, with the object's size."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from ((entry["Key"], entry["Size"]) for entry in page.get("Contents", []))


def _inside(folder: S3Uri) -> str:
    """What the keys in it begin with; of a bucket: nothing."""
    return f"{folder.key}/" if folder.key else ""
