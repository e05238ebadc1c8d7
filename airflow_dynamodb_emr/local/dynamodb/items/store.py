"""The items of one table, as the JSON they came in, in the order DynamoDB scans them: by the hash of the hash key, then by range key."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from hashlib import md5
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import msgspec

from airflow_dynamodb_emr.local.dynamodb.items.attributes import key_bytes

if TYPE_CHECKING:
    from airflow_dynamodb_emr.local.dynamodb.journal import Journal

HASHES = 2**64
Key: TypeAlias = "tuple[int, bytes, bytes | Decimal]"
Item: TypeAlias = "dict[str, Any]"
Test: TypeAlias = "Callable[[Any], bool]"  # of what range keys are ordered by


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
        self.journal: Journal | None = None  # where point-in-time recovery is on

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Row]:
        return iter([self._rows[key] for key in self._keys])

    @property
    def rows(self) -> Mapping[Key, Row]:
        return self._rows

    def key(self, item: Item) -> Key:
        """*item* has the table's key attributes, checked."""
        hashed = key_bytes(item[self._hash_key])
        return (hash_of(hashed), hashed, self._range(item))

    def _range(self, item: Item) -> bytes | Decimal:
        if self._range_key is None:
            return b""
        value = item[self._range_key]
        return Decimal(value["N"]) if "N" in value else key_bytes(value)

    def get(self, key: Key) -> Row | None:
        return self._rows.get(key)

    def put(self, key: Key, row: Row) -> None:
        was = self._rows.get(key)
        if was is None:
            insort(self._keys, key)
        if self.journal is not None:
            self.journal.note(key, was, row)
        self._rows[key] = row
        self.bytes += row.size - (was.size if was else 0)

    def fill(self, rows: Iterable[tuple[Key, Row]]) -> None:
        """Many new rows at once, before anybody asks what there was: sorted once."""
        self._rows.update(rows)
        self._keys = sorted(self._rows)
        self.bytes = sum(row.size for row in self._rows.values())

    def delete(self, key: Key) -> None:
        was = self._rows.pop(key, None)
        if was is not None:
            if self.journal is not None:
                self.journal.note(key, was, None)
            del self._keys[bisect_left(self._keys, key)]
            self.bytes -= was.size

    def segment(self, segment: int, segments: int, after: Key | None) -> range:
        """Places of the items of a segment, behind a key."""
        at = bisect_left(self._keys, (segment * HASHES // segments, b"", b""))
        end = bisect_left(self._keys, ((segment + 1) * HASHES // segments, b"", b""))
        return range(at if after is None else max(at, bisect_right(self._keys, after)), end)

    def collection(self, hash_key: dict[str, str], below: Test, above: Test, after: Key | None, forward: bool) -> range:
        """Places of the items of one hash key whose range keys are neither *below* nor *above* what is asked for, behind a key, in that order."""
        keys, hashed = self._keys, key_bytes(hash_key)
        whole = (hash_of(hashed), hashed)
        first, end = (cut(keys, whole, key=lambda key: key[:2]) for cut in (bisect_left, bisect_right))
        first = bisect_left(keys, True, first, end, key=lambda key: not below(key[2]))
        end = bisect_left(keys, True, first, end, key=lambda key: above(key[2]))
        if forward:
            return range(first if after is None else max(first, bisect_right(keys, after)), end)
        return range(first, end if after is None else min(end, bisect_left(keys, after)))[::-1]

    def page(self, places: range, most_items: int | None, most_bytes: int, end: Any = None) -> Page:
        """One item at least, where there is one; a page cut by *most_items* says there is more without looking, unless it is at the *end*."""
        rows: list[Row] = []
        size = 0
        for place in places[:most_items]:
            row = self._rows[self._keys[place]]
            if rows and size + row.size > most_bytes:
                break
            rows.append(row)
            size += row.size
        last = self._keys[places[len(rows) - 1]] if rows else None
        more = len(rows) < len(places) or (len(rows) == most_items and last is not None and (end is None or last[2] != end))
        return Page(rows, size, last if more else None)
