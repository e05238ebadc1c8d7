from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from threading import Thread

import pytest

from airflow_dynamodb_emr.transfer.raw.exchange import Exchange

BODY = b"0123456789" * 3


class Other:
    """The other end of one connection: it sends what it is told to, in pieces of a size, and keeps what it was sent."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.connection = HTTPConnection("127.0.0.1", self._listening.getsockname()[1], timeout=20)
        self.exchange = Exchange(self.connection)
        self.seen = bytearray()

    def answers(self, data: bytes, step: int = 2**20, body: bytes = b"{}") -> None:
        Thread(target=self._serve, args=(data, step, len(body)), daemon=True).start()

    def _serve(self, data: bytes, step: int, length: int) -> None:
        accepted, _ = self._listening.accept()
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with accepted:
            while len(self.seen) - self.seen.find(b"\r\n\r\n") - 4 < length or b"\r\n\r\n" not in self.seen:
                self.seen += accepted.recv(2**16)
            for at in range(0, len(data), step):
                accepted.sendall(data[at : at + step])

    def close(self) -> None:
        self.connection.close()
        self._listening.close()


@pytest.fixture
def other() -> Iterator[Other]:
    with closing(Other()) as made:
        yield made


def plain(*headers: str, body: bytes = BODY, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]).encode() + body


@pytest.mark.parametrize("step", [1, 7, 2**20])
@pytest.mark.parametrize(
    ("data", "crc32", "last"),
    [
        pytest.param(plain(), "", False, id="plain"),
        pytest.param(plain("X-Amz-CRC32:  17 ", "x: a: b"), "17", False, id="with a checksum"),
        pytest.param(plain("Connection: Close"), "", True, id="the last one"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n14;x=y\r\n" + b"0123456789" * 2 + b"\r\n0\r\n\r\n",
            "",
            False,
            id="in chunks",
        ),
    ],
)
def test_an_answer_is_read_whole_however_it_comes(other: Other, data: bytes, crc32: str, last: bool, step: int) -> None:
    other.answers(data, step)

    answer = other.exchange({"host": "x"}, b"{}")

    assert (answer.status, bytes(answer.body), answer.crc32, answer.last) == (200, BODY, crc32, last)


@pytest.mark.parametrize("size", [0, 2, 2**16, 2**16 + 1, 10**6])
def test_a_request_is_sent_whole_with_its_length(other: Other, size: int) -> None:
    body = b"x" * size
    other.answers(plain(), body=body)

    other.exchange({"host": "x", "x-amz-target": "DynamoDB_20120810.Scan"}, body)

    head, _, rest = bytes(other.seen).partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [b"POST / HTTP/1.1", b"host: x", b"x-amz-target: DynamoDB_20120810.Scan", b"content-length: %d" % size]
    assert rest == body


def test_the_memory_of_an_answer_is_that_of_the_next_one_and_grows_with_it(other: Other) -> None:
    large = bytes(range(256)) * 1000
    other.answers(plain(body=large) + plain(body=b"small"), body=b"")

    first = other.exchange({"host": "x"}, b"")
    assert bytes(first.body) == large
    second = other.exchange({"host": "x"}, b"")

    assert bytes(second.body) == b"small" and bytes(first.body[:5]) == b"small"


@pytest.mark.parametrize("status", ["400 Bad Request", "503 ", "200"])
def test_the_status_is_told(other: Other, status: str) -> None:
    other.answers(plain(status=status))

    assert other.exchange({"host": "x"}, b"{}").status == int(status[:3])


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-", id="cut in its headers"),
        pytest.param(plain()[:-1], id="cut in its body"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 none\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + BODY, id="no length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", id="a length below nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", id="a length beyond all memory"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2**18, id="headers without end"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n012", id="cut in a chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffff\r\n", id="a chunk beyond all memory"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n", id="a chunk of no length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 10**6, id="a length of a chunk without end"),
    ],
)
def test_what_is_no_whole_answer_is_an_error_of_the_connection(other: Other, data: bytes) -> None:
    other.answers(data)

    with pytest.raises((OSError, ValueError)):
        other.exchange({"host": "x"}, b"{}")


def test_a_connection_that_was_closed_is_opened_by_the_next_request(other: Other) -> None:
    other.answers(plain())
    other.exchange({"host": "x"}, b"{}")
    other.connection.close()
    other.seen.clear()
    other.answers(plain(body=b"again"))

    assert bytes(other.exchange({"host": "x"}, b"{}").body) == b"again"
