"""Items into a table: every one of them, or an error. One thread reads and fills batches, several hands write them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from airflow_dynamodb_emr.transfer.raw.batch import BYTES_AT_MOST, ITEMS_AT_MOST, Batches, key_of
from airflow_dynamodb_emr.transfer.raw.hands import Hands
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter, NoLimit
from airflow_dynamodb_emr.transfer.raw.patience import Patience
from airflow_dynamodb_emr.transfer.raw.slices import Keys
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
    total = Loaded()
    with closing(Hands(hands, partial(Wire, endpoint, patience))) as crew, crew.pool() as pool:
        for name, items in parts:
            loaded = Loaded()
            for batch in _written(crew, pool, table, keys, limiter or NoLimit(), items):
                loaded = loaded.plus(batch)
                if told:
                    told(batch)
            total = total.plus(loaded)
            if done:
                done(name, loaded)
    return total


def _written(crew: Hands, pool: ThreadPoolExecutor, table: str, keys: Keys, limiter: Limiter, items: Iterable[bytes]) -> Iterator[Loaded]:
    """Each block once it is in the table; some more are under way meanwhile."""

    def write(block: list[bytes]) -> Loaded:
        with crew.wire() as wire:
            to = Batches(wire, table, keys, limiter)
            return Loaded(len(block), sum(map(len, block)), sum(to.write(batch) for batch in batches(block)))

    pending: deque[tuple[set[Any], Future[Loaded]]] = deque()
    for batch in items.blocks if isinstance(items, Blocks) else batches(items):
        its_keys = {key_of(item, keys) for item in batch} if isinstance(items, Repeating) else set()
        while len(pending) > 2 * len(crew.wires) or any(not its_keys.isdisjoint(others) for others, _ in pending):
            yield pending.popleft()[1].result()
        pending.append((its_keys, pool.submit(write, batch)))
    while pending:
        yield pending.popleft()[1].result()


def batches(items: Iterable[bytes]) -> Iterator[list[bytes]]:
    """As much as a call takes."""
    batch: list[bytes] = []
    size = 0
    for item in items:
        if batch and (len(batch) == ITEMS_AT_MOST or size + len(item) > BYTES_AT_MOST):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item)
    if batch:
        yield batch
