"""The parts of a dump in S3: which they are, and their lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part, moved_to, parse_connector_manifest
from airflow_dynamodb_emr.errors import DataDamaged, NotFound
from airflow_dynamodb_emr.transfer.blocks import Blocks
from airflow_dynamodb_emr.transfer.raw.stored import Stored, absent

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MANIFEST = "manifest"


def parts_of(s3: S3Client, dump: S3Uri) -> list[S3Uri]:
    """The parts of the dump in folder *dump*: what its `manifest` names, or every file where there is none, as the connector has it."""
    manifest = dump / MANIFEST
    try:
        data = s3.get_object(Bucket=manifest.bucket, Key=manifest.key)["Body"].read()
    except ClientError as error:
        if not absent(error):
            raise
        return _all_files(s3, dump)
    return moved_to(dump, parse_connector_manifest(data, manifest))


def listed(s3: S3Client, dump: S3Uri) -> list[Part]:
    """The same, with what S3 says of each; nobody has counted their items. Raises DataDamaged where one is not there."""
    uris, there = parts_of(s3, dump), {entry["Key"]: entry for entry in _objects(s3, dump)}
    missing = next((uri for uri in uris if uri.key not in there), None)
    if missing:
        raise DataDamaged(f"{missing} is not there, and {dump / MANIFEST} names it", "name another dump")
    found = (there[uri.key] for uri in uris)
    return [Part(key=dump.relative(S3Uri(dump.bucket, each["Key"])), bytes=each["Size"], etag=each["ETag"].strip('"'), items=None) for each in found]


def lines(s3: S3Client, uri: S3Uri) -> Iterator[bytes]:
    """The lines of one part, blank ones too, without their newlines; unpacked where it is gzip or zstd by name or by content.

    Memory stays bounded whatever the part's size. Raises DataDamaged when the part is not there, is not packed as its name says, or is cut short.
    """
    for block in Blocks(Stored(s3, uri.bucket, uri.key)):
        yield from block[:-1].split(b"\n")


def _all_files(s3: S3Client, dump: S3Uri) -> list[S3Uri]:
    """Every file straight in *dump* that is not hidden from Hadoop."""
    files = [S3Uri(dump.bucket, each["Key"]) for each in _objects(s3, dump)]
    seen = [file for file in files if file.key.rpartition("/")[2][:1] not in {"_", ".", ""}]
    if not seen:
        raise NotFound(f"{dump}: there is no dump here", "name the folder that holds the data files, as in s3://bucket/.../orders/1")
    return seen


def _objects(s3: S3Client, folder: S3Uri) -> Iterator[Any]:
    """Straight in it."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=folder.bucket, Prefix=f"{folder.key}/".lstrip("/"), Delimiter="/")
    return (each for page in pages for each in page.get("Contents", []))
