"""Items into a table, by BatchWriteItem: every one of them, or an error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

import msgspec

from airflow_dynamodb_emr.transfer.batch import Batch, Patience, put
from airflow_dynamodb_emr.transfer.canonical import key_of
from airflow_dynamodb_emr.transfer.lines import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What a load has done."""

    items: int  # that were handed in; of two with one key the later is what the table has
    bytes: int  # of their JSON
    write_units: float  # as DynamoDB counted them, indexes included

    def __add__(self, other: Loaded) -> Loaded:
        return Loaded(items=self.items + other.items, bytes=self.bytes + other.bytes, write_units=self.write_units + other.write_units)


NOTHING = Loaded(items=0, bytes=0, write_units=0.0)


def load(
    dynamodb: DynamoDBClient, table: str, items: Iterable[Item], *, keys: Sequence[str], threads: int = 4, patience: Patience | None = None
) -> Loaded:
    """Put all *items*, in as many calls at a time as there are *threads*; *keys* are the table's key attributes.

    An item that is there already is overwritten. What DynamoDB leaves unprocessed or throttles is tried again until written; a batch that is
    not through after `patience` raises RestoreIncomplete. Of items with one key the last is what stays, as with one put after the other.
    """
    with _lanes(threads) as (pool, gave_up):
        lanes = [_Lane(dynamodb, table, pool, patience or Patience(), gave_up) for _ in range(threads)]
        for item in items:
            key = key_of(item, keys)
            lanes[hash(key) % threads].add(key, item)  # one key, one lane: the order of its puts is kept
        for lane in lanes:
            lane.send()
        return sum((lane.finish() for lane in lanes), NOTHING)


@contextmanager
def _lanes(threads: int) -> Iterator[tuple[ThreadPoolExecutor, Event]]:
    """A pool; and an event that tells every lane to stop waiting, set when one of them failed."""
    gave_up = Event()
    with ThreadPoolExecutor(threads) as pool:
        try:
            yield pool, gave_up
        finally:
            gave_up.set()


class _Lane:
    """Fills one batch while the one before is being written."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, pool: ThreadPoolExecutor, patience: Patience, gave_up: Event) -> None:
        self._put = lambda batch: put(dynamodb, table, batch, patience, gave_up)
        self._pool = pool
        self._batch = Batch()
        self._writing: Future[float] | None = None
        self._loaded = NOTHING

    def add(self, key: bytes, item: Item) -> None:
        if not self._batch.add(key, item):
            self.send()
            self._batch.add(key, item)

    def finish(self) -> Loaded:
        """Wait for what was sent."""
        self._settle()
        return self._loaded

    def send(self) -> None:
        self._settle()
        if self._batch:
            self._loaded += Loaded(items=self._batch.handed_in, bytes=self._batch.bytes, write_units=0.0)
            self._writing = self._pool.submit(self._put, self._batch)
            self._batch = Batch()

    def _settle(self) -> None:
        if self._writing:
            self._loaded += Loaded(items=0, bytes=0, write_units=self._writing.result())
            self._writing = None
