"""Two sets of items held against each other, item by item: what a restore is judged by. Of any size, in bounded memory."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from heapq import nsmallest
from itertools import chain, islice, zip_longest
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer import buckets, sample
from airflow_dynamodb_emr.transfer.buckets import Buckets
from airflow_dynamodb_emr.transfer.canonical import digest_of, key_of
from airflow_dynamodb_emr.transfer.lines import Item
from airflow_dynamodb_emr.transfer.sample import Sample

EXAMPLES_AT_MOST = 10
_DIGEST_BYTES = 12  # two different items of one key look the same once in 10^28 times
_AT_ONCE = 256  # items
_NO_ITEM = (ArithmeticError, AttributeError, TypeError, ValueError)

Said = dict[bytes, bytes]  # keys, and digests of their items


class Example(msgspec.Struct, frozen=True):
    """One item that is not the same on both sides."""

    what: str  # only_in_a, only_in_b or different
    key: dict[str, Any]  # JSON: binary as base64


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of items by key, and some of those that differ."""

    only_in_a: int = 0
    only_in_b: int = 0
    different: int = 0
    equal: int = 0
    examples: list[Example] = []

    def __bool__(self) -> bool:
        """Is there any?"""
        return bool(self.only_in_a or self.only_in_b or self.different)


class Side:
    """Is told of all items of one side, in any order, by any thread."""

    def __init__(self, keys: Sequence[str], into: Buckets | Sample) -> None:
        self._keys, self._into = keys, into
        self._lock = Lock()

    def add(self, items: Iterable[Item]) -> None:
        """Where a side has a key more than once, its last item counts, as it would in a table. Raises DataDamaged for what is no item."""
        items = iter(items)
        while entries := list(map(self._entry, islice(items, _AT_ONCE))):
            with self._lock:
                for entry in entries:
                    self._into.add(*entry)

    def _entry(self, item: Item) -> tuple[int, bytes, str]:
        try:
            key = key_of(item, self._keys)
            return buckets.hashed(key), key, digest_of(item, _DIGEST_BYTES).hex()
        except _NO_ITEM as error:
            raise DataDamaged(
                f"an item has a value that is none of its type: {type(error).__name__}", "verify the dump, and compare another"
            ) from error


class Comparison(AbstractContextManager["Comparison"]):
    """First `add` to `left` and to `right`, then ask for the `difference`."""

    def __init__(self, keys: Sequence[str], sample_size: int = 0) -> None:
        """*keys*: the key attributes of both. *sample_size*: so many keys only, the same on both sides; 0: all. Beyond some 100,000 items of a
        side a file holds key and digest of each, where TMPDIR says."""
        self._scratch = tempfile.TemporaryDirectory(prefix="dynamodb-emr-")
        self._size = sample_size
        self._a, self._b = self._heap("a"), self._heap("b")
        self.left, self.right = Side(keys, self._a), Side(keys, self._b)

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()

    def difference(self) -> Difference:
        counts, found = Counter[str](), dict[str, list[Example]]()
        for left, right in self._together():
            for what, keys in _differing(left, right).items():
                counts[what] += len(keys)
                some = found.setdefault(what, [])
                some.extend(Example(what, msgspec.json.decode(key)) for key in nsmallest(EXAMPLES_AT_MOST - len(some), keys))
            counts["equal"] += sum(right.get(key) == said for key, said in left.items())
        return Difference(**counts, examples=_of_each(found))

    def _heap(self, name: str) -> Buckets | Sample:
        return Sample(self._size) if self._size else Buckets(Path(self._scratch.name), name)

    def _together(self) -> Iterable[tuple[Said, Said]]:
        if isinstance(self._a, Buckets) and isinstance(self._b, Buckets):
            return buckets.together(self._a, self._b)
        assert isinstance(self._a, Sample) and isinstance(self._b, Sample)
        return sample.together(self._a, self._b)


def compare(left: Iterable[Item], right: Iterable[Item], keys: Sequence[str]) -> Difference:
    """Two runs over the items, each in any order."""
    with Comparison(keys) as comparison:
        comparison.left.add(left)
        comparison.right.add(right)
        return comparison.difference()


def _differing(left: Said, right: Said) -> dict[str, list[bytes]]:
    return {
        "only_in_a": [key for key in left if key not in right],
        "only_in_b": [key for key in right if key not in left],
        "different": [key for key, said in left.items() if right.get(key, said) != said],
    }


def _of_each(found: dict[str, list[Example]]) -> list[Example]:
    """As many of each kind as there are places; in order of their keys."""
    fairly = chain.from_iterable(zip_longest(*found.values()))
    return sorted(islice(filter(None, fairly), EXAMPLES_AT_MOST), key=lambda each: msgspec.json.encode(each.key))
