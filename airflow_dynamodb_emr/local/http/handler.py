"""HTTP for the stand-in: connections of JSON clients are kept open, which the server underneath never does."""

from __future__ import annotations

import io
from typing import Any

from moto.server import MotoRequestHandler


class Handler(MotoRequestHandler):  # type: ignore[misc]
    """A new connection and a new thread for each request would cost more than most requests."""

    disable_nagle_algorithm = True  # or a kept connection waits 40 ms for every answer

    def run_wsgi(self) -> None:
        if "X-Amz-Target" not in self.headers or "Content-Length" not in self.headers:
            super().run_wsgi()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.environ = {**self.make_environ(), "wsgi.input": io.BytesIO(body)}
        self.wfile.write(self._answer())

    def _answer(self) -> bytes:
        started: list[Any] = []
        answer = b"".join(self.server.app(self.environ, lambda status, headers, _=None: started.extend((status, headers))))
        status, headers = started
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode("latin-1") + answer

    def log_request(self, *_: Any) -> None:
        """A line for every request would drown the rest."""
