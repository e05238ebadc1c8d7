"""An endpoint that answers whatever a test says: what DynamoDB, a proxy, or a machine that has gone wrong would."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, NamedTuple

from botocore.credentials import Credentials

from airflow_dynamodb_emr.transfer.raw.wire import Endpoint


class Answer(NamedTuple):
    body: bytes = b"{}"
    status: int = 200
    checksum: str | None = ""  # empty: the right one; None: it is not told
    close: bool = False  # the connection, once this is sent


class Silence(Exception):
    """No answer, and the connection stays; until the test is over."""


Script = Callable[[str, bytes], Answer]


class Server:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.seen: list[str] = []
        self.over = Event()
        self._http = _Quiet(("127.0.0.1", 0), _handler(self))
        Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.url, "us-east-1", Credentials("testing", "testing"))

    def close(self) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what is tested."""


@contextmanager
def server(script: Script) -> Iterator[Server]:
    made = Server(script)
    try:
        yield made
    finally:
        made.close()


def refused(code: str, message: str = "no", status: int = 400) -> Answer:
    return Answer(f'{{"__type":"com.amazonaws.dynamodb#{code}","message":"{message}"}}'.encode(), status)


def _handler(owner: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            owner.seen.append(operation)
            try:
                self._send(owner.script(operation, body))
            except Silence:
                owner.over.wait(60)

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.checksum is not None:
                self.send_header("x-amz-crc32", answer.checksum or str(zlib.crc32(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection |= answer.close

        def log_message(self, *_: Any) -> None:
            """A line for every request would drown the rest."""

    return Handler
