"""HTTP for the stand-in: connections of JSON clients are kept open, which the server underneath never does."""

from __future__ import annotations

import io
import os
import socket
import struct
from typing import Any

from moto.server import MotoRequestHandler

from airflow_dynamodb_emr.local.http.mishaps import Dropped


class Handler(MotoRequestHandler):  # type: ignore[misc]
    """A new connection and a new thread for each request would cost more than most requests."""

    disable_nagle_algorithm = True  # or a kept connection waits 40 ms for every answer

    def run_wsgi(self) -> None:
        if "X-Amz-Target" not in self.headers or "Content-Length" not in self.headers:
            super().run_wsgi()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.environ = {**self.make_environ(), "wsgi.input": io.BytesIO(body)}
        try:
            self.wfile.write(self._answer())
        except Dropped as error:
            self.connection_dropped(error)

    def connection_dropped(self, error: BaseException, _environ: Any = None) -> None:
        """A reset, where that is what the client shall see: no more is sent, not even that this is the end."""
        if isinstance(error, Dropped):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
            self.close_connection = True

    def _answer(self) -> bytes:
        started: list[Any] = []
        answer = b"".join(self.server.app(self.environ, lambda status, headers, _=None: started.extend((status, headers))))
        status, headers = started
        self.close_connection |= len(answer) < int(dict(headers)["Content-Length"])  # it was cut, and nothing can follow
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode("latin-1") + answer

    def log_request(self, *_: Any) -> None:
        """A line for every request would drown the rest."""
