"""Items into a table: every one of them, or an error. As many hands read and write as are of use."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from functools import partial
from itertools import chain, islice
from threading import Lock
from typing import Any, NamedTuple

from airflow_dynamodb_emr.transfer.raw.batch import BYTES_AT_MOST, ITEMS_AT_MOST, Batches, key_of
from airflow_dynamodb_emr.transfer.raw.hands import Hands
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter, NoLimit
from airflow_dynamodb_emr.transfer.raw.patience import Patience
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.useful import Useful
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint, Wire

HANDS = 8
PATIENT = Patience()


class Loaded(NamedTuple):
    """What a load, or a part of one, has done."""

    items: int = 0  # handed in
    bytes: int = 0  # of their JSON
    write_units: float = 0.0  # as DynamoDB counted them, indexes included

    def plus(self, other: Loaded) -> Loaded:
        return Loaded(self.items + other.items, self.bytes + other.bytes, self.write_units + other.write_units)


class Blocks:
    """Items some hundred at a time, no two of one key: a hand writes a block, call after call."""

    def __init__(self, blocks: Iterable[list[bytes]]) -> None:
        self.blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        return chain.from_iterable(self.blocks)


class Repeating:
    """Items of which several may have one key, as in no dump of this engine: the last of them is what the table has then."""

    def __init__(self, items: Iterable[bytes]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._items)


def load(
    endpoint: Endpoint,
    table: str,
    keys: Keys,
    parts: Iterable[tuple[str, Iterable[bytes]]],
    *,
    hands: int = HANDS,
    limiter: Limiter | None = None,
    told: Callable[[Loaded], None] | None = None,
    done: Callable[[str, Loaded], None] | None = None,
    patience: Patience = PATIENT,
) -> Loaded:
    """Puts the items of all *parts*, each a name and its items; *told* of each batch, *done* when all of a part is in the table.

    An item that is there already is overwritten, be it by a part before. Raises CopyFailed where not every item could be written.
    """
    total, load_ = Loaded(), _Load(table, keys, limiter or NoLimit(), Useful(hands))
    with closing(Hands(hands, partial(Wire, endpoint, patience))) as crew, crew.pool() as pool:
        for name, items in parts:
            loaded = Loaded()
            for some in load_.repeating(crew, pool, items) if isinstance(items, Repeating) else load_.blocks(crew, pool, _blocks(items)):
                loaded = loaded.plus(some)
                if told:
                    told(some)
            total = total.plus(loaded)
            if done:
                done(name, loaded)
    return total


class _Load(NamedTuple):
    table: str
    keys: Keys
    limiter: Limiter
    useful: Useful

    def blocks(self, crew: Hands, pool: ThreadPoolExecutor, blocks: Iterator[list[bytes]]) -> Iterator[Loaded]:
        """Each once it is in the table. A hand reads what it writes: with a thread beside it that reads, both would wait for the processor."""
        reading = Lock()

        def turn() -> Loaded | None:
            with reading:
                block = next(blocks, None)
            return None if block is None else self._write(crew, block)

        pending, more = set[Future[Any]](), True
        while pending or more:
            self.useful.look()
            while more and len(pending) < self.useful.number:
                pending.add(pool.submit(turn))
            ended, pending = wait(pending, return_when=FIRST_COMPLETED)
            for loaded in (each.result() for each in ended):
                more = more and loaded is not None
                if loaded is not None:
                    yield loaded

    def repeating(self, crew: Hands, pool: ThreadPoolExecutor, items: Iterable[bytes]) -> Iterator[Loaded]:
        """Each batch once it is in the table; one waits while an item of the same key is under way."""
        pending: deque[tuple[set[Any], Future[Loaded]]] = deque()
        for batch in batches(items):
            its_keys = {key_of(item, self.keys) for item in batch}
            while len(pending) > self.useful.number or any(not its_keys.isdisjoint(others) for others, _ in pending):
                yield pending.popleft()[1].result()
            pending.append((its_keys, pool.submit(self._write, crew, batch)))
            self.useful.look()
        while pending:
            yield pending.popleft()[1].result()

    def _write(self, crew: Hands, block: list[bytes]) -> Loaded:
        with crew.wire() as wire:
            to = Batches(wire, self.table, self.keys, self.limiter)
            return Loaded(len(block), sum(map(len, block)), sum(to.write(batch) for batch in batches(block)))


def _blocks(items: Iterable[bytes]) -> Iterator[list[bytes]]:
    return iter(items.blocks) if isinstance(items, Blocks) else batches(items)


def batches(items: Iterable[bytes]) -> Iterator[list[bytes]]:
    """As much as a call takes."""
    items = iter(items)
    while batch := list(islice(items, ITEMS_AT_MOST)):
        yield from [batch] if sum(map(len, batch)) <= BYTES_AT_MOST else _smaller(batch)


def _smaller(items: list[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for item in items:
        if batch and size + len(item) > BYTES_AT_MOST:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item)
    yield batch
