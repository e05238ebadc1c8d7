"""One request and its answer, on an open connection: HTTP/1.1 as DynamoDB speaks it, without the objects that a library makes of every header.

A load makes thousands of calls a second, each of a few kilobytes: by `http.client` half of its time went there. An answer is read into memory that
is used again for the next one: a fresh megabyte for every page costs more than to read it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import NamedTuple

_HEADERS_AT_MOST, _ANSWER_AT_MOST = 2**16, 2**26
_FIRST_BYTES, _STEP_BYTES, _BODY_WITH_HEADERS = 2**14, 2**18, 2**16


_FIELDS = re.compile(rb"^(content-length|x-amz-crc32|transfer-encoding|connection)[ \t]*:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


class Answer(NamedTuple):
    status: int
    crc32: str  # that DynamoDB announces; empty where it announces none
    body: memoryview  # until the next exchange
    last: bool  # the other side ends the connection


class Exchange:
    """For one connection; not for two threads at once."""

    def __init__(self, connection: HTTPConnection) -> None:
        self._connection = connection
        self._memory = bytearray(_FIRST_BYTES)

    def __call__(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """POST to `/`. Raises OSError where there is no whole answer; the connection is of no use then."""
        self._send(headers, body)
        head, rest = self._head()
        status, fields = _parsed(head)
        if "chunked" in fields.get("transfer-encoding", "").lower():
            content = memoryview(_unchunked(self._sock, rest))
        else:
            content = self._content(_length(fields), rest)
        return Answer(status, fields.get("x-amz-crc32", ""), content, fields.get("connection", "").lower() == "close")

    @property
    def _sock(self) -> socket.socket:
        if self._connection.sock is None:
            self._connection.connect()
        found: socket.socket = self._connection.sock
        return found

    def _send(self, headers: Mapping[str, str], body: bytes) -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST / HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n".encode("latin-1")
        if len(body) <= _BODY_WITH_HEADERS:  # one packet less to wait for
            self._sock.sendall(head + body)
            return
        self._sock.sendall(head)
        self._sock.sendall(body)

    def _head(self) -> tuple[bytes, bytes]:
        """Up to the empty line, and what has come of the rest with it."""
        read = b""
        while b"\r\n\r\n" not in read:
            more = self._sock.recv(_FIRST_BYTES)
            if not more or len(read) > _HEADERS_AT_MOST:
                raise ConnectionResetError("the answer ends before it has begun" if not more else "the answer's headers do not end")
            read += more
        head, _, rest = read.partition(b"\r\n\r\n")
        return head, rest

    def _content(self, length: int, begun: bytes) -> memoryview:
        if len(self._memory) < length:
            self._memory = bytearray(-(-length // _STEP_BYTES) * _STEP_BYTES)  # the next page may be a bit larger
        view = memoryview(self._memory)[:length]
        at = min(len(begun), length)
        view[:at] = begun[:at]
        while at < length:
            more = self._sock.recv_into(view[at:])
            if not more:
                raise ConnectionResetError(f"the answer ends after {at} of {length} bytes")
            at += more
        return view


def _parsed(head: bytes) -> tuple[int, dict[str, str]]:
    """The status, and those of the headers that count here."""
    first, _, lines = head.partition(b"\r\n")
    version, _, rest = first.partition(b" ")
    if not version.startswith(b"HTTP/1.") or not rest[:3].isdigit():
        raise ConnectionError(f"this is no answer by HTTP/1.1: {first[:80].decode('latin-1')!r}")
    return int(rest[:3]), {name.decode().lower(): value.decode("latin-1").strip() for name, value in _FIELDS.findall(lines)}


def _length(fields: Mapping[str, str]) -> int:
    length = fields.get("content-length", "")
    if not length.isdigit() or int(length) > _ANSWER_AT_MOST:
        raise ConnectionError(f"an answer of {length or 'unknown'} bytes")
    return int(length)


def _unchunked(sock: socket.socket, begun: bytes) -> bytes:
    """As a proxy may pass an answer on."""
    read, content = bytearray(begun), bytearray()

    def fill(size: int) -> None:
        while len(read) < size:
            more = sock.recv(_FIRST_BYTES)
            if not more:
                raise ConnectionResetError("the answer ends between two of its chunks")
            read.extend(more)

    while True:
        while b"\r\n" not in read:
            fill(len(read) + 1)
        line, _, rest = bytes(read).partition(b"\r\n")
        size = int(line.split(b";")[0] or b"x", 16) if len(line) < 100 else -1
        if not 0 <= size <= _ANSWER_AT_MOST - len(content):
            raise ConnectionError(f"a chunk of {line[:40]!r} bytes")
        read = bytearray(rest)
        fill(size + 2)
        content += read[:size]
        del read[: size + 2]
        if not size:
            return bytes(content)
