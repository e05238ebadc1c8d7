"""The items of one table, as the JSON they came in, in the order DynamoDB scans them: by the hash of the hash key, then by range key."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import md5
from typing import Any, NamedTuple, TypeAlias

import msgspec

from airflow_dynamodb_emr.local.dynamodb.items.attributes import key_bytes

HASHES = 2**64
Key: TypeAlias = "tuple[int, bytes, bytes | Decimal]"
Item: TypeAlias = "dict[str, Any]"


def hash_of(key: bytes) -> int:
    """Spread evenly over HASHES."""
    return int.from_bytes(md5(key, usedforsecurity=False).digest()[:8], "big")


class Row(NamedTuple):
    """An item."""

    size: int  # as DynamoDB counts it
    json: bytes

    @property
    def item(self) -> Item:
        return msgspec.json.decode(self.json, type=dict[str, Any])


class Page(NamedTuple):
    """What one read yields, and where the next one goes on."""

    rows: list[Row]
    size: int
    last: Key | None  # of the last row, where there may be more


class Store:
    """Whoever writes holds the table's lock."""

    def __init__(self, hash_key: str, range_key: str | None = None) -> None:
        self._hash_key, self._range_key = hash_key, range_key
        self._keys: list[Key] = []
        self._rows: dict[Key, Row] = {}
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Row]:
        return iter([self._rows[key] for key in self._keys])

    def key(self, item: Item) -> Key:
        """*item* has the table's key attributes, checked."""
        hashed = key_bytes(item[self._hash_key])
        return (hash_of(hashed), hashed, self._range(item))

    def _range(self, item: Item) -> bytes | Decimal:
        if self._range_key is None:
            return b""
        value = item[self._range_key]
        return Decimal(value["N"]) if "N" in value else key_bytes(value)

    def keys_of(self, value: dict[str, str]) -> list[Key]:
        """All of one hash key, in order."""
        hashed = key_bytes(value)
        start = bisect_left(self._keys, (hash_of(hashed), hashed, b""), key=lambda key: (key[0], key[1], b""))
        end = bisect_right(self._keys, (hash_of(hashed), hashed, b""), key=lambda key: (key[0], key[1], b""))
        return self._keys[start:end]

    def row(self, key: Key) -> Row:
        """Of a key that is there."""
        return self._rows[key]

    def get(self, key: Key) -> Row | None:
        return self._rows.get(key)

    def put(self, key: Key, row: Row) -> None:
        was = self._rows.get(key)
        if was is None:
            insort(self._keys, key)
        self._rows[key] = row
        self.bytes += row.size - (was.size if was else 0)

    def fill(self, rows: Iterable[tuple[Key, Row]]) -> None:
        """Many new rows at once: sorted once."""
        self._rows.update(rows)
        self._keys = sorted(self._rows)
        self.bytes = sum(row.size for row in self._rows.values())

    def delete(self, key: Key) -> None:
        was = self._rows.pop(key, None)
        if was is not None:
            del self._keys[bisect_left(self._keys, key)]
            self.bytes -= was.size

    def page(self, segment: int, segments: int, after: Key | None, most_items: int | None, most_bytes: int) -> Page:
        """One item at least, where there is one; like DynamoDB, a page cut by *most_items* says there is more without looking."""
        keys, stored = self._keys, self._rows
        at = bisect_left(keys, (segment * HASHES // segments, b"", b""))
        end = bisect_left(keys, ((segment + 1) * HASHES // segments, b"", b""))
        if after is not None:
            at = max(at, bisect_right(keys, after))
        rows: list[Row] = []
        size = 0
        for key in keys[at : min(end, at + most_items) if most_items else end]:
            row = stored[key]
            if rows and size + row.size > most_bytes:
                break
            rows.append(row)
            size += row.size
        more = at + len(rows) < end or len(rows) == most_items
        return Page(rows, size, keys[at + len(rows) - 1] if more and rows else None)
