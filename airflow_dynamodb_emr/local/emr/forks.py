"""Processes of steps, copied from one that has the connector imported already (`forkserver.py`)."""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import IO

from airflow_dynamodb_emr.local.emr.followed import Followed

_SERVER = "airflow_dynamodb_emr.local.emr.forkserver"


class Forks:
    """Starts the server when the first process is asked for; *environment* is what its children need to find the stand-in."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def start(self, module: str, args: list[str], sleep_seconds: float | None = 0) -> Fork:
        """Runs *module* as `python -m` does, once it has slept; None: it sleeps until it is killed."""
        own, its = socket.socketpair()
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        try:
            self._hand_over([its.fileno(), out_end, err_end])
        finally:
            its.close()
            os.close(out_end)
            os.close(err_end)
        return Fork(own, os.fdopen(out, "rb", 0), os.fdopen(err, "rb", 0), {"module": module, "args": args, "sleep_seconds": sleep_seconds})

    def close(self) -> None:
        """Those that run are not touched."""
        with self._lock:
            self._end_server()

    def _hand_over(self, descriptors: list[int]) -> None:
        with self._lock:
            if self._channel is None or self._server is None or self._server.poll() is not None:
                self._end_server()  # what a server that was killed has left of itself
                self._channel = self._serve()
            socket.send_fds(self._channel, [b"x"], descriptors)

    def _end_server(self) -> None:
        if self._channel and self._server:
            self._channel.close()
            self._server.wait()
        self._channel = self._server = None

    def _serve(self) -> socket.socket:
        ours, its = socket.socketpair()
        with its:
            # It and its children stay in the stand-in's process group: whoever ends the group leaves nothing behind.
            command, environment = [sys.executable, "-m", _SERVER, str(its.fileno())], {**os.environ, **self._environment}
            none = subprocess.DEVNULL
            self._server = subprocess.Popen(command, stdin=none, stdout=none, env=environment, pass_fds=[its.fileno()])
        return ours


class Fork(Followed):
    """A process that runs, or has run."""

    def __init__(self, own: socket.socket, stdout: IO[bytes], stderr: IO[bytes], request: Mapping[str, object]) -> None:
        super().__init__()
        self._own, self._sent = own, signal.SIGKILL
        self._out, self._err, self._code = bytearray(), bytearray(), bytearray()
        with own.makefile("rb", 0) as lines:
            self.pid = int(lines.readline())
        own.sendall(json.dumps(request).encode() + b"\n")
        self._start_following(self.pid, stdout, stderr)

    @property
    def written(self) -> bytes:
        """On its standard output, until now."""
        return bytes(self._out)

    def signal(self, number: int) -> None:
        if not self.gone:
            self._sent = signal.Signals(number)
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _outputs(self) -> tuple[bytes, bytes]:
        return bytes(self._out), bytes(self._err)

    def _follow(self, stdout: IO[bytes], stderr: IO[bytes]) -> None:
        """To the end of all it writes."""
        with stdout, stderr, self._own, selectors.DefaultSelector() as selector:
            for source, content in ((stdout, self._out), (stderr, self._err), (self._own, self._code)):
                selector.register(source, selectors.EVENT_READ, content)
            while selector.get_map():
                for key, _ in selector.select():
                    block = _read(key.fd)
                    key.data.extend(block)
                    if not block:
                        selector.unregister(key.fileobj)
        self._end(int(self._code) if self._code else -self._sent)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except ConnectionResetError:  # it was killed before it had read what it was to do
        return b""
