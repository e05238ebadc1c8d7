"""Increments of a table, as DynamoDB exports them, folded into the dump they stand on. Items pass through as the bytes they came in.

A line says what became of one key within a window, and a window has one line for each key that changed:

    {"Metadata":{...},"Keys":{"id":{"S":"k1"}},"NewImage":{"id":{"S":"k1"},"n":{"N":"1"}}}     it is this now
    {"Metadata":{...},"Keys":{"id":{"S":"k1"}}}                                                it is gone

`OldImage` may stand there too, and is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.canonical import key_of
from airflow_dynamodb_emr.transfer.parts import lines

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Lines = Callable[[], Iterable[bytes]]  # from the beginning, each time it is called
_KEY_BYTES = 16


class Change(NamedTuple):
    """Of one key; its images are JSON."""

    key: bytes  # a digest, the same for the same key
    keys: bytes
    new: bytes  # empty: the item is gone


class _Record(msgspec.Struct):
    Keys: msgspec.Raw
    NewImage: msgspec.Raw = msgspec.Raw()  # empty: there is none


class _Whole(msgspec.Struct):
    Item: dict[str, msgspec.Raw]


class _Line(msgspec.Struct):
    Item: msgspec.Raw


_line = msgspec.json.Decoder(_Line).decode
_record, _whole = msgspec.json.Decoder(_Record).decode, msgspec.json.Decoder(_Whole).decode


def stored(s3: S3Client, uris: Sequence[S3Uri]) -> Lines:
    """The lines of some parts in S3, read anew each time."""
    return lambda: (line for uri in uris for line in lines(s3, uri) if line.strip())


def changes(increment: Iterable[bytes], keys: Sequence[str]) -> Iterator[Change]:
    """Raises DataDamaged for a line that is none."""
    for line in increment:
        try:
            record = _record(line)
            key = _digest(msgspec.json.decode(record.Keys, type=dict[str, Any]), keys)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _damaged(line, error) from error
        yield Change(key, bytes(record.Keys), bytes(record.NewImage))


def fold(base: Iterable[bytes], increments: Sequence[Lines], keys: Sequence[str]) -> Iterator[bytes]:
    """Lines `{"Item":{...}}` of the table as the last increment leaves it, each key once: to be put into an empty table, in any order.

    *base* are the lines of the whole table, *increments* its changes since, oldest first. Memory holds a digest of each key that changed;
    increments are read twice, the base once.
    """
    latest = _latest(increments, keys)
    for line in base:
        if _key_of_whole(line, keys) not in latest:
            yield line
    for number, increment in enumerate(increments):
        for change in changes(increment(), keys):
            if change.new and latest[change.key] == number:
                yield b'{"Item":%s}' % change.new


def items(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The JSON of the items on these lines."""
    return (bytes(_line(line).Item) for line in lines)


def requests(increment: Iterable[bytes], keys: Sequence[str]) -> Iterator[bytes]:
    """Of BatchWriteItem, as JSON, for a table that holds everything before this increment: puts and deletes of different keys.

    In any order within one increment; increments one after the other.
    """
    for change in changes(increment, keys):
        yield b'{"PutRequest":{"Item":%s}}' % change.new if change.new else b'{"DeleteRequest":{"Key":%s}}' % change.keys


def _latest(increments: Sequence[Lines], keys: Sequence[str]) -> dict[bytes, int]:
    """The number of the increment that has the last word on each key that changed."""
    latest: dict[bytes, int] = {}
    for number, increment in enumerate(increments):
        for change in changes(increment(), keys):
            if latest.get(change.key) == number:
                raise DataDamaged(f"an increment has two changes of one key: {change.keys[:200].decode(errors='replace')}")
            latest[change.key] = number
    return latest


def _key_of_whole(line: bytes, keys: Sequence[str]) -> bytes:
    try:
        item = _whole(line).Item
        return _digest({name: msgspec.json.decode(item[name]) for name in keys if name in item}, keys)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _damaged(line, error) from error


def _digest(item: dict[str, Any], keys: Sequence[str]) -> bytes:
    return blake2b(key_of(item, keys), digest_size=_KEY_BYTES).digest()


def _damaged(line: bytes, error: Exception) -> DataDamaged:
    return DataDamaged(f"this line is none of a native export: {error}: {line[:200].decode(errors='replace')}")
