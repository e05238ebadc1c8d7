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

_BLOCK_BYTES, _UNPACKED_BYTES = 2**18, 2**20  # at once
_LONGEST_LINE_BYTES = 4_000_000  # an item has 400 KB at most; escapes make it longer, never ten times
_HEAD, _TAIL = b'{"Item":', b"}\n"


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
    for text in _whole_lines(stored):
        found, bad = _items(text)
        count += len(found)
        yield found
        if bad is not None:
            raise DataDamaged(f"{stored.uri}, line {count + 1} is no item: {bad[:80]!r}", "verify the dump, and restore another")
    if (count, stored.sha256) != (part.items, part.sha256):
        what = f"{count} items, SHA-256 {stored.sha256[:12]}"
        raise DataDamaged(f"{stored.uri} is not what was written: {what}, expected {part.items} and {part.sha256[:12]}", "restore another dump")


def _items(text: bytes) -> tuple[list[bytes], bytes | None]:
    """Of whole lines; and the first of them that is no item, behind which nothing is looked at."""
    if text.startswith(_HEAD) and text.endswith(_TAIL):
        found = text[len(_HEAD) : -len(_TAIL)].split(_TAIL + _HEAD)  # all borders at once
        if not any(b"\n" in item for item in found):
            return found, None
    lines = text.removesuffix(b"\n").split(b"\n")
    bad = next((number for number, line in enumerate(lines) if not (line.startswith(_HEAD) and line.endswith(_TAIL[:-1]))), None)
    return [line[len(_HEAD) : -1] for line in lines[:bad]], None if bad is None else lines[bad]


def _whole_lines(stored: Stored) -> Iterator[bytes]:
    rest = b""
    for text in _unpacked(stored):
        end = text.rfind(b"\n") + 1
        if end:
            yield rest + text[:end]
            rest = b""
        rest += text[end:]
        if len(rest) > _LONGEST_LINE_BYTES:
            raise DataDamaged(f"{stored.uri} holds a line of more than {_LONGEST_LINE_BYTES} bytes: no item is", "restore another dump")
    if rest:
        yield rest + b"\n"


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
