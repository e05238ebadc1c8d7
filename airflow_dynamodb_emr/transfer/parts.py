"""The parts of a dump in S3: which they are, their lines, and what a look at every byte of one says."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from functools import partial
from typing import IO, TYPE_CHECKING, cast

import msgspec

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part, moved_to, parse_connector_manifest
from airflow_dynamodb_emr.errors import DataDamaged, NotFound
from airflow_dynamodb_emr.transfer.lines import read
from airflow_dynamodb_emr.transfer.raw.stored import Stored, absent

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LONGEST_LINE_BYTES = 4_000_000  # an item has 400 KB at most; escapes and base64 make it longer, never ten times
_BUFFER_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
MANIFEST = "manifest"


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What reading the whole of one part found; every line of it is an item."""

    part: Part
    blank_lines: int  # no items, but the connector's import takes each for an item without attributes and fails
    connector_can_load: bool


def parts_of(s3: S3Client, dump: S3Uri) -> list[S3Uri]:
    """The parts of the dump in folder *dump*: what its `manifest` names, or every file where there is none, as the connector has it."""
    manifest = dump / MANIFEST
    try:
        data = s3.get_object(Bucket=manifest.bucket, Key=manifest.key)["Body"].read()
    except s3.exceptions.ClientError as error:
        if not absent(error):
            raise
        return _all_files(s3, dump)
    return moved_to(dump, parse_connector_manifest(data, manifest))


def lines(s3: S3Client, uri: S3Uri) -> Iterator[bytes]:
    """The lines of one part, blank ones too, without their newlines; unpacked where it is gzip by name or by content.

    Memory stays bounded whatever the part's size. Raises DataDamaged when the part is not there, is no gzip although named so, or is cut short.
    """
    yield from _lines(Stored(s3, uri.bucket, uri.key))


def inspect(s3: S3Client, uri: S3Uri, folder: S3Uri | None = None) -> Inspection:
    """Read one part wholly. Its key is given relative to *folder*. Raises DataDamaged, naming part and line, at the first line that is no item."""
    stored = Stored(s3, uri.bucket, uri.key)
    items = blank_lines = 0
    connector_can_load = True
    for number, line in enumerate(_lines(stored), 1):
        if not line.strip():
            blank_lines += 1
            continue
        items += 1
        connector_can_load &= _read(line, uri, number)
    key = folder.relative(uri) if folder else uri.key
    part = Part(key=key, bytes=stored.bytes, etag=stored.etag, items=items, sha256=stored.sha256)
    return Inspection(part=part, blank_lines=blank_lines, connector_can_load=connector_can_load and not blank_lines)


def _read(line: bytes, uri: S3Uri, number: int) -> bool:
    try:
        return read(line).connector_can_load
    except DataDamaged as damage:
        raise DataDamaged(f"{uri}, line {number}: {damage.facts}", damage.hint) from damage


def _lines(stored: Stored) -> Iterator[bytes]:
    raw = io.BufferedReader(stored, _BUFFER_BYTES)
    packed = stored.uri.endswith(".gz") or raw.peek(2)[:2] == _GZIP_MAGIC
    try:
        yield from _split(_unpacked(raw) if packed else raw, stored.uri)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataDamaged(f"{stored.uri} is no whole gzip file: {error}") from error


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=raw)), _BUFFER_BYTES)


def _split(text: IO[bytes], uri: str) -> Iterator[bytes]:
    for number, line in enumerate(iter(partial(text.readline, LONGEST_LINE_BYTES), b""), 1):
        if len(line) == LONGEST_LINE_BYTES:
            raise DataDamaged(f"{uri}, line {number} is longer than {LONGEST_LINE_BYTES} bytes: no item is")
        yield line[:-1] if line.endswith(b"\n") else line


def _all_files(s3: S3Client, dump: S3Uri) -> list[S3Uri]:
    """Every file straight in *dump* that is not hidden from Hadoop."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=dump.bucket, Prefix=f"{dump.key}/".lstrip("/"), Delimiter="/")
    files = [S3Uri(dump.bucket, each["Key"]) for page in pages for each in page.get("Contents", [])]
    seen = [file for file in files if file.key.rpartition("/")[2][:1] not in {"_", ".", ""}]
    if not seen:
        raise NotFound(f"{dump}: there is no dump here", "name the folder that holds the data files, as in s3://bucket/.../orders/1")
    return seen
