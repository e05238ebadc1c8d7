"""One connection to the stand-in, and when a call is made again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TypeVar
from urllib.parse import urlsplit

RETRY_SECONDS = 600.0
LOST_SECONDS = 10.0  # without a server there is nothing to wait for: the stand-in has ended
_PASSING = {"ProvisionedThroughputExceededException", "ThrottlingException"}

T = TypeVar("T")


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"software.amazon.awssdk.services.dynamodb.model.{code}: {message} (Status Code: {status})")
        self.status, self.code = status, code

    @property
    def passing(self) -> bool:
        return self.code in _PASSING or self.status in {500, 503}


class Wire:
    """One connection, kept open."""

    def __init__(self, url: str, identity: dict[str, str]) -> None:
        parts = urlsplit(url)
        self._connection = HTTPConnection(parts.hostname or "", parts.port)
        self._identity = identity

    def open(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> HTTPResponse:
        try:
            self._connection.request(method, path, body, {**self._identity, **(headers or {})})
            return self._connection.getresponse()
        except (OSError, HTTPException):
            self.close()  # the next call opens a new one
            raise

    def close(self) -> None:
        self._connection.close()

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        answer = self.open(method, path, body, headers)
        return answer.status, answer.read()


def again(call: Callable[[], T]) -> T:
    """Fibonacci pauses of 50 ms and some chance, for up to ten minutes a call; only throttling and failures of the server are tried again."""
    before, pause, began = 0, 1, time.monotonic()
    while True:
        try:
            return call()
        except Refused as refusal:
            if not refusal.passing or time.monotonic() > began + RETRY_SECONDS:
                raise
        except (OSError, HTTPException):
            if time.monotonic() > began + LOST_SECONDS:
                raise
        before, pause = pause, before + pause
        time.sleep(0.05 * pause + random.uniform(0, 0.1 * before))
