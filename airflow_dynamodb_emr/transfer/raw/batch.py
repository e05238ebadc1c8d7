"""One BatchWriteItem of items that are JSON already, until all of it is written."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from airflow_dynamodb_emr.errors import CopyFailed, DataDamaged
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter
from airflow_dynamodb_emr.transfer.raw.pages import decoded
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.wire import Refused, Wire

ITEMS_AT_MOST, BYTES_AT_MOST = 25, 4_000_000  # of a call; DynamoDB takes 16 MB


class _Written(NamedTuple):
    left: list[bytes]  # items that DynamoDB did not take this time
    units: float


class Batches:
    """Writes into one table, for one hand."""

    def __init__(self, wire: Wire, table: str, keys: Keys, limiter: Limiter) -> None:
        self._wire, self._table, self._keys, self._limiter = wire, table, keys, limiter
        self._head = b'{"ReturnConsumedCapacity":"TOTAL","RequestItems":{' + json.dumps(table).encode() + b':[{"PutRequest":{"Item":'

    def write(self, items: Sequence[bytes]) -> float:
        """The write units it took. Raises CopyFailed where not every item could be written."""
        units, tries, since = 0.0, 0, time.monotonic()
        while True:
            left, more = self._once(items)
            units += more
            if not left:
                return units
            if len(left) < len(items):
                tries, since = 0, time.monotonic()
            elif time.monotonic() - since > self._wire.patience.deadline_seconds:
                facts = f"{self._table}: {len(left)} items of a batch were not taken in {self._wire.patience.deadline_seconds:g} s"
                raise CopyFailed(facts, "raise the table's write throughput")
            self._wire.pause(tries)
            items, tries = left, tries + 1

    def _once(self, items: Sequence[bytes]) -> _Written:
        self._limiter.wait(self._wire.stop)
        try:
            written: _Written = self._wire.until("BatchWriteItem", self._body(items), _read)
        except Refused as refusal:
            if "duplicates" not in refusal.words:
                raise
            written = self._wire.until("BatchWriteItem", self._body(self._last_of_each_key(items)), _read)
        self._limiter.took(written.units)
        return written

    def _body(self, items: Sequence[bytes]) -> bytes:
        return self._head + b'}},{"PutRequest":{"Item":'.join(items) + b"}}]}}"

    def _last_of_each_key(self, items: Sequence[bytes]) -> list[bytes]:
        """A call refuses to hold two items of one key; put one after the other, the later is what stays."""
        return list({key_of(item, self._keys): item for item in items}.values())


def key_of(item: bytes, keys: Keys) -> tuple[Any, ...]:
    """The same for all spellings of one key: `1`, `1.0` and `1E0` are one number. Raises DataDamaged where *item* has no such key."""
    try:
        found = json.loads(item)
        ((kind, value),) = found[keys.hash].items()
        hashed = _MEANINGS[kind](value)
        return (hashed, *(_MEANINGS[kind](value) for kind, value in found[keys.range].items())) if keys.range else (hashed,)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataDamaged(f"an item lacks the table's key: {item[:200]!r}", "look at the table's key attributes, and their types") from error


_MEANINGS: dict[str, Callable[[str], Any]] = {"S": str, "N": Decimal, "B": b64decode}


def _read(answer: memoryview) -> _Written:
    """Raises ValueError for what is no answer to BatchWriteItem."""
    said: Any = decoded(answer)
    try:
        left = [_dense(request["PutRequest"]["Item"]) for requests in said["UnprocessedItems"].values() for request in requests]
        return _Written(left, sum(each["CapacityUnits"] for each in said.get("ConsumedCapacity", [])))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"it tells of no items: {error!r}") from error


def _dense(item: Any) -> bytes:
    """The same item: all its values are strings, true or false."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()
