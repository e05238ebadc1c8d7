"""What DynamoDB writes about an export, and the parts of a dump that this makes.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html, and exports that AWS made in 2026: checksums are
in `.md5` files (the page says `.checksum`), and a data file's ETag is that of an upload in parts.
"""

from __future__ import annotations

import base64
import binascii
from hashlib import md5

import msgspec

from airflow_dynamodb_emr.core.documents import UNREADABLE, Noun, Time
from airflow_dynamodb_emr.core.manifest import Part
from airflow_dynamodb_emr.errors import DataDamaged

ROOT = "AWSDynamoDB"
SUMMARY, FILES = "manifest-summary", "manifest-files"
JSON = "DYNAMODB_JSON"


class Summary(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """manifest-summary.json. A full export has `export_time`, an increment the other three; names are AWS' own."""

    export_arn: str
    start_time: Time
    end_time: Time
    table_arn: str
    table_id: str
    item_count: int
    billed_size_bytes: int
    output_format: str
    export_time: Time | None = None
    export_from_time: Time | None = None
    export_to_time: Time | None = None
    output_view: str = ""


class DataFile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A line of manifest-files.json."""

    item_count: int
    md5_checksum: str  # of the bytes as stored, base64
    etag: str
    data_file_s3_key: str = msgspec.field(name="dataFileS3Key")

    @property
    def path(self) -> str:
        """From `AWSDynamoDB/` on: the rest of the key is where the export was made, and it may have been copied since."""
        return self.data_file_s3_key.rpartition(f"{ROOT}/")[2]


class Stored(Noun, frozen=True, kw_only=True):
    """An object as S3 lists it."""

    bytes: int
    etag: str


class Exported(Noun, frozen=True, kw_only=True):
    """What was found of one export."""

    summary: Summary
    files: list[DataFile]
    stored: dict[str, Stored]  # by path, of what lies below AWSDynamoDB/


def checked(data: bytes, checksum: bytes, source: object) -> bytes:
    """*data*, if its MD5 is the one in *checksum*; raises DataDamaged."""
    if base64.b64encode(md5(data, usedforsecurity=False).digest()) != checksum.strip():
        raise DataDamaged(f"{source} does not have the MD5 that lies beside it: it was changed or cut short")
    return data


def parse_summary(data: bytes, source: object) -> Summary:
    try:
        return msgspec.json.decode(data, type=Summary)
    except UNREADABLE as error:
        raise DataDamaged(f"{source} is no summary of an export: {error}") from error


def parse_files(data: bytes, source: object) -> list[DataFile]:
    try:
        return msgspec.json.Decoder(DataFile).decode_lines(data)
    except UNREADABLE as error:
        raise DataDamaged(f"{source} is no list of an export's files: {error}") from error


def parts(found: Exported, folder: str) -> list[Part]:
    """*folder*: where AWSDynamoDB/ lies, relative to the backup's folder; empty: in that itself."""
    inside = f"{folder}/{ROOT}" if folder else ROOT
    return [_part(file, found.stored[file.path], f"{inside}/{file.path}") for file in found.files]


def _part(file: DataFile, stored: Stored, key: str) -> Part:
    return Part(key=key, bytes=stored.bytes, etag=stored.etag, items=file.item_count, md5=hexed(file.md5_checksum))


def hexed(checksum: str) -> str:
    """Empty for what is no base64: nothing is like it."""
    try:
        return base64.b64decode(checksum, validate=True).hex()
    except binascii.Error:
        return ""
