"""The items of a part, out of S3, each as the bytes of its JSON; what is read is held against what the manifest says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.raw.compression import BAD_GZIP, decompressor
from airflow_dynamodb_emr.transfer.raw.output import Part
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.refusals import of_s3
from airflow_dynamodb_emr.transfer.raw.stored import Stored

_BLOCK_BYTES, _UNPACKED_BYTES = 2**16, 2**19  # at once
_LONGEST_LINE_BYTES = 4_000_000  # an item has 400 KB at most; escapes make it longer, never ten times
_HEAD, _TAIL = b'{"Item":', b"}"
_START = len(_HEAD)


def items(place: Place, part: Part) -> Iterator[bytes]:
    """One by one, see `blocks`."""
    return chain.from_iterable(blocks(place, part))


def blocks(place: Place, part: Part) -> Iterator[list[bytes]]:
    """The items of a part of DynamoDB JSON, some hundred at a time.

    Raises DataDamaged: at once for a line that is no item, at the end where not all is as it was written.
    """
    try:
        yield from _checked(Stored(place.s3, place.bucket, place.at(part.key)), part)
    except (ClientError, BotoCoreError) as error:
        raise of_s3(
            f"s3://{place.bucket}/{place.at(part.key)} could not be read", error, "allow s3:GetObject there, and look at the bucket"
        ) from error


def _checked(stored: Stored, part: Part) -> Iterator[list[bytes]]:
    count = 0
    for block in _lines(stored):
        bad = next((number for number, line in enumerate(block) if line[:_START] != _HEAD or line[-1:] != _TAIL), None)
        if bad is not None:
            yield [line[_START:-1] for line in block[:bad]]
            raise DataDamaged(f"{stored.uri}, line {count + bad + 1} is no item: {block[bad][:80]!r}", "verify the dump, and restore another")
        count += len(block)
        yield [line[_START:-1] for line in block]
    if (count, stored.sha256) != (part.items, part.sha256):
        what = f"{count} items, SHA-256 {stored.sha256[:12]}"
        raise DataDamaged(f"{stored.uri} is not what was written: {what}, expected {part.items} and {part.sha256[:12]}", "restore another dump")


def _lines(stored: Stored) -> Iterator[list[bytes]]:
    rest = b""
    for text in _unpacked(stored):
        *whole, rest = (rest + text).split(b"\n")
        yield whole
        if len(rest) > _LONGEST_LINE_BYTES:
            raise DataDamaged(f"{stored.uri} holds a line of more than {_LONGEST_LINE_BYTES} bytes: no item is", "restore another dump")
    if rest:
        yield [rest]


def _unpacked(stored: Stored) -> Iterator[bytes]:
    unpack: Any = decompressor()
    try:
        while packed := stored.read(_BLOCK_BYTES):
            while packed:
                yield unpack.decompress(packed, _UNPACKED_BYTES)
                packed = unpack.unconsumed_tail
        yield unpack.flush()
    except BAD_GZIP as error:
        raise DataDamaged(f"{stored.uri} is no gzip file: {error}", "restore another dump") from error
    if not unpack.eof:
        raise DataDamaged(f"{stored.uri} is cut short", "restore another dump")
