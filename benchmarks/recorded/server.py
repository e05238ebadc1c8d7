"""The recording behind a port of this machine: HTTP/1.1 on plain sockets, a thread a connection, every connection kept."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import IO

from benchmarks.recorded.answers import Answer, Recording

_HEAD = "HTTP/1.1 {status} {word}\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {length}\r\nx-amz-crc32: {crc32}\r\n\r\n"


def serve(recording: Recording, listening: socket.socket) -> None:
    """Until the process ends."""
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_converse, args=(recording, connection), daemon=True).start()


def _converse(recording: Recording, connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rb") as requests, suppress(ConnectionError):
        while True:
            headers = _headers(requests)
            if not headers:
                return
            if "expect" in headers:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = requests.read(int(headers.get("content-length", 0)))
            connection.sendall(_message(recording.answer(headers.get("x-amz-target", "").rpartition(".")[2], body)))


def _headers(requests: IO[bytes]) -> dict[str, str]:
    """None: the client has gone."""
    headers: dict[str, str] = {}
    for line in iter(requests.readline, b""):
        if line == b"\r\n":
            return headers
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return {}


def _message(answer: Answer) -> bytes:
    word = "OK" if answer.status == 200 else "Bad Request"
    head = _HEAD.format(status=answer.status, word=word, length=len(answer.body), crc32=answer.crc32)
    return head.encode() + answer.body
