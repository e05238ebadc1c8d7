"""Two sets of items held against each other, item by item: what a restore is judged by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from airflow_dynamodb_emr.transfer.canonical import digest_of, key_of
from airflow_dynamodb_emr.transfer.lines import Item

EXAMPLES_AT_MOST = 10
_NONE = bytes(16)


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


def compare(left: Iterable[Item], right: Iterable[Item], keys: Sequence[str]) -> Difference:
    """Two runs over the items, each in any order; memory holds a key and at most 32 bytes an item, never an item.

    Where a side has a key more than once, its last item counts, as it would in a table.
    """
    seen = {key_of(item, keys): digest_of(item) for item in left}
    for item in right:
        key = key_of(item, keys)
        seen[key] = seen.get(key, _NONE)[:16] + digest_of(item)
    counts = dict.fromkeys(("only_in_a", "only_in_b", "different", "equal"), 0)
    for both in seen.values():
        counts[_what(both)] += 1
    return Difference(**counts, examples=list(islice(_examples(seen), EXAMPLES_AT_MOST)))


def _what(both: bytes) -> str:
    """*both* is the digest of the left item, then of the right one."""
    a, b = both[:16], both[16:]
    if not b:
        return "only_in_a"
    if a == _NONE:
        return "only_in_b"
    return "equal" if a == b else "different"


def _examples(seen: dict[bytes, bytes]) -> Iterator[Example]:
    return (Example(what, msgspec.json.decode(key)) for key, both in seen.items() if (what := _what(both)) != "equal")
