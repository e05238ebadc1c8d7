"""What DynamoDB writes about an export, and whether what lies in S3 is all of it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html, and exports that AWS made in 2026: checksums are
in `.md5` files (the page says `.checksum`), and a data file's ETag is that of an upload in parts.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from datetime import datetime
from hashlib import md5

import msgspec

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.manifest import Increment, Part
from airflow_dynamodb_emr.errors import DataDamaged

ROOT = "AWSDynamoDB"
SUMMARY, FILES = "manifest-summary", "manifest-files"
JSON = "DYNAMODB_JSON"


class Summary(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """manifest-summary.json. A full export has `export_time`, an increment the other three; names are AWS' own."""

    export_arn: str
    start_time: datetime
    end_time: datetime
    table_arn: str
    table_id: str
    item_count: int
    billed_size_bytes: int
    output_format: str
    export_time: datetime | None = None
    export_from_time: datetime | None = None
    export_to_time: datetime | None = None
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
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DataDamaged(f"{source} is no summary of an export: {error}") from error


def parse_files(data: bytes, source: object) -> list[DataFile]:
    try:
        return msgspec.json.Decoder(DataFile).decode_lines(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DataDamaged(f"{source} is no list of an export's files: {error}") from error


def reasons(found: Exported, arn: str, increment: Increment | None, items: int | None = None) -> list[str]:
    """Why it does not count as the whole of export *arn*; none when it does.

    *increment*: what was asked for, where it was not the whole table; *items*: as DescribeExport says, where it could be asked.
    """
    summary = found.summary
    if summary.export_arn != arn:
        return [f"its summary is of another export, {summary.export_arn}"]
    if summary.output_format != JSON:
        return [f"its format is {summary.output_format}, expected {JSON}"]
    return [*_wrong_time(summary, increment), *_wrong_files(found), *_wrong_counts(found, items)]


def _wrong_time(summary: Summary, increment: Increment | None) -> list[str]:
    if increment is None:
        return [] if summary.export_time else ["its summary names no moment that it shows"]
    window = summary.export_from_time, summary.export_to_time
    return [] if window == (increment.start, increment.end) else [f"it has what changed from {window[0]} to {window[1]}, which nobody asked for"]


def _wrong_files(found: Exported) -> list[str]:
    twice = [path for path, times in Counter(file.path for file in found.files).items() if times > 1]
    lost = [file.path for file in found.files if file.path not in found.stored]
    changed = [file.path for file in found.files if file.path in found.stored and not _same(file, found.stored[file.path])]
    wrong = {"named twice": twice, "gone": lost, "not as they were written": changed}
    return [f"{len(paths)} data files are {what}, {paths[0]} among them" for what, paths in wrong.items() if paths]


def _same(file: DataFile, stored: Stored) -> bool:
    """A copy made by S3 in one piece has the MD5 for its ETag."""
    return stored.etag in (file.etag, _hex(file.md5_checksum))


def _wrong_counts(found: Exported, items: int | None) -> list[str]:
    named, summed = sum(file.item_count for file in found.files), found.summary.item_count
    told = summed if items is None else items
    if named == summed == told:
        return []
    return [f"its files hold {named} items, its summary says {summed}" + ("" if items is None else f", DynamoDB {items}")]


def parts(found: Exported, folder: str) -> list[Part]:
    """*folder*: where AWSDynamoDB/ lies, relative to the backup's folder."""
    return [_part(file, found.stored[file.path], f"{folder}/{ROOT}/{file.path}") for file in found.files]


def _part(file: DataFile, stored: Stored, key: str) -> Part:
    return Part(key=key, bytes=stored.bytes, etag=stored.etag, items=file.item_count, md5=_hex(file.md5_checksum))


def _hex(checksum: str) -> str:
    """Empty for what is no base64: nothing is like it."""
    try:
        return base64.b64decode(checksum, validate=True).hex()
    except binascii.Error:
        return ""
