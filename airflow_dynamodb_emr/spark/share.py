"""A task's share of the rate: as much as the driver says, or said last."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock
from typing import NamedTuple

from airflow_dynamodb_emr.transfer.raw.limiter import Limiter, NoLimit

_ASK_SECONDS = 1.0  # between two questions
_AGAIN_SECONDS = 30.0  # before a driver that did not answer is asked again
_PATIENCE_SECONDS = 3.0


class Division(NamedTuple):
    """What a task has to know, and is sent with it."""

    units: float  # a second, as long as nothing else is heard; 0: there is no limit
    host: str = ""
    port: int = 0  # 0: nobody listens
    secret: str = ""

    @contextmanager
    def limiter(self) -> Iterator[Limiter]:
        """For one task, as long as it runs. What one has taken beyond its share, the next in this process has to wait for."""
        if not self.units:
            yield NoLimit()
            return
        free = _free.setdefault(self, [])
        limiter = free.pop() if free else ShareLimiter(self)
        limiter.begin()
        try:
            yield limiter
        finally:
            limiter.close()
            free.append(limiter)


class ShareLimiter(Limiter):
    """For one task and all its threads. It is the connection that tells the driver that the task runs."""

    def __init__(self, division: Division) -> None:
        super().__init__(division.units)
        self._division = division
        self._connection: socket.socket | None = None
        self._asking = Lock()
        self._ask_at = float("inf")

    def begin(self) -> None:
        """A task has saved nothing up when it begins: there may be thousands, and each takes little."""
        self._missing_seconds()
        with self._lock:
            self._level = min(self._level, 0.0)
        self._ask_at = time.monotonic() if self._division.port else float("inf")
        self._ask()

    def wait(self, stop: Event) -> None:
        """Not longer than until the next question: then it may be less that is missing."""
        while (seconds := self._missing_seconds()) > 0 and not stop.wait(min(seconds, _ASK_SECONDS)):
            self._ask()
        self._ask()

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _ask(self) -> None:
        if time.monotonic() < self._ask_at or not self._asking.acquire(blocking=False):
            return
        try:
            self._ask_at = time.monotonic() + _ASK_SECONDS
            self.rate = self._answer()
        except (OSError, ValueError):  # the rate stays what it is
            self.close()
            self._ask_at = time.monotonic() + _AGAIN_SECONDS
        finally:
            self._asking.release()

    def _answer(self) -> float:
        """Raises ValueError where the driver has hung up."""
        if self._connection is None:
            self._connection = self._connected()
        self._connection.sendall(b"?\n")
        answer = self._connection.recv(100)
        if not answer.endswith(b"\n"):
            raise ValueError(answer)
        return float(answer)

    def _connected(self) -> socket.socket:
        connection = socket.create_connection((self._division.host.strip("[]"), self._division.port), _PATIENCE_SECONDS)
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(self._division.secret.encode() + b"\n")
        return connection


_free: dict[Division, list[ShareLimiter]] = {}  # of tasks that have ended
