"""How the driver divides a rate over the tasks that run: equally, and anew whenever one begins or ends.

Each task keeps a connection to the driver open for as long as it runs, so the connections are the tasks that run, also when an executor is lost. On
it the task asks now and then for its share. Nothing but a number is ever told, and only to who knows the secret that came with the task.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import socket
import threading
from contextlib import suppress
from typing import NamedTuple

from airflow_dynamodb_emr.spark.share import Division

log = logging.getLogger(__name__)

_SILENT_SECONDS, _PROBES = 10, 3  # after which a machine that is gone without a word counts as gone


class Shares:
    """*units* a second, divided over at most *tasks* at once. *host*: by which executors reach the driver; where nothing can listen there, each
    task has the share that it would have if all ran."""

    def __init__(self, units: float, tasks: int, host: str) -> None:
        self._units, self._secret = units, secrets.token_hex(16)
        self._lock = threading.Lock()
        self._running = 0
        self._listener = _listener(host)
        port = self._listener.getsockname()[1] if self._listener else 0
        self.division = Division(units / max(1, tasks), host, port, self._secret)
        threading.Thread(target=self._accept, name="shares", daemon=True).start()

    @property
    def running(self) -> int:
        """Tasks that are connected now."""
        with self._lock:
            return self._running

    @property
    def share(self) -> float:
        return self._units / max(1, self.running)

    def close(self) -> None:
        """Tasks that still run keep the share they have."""
        if self._listener:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits at it
            self._listener.close()

    def _accept(self) -> None:
        while self._listener:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(connection,), name="share", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as asked:
            _probe(connection)
            if not hmac.compare_digest(asked.readline(100).strip(), self._secret.encode()):
                return
            with _Counted(self):
                while asked.readline(100):
                    connection.sendall(f"{self.share}\n".encode())

    def _count(self, by: int) -> None:
        with self._lock:
            self._running += by


class _Counted(NamedTuple):
    """A task that runs."""

    shares: Shares

    def __enter__(self) -> None:
        self.shares._count(1)

    def __exit__(self, *_: object) -> None:
        self.shares._count(-1)


def _listener(host: str) -> socket.socket | None:
    """None where nothing can listen; EMR Serverless writes an IPv6 address in brackets."""
    bare = host.strip("[]")
    try:
        family = socket.getaddrinfo(bare, 0, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((bare, 0), family=family)
    except OSError as error:
        log.warning("nothing can listen at %r (%s): each task keeps the share it begins with", host, error)
        return None


def _probe(connection: socket.socket) -> None:
    """So that a connection whose other end is gone without a word ends."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", _SILENT_SECONDS), ("TCP_KEEPINTVL", _SILENT_SECONDS), ("TCP_KEEPCNT", _PROBES)):
        if hasattr(socket, option):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
