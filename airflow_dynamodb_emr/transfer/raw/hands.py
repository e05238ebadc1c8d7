"""Several hands at one heap of work, which grows while they work: threads, each with a connection of its own."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Event
from typing import TypeVar

from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.transfer.raw.wire import Wire

T = TypeVar("T")
R = TypeVar("R")


_ARENAS_AT_MOST = -8  # glibc's number for it: https://man7.org/linux/man-pages/man3/mallopt.3.html


def _share_memory() -> None:
    """glibc gives each thread memory of its own, and keeps what it was once used for: eight hands would hold two megabytes each for nothing."""
    with suppress(OSError, AttributeError):  # another C library has no such thing, and no such need
        ctypes.CDLL(None).mallopt(_ARENAS_AT_MOST, 2)


class Hands:
    """So many threads, and as many connections, lent to whoever works."""

    def __init__(self, number: int, connect: Callable[[Event], Wire]) -> None:
        if number < 1:
            raise BadInput(f"hands: {number} cannot copy anything", "give one at least")
        _share_memory()
        self.stop = Event()
        self.wires = [connect(self.stop) for _ in range(number)]
        self._free: SimpleQueue[Wire] = SimpleQueue()
        for wire in self.wires:
            self._free.put(wire)

    @contextmanager
    def wire(self) -> Iterator[Wire]:
        wire = self._free.get()
        try:
            yield wire
        finally:
            self._free.put(wire)

    @contextmanager
    def pool(self) -> Iterator[ThreadPoolExecutor]:
        """Threads that are told to stop when this is left, be it by an error: none begins anything more, or waits for an answer, then."""
        with ThreadPoolExecutor(len(self.wires)) as pool:
            try:
                yield pool
            finally:
                pool.shutdown(wait=False, cancel_futures=True)  # before the hands are told: who hears it first would begin what is next
                self.stop.set()
                for wire in self.wires:
                    wire.interrupt()

    def work(self, heap: Iterable[T], do: Callable[[T], R], more: Callable[[R], Iterable[T]]) -> Iterator[R]:
        """What *do* makes of each, as it is done; *more* is work that a result has made. The first failure stops all, and is raised."""
        with self.pool() as pool:
            running: set[Future[R]] = {pool.submit(do, each) for each in heap}
            while running:
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                for result in (each.result() for each in ended):
                    running |= {pool.submit(do, each) for each in more(result)}
                    yield result

    def close(self) -> None:
        for wire in self.wires:
            wire.close()
