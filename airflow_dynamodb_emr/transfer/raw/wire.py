"""One connection to DynamoDB that carries requests and answers as bytes: kept alive, signed, checked, and tried again while that helps.

botocore decodes every attribute of every answer; here an item stays the bytes that DynamoDB sent. Credentials are botocore's, so roles,
profiles and their renewal work as everywhere.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from datetime import datetime, timezone
from http.client import HTTPException
from threading import Event
from typing import Any, NamedTuple

from airflow_dynamodb_emr.errors import BadInput, CopyFailed
from airflow_dynamodb_emr.transfer.raw.compression import crc32
from airflow_dynamodb_emr.transfer.raw.connection import connect, host_of
from airflow_dynamodb_emr.transfer.raw.patience import Patience
from airflow_dynamodb_emr.transfer.raw.signing import signed

log = logging.getLogger(__name__)

THROTTLED = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "LimitExceededException"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException"}
_RENEW = "use credentials that renew themselves (a role), or newer ones"
_HINTS = {
    **dict.fromkeys(_EXPIRED, _RENEW),
    "ResourceNotFoundException": "the table was deleted, or is in another region or account",
    "AccessDeniedException": "allow the action to the credentials in use",
    "UnrecognizedClientException": "the credentials are unknown in this region: check them, and the endpoint",
}


class Endpoint(NamedTuple):
    """Where DynamoDB is, and who asks."""

    url: str
    region: str
    credentials: Any  # botocore's: renewed whenever they are asked for and about to expire
    verify: Any = None  # as botocore's: False, or the path of a CA bundle

    @classmethod
    def of(cls, session: Any) -> Endpoint:
        """From a botocore session, as on the nodes of a cluster."""
        client = session.create_client("dynamodb")
        return cls.checked(client.meta.endpoint_url, client.meta.region_name, session.get_credentials())

    @classmethod
    def checked(cls, url: str, region: str, credentials: Any, verify: Any = None) -> Endpoint:
        """Raises BadInput where there are no credentials."""
        if credentials is None:
            raise BadInput("there are no AWS credentials", "give this process a role, a profile or keys, as for any AWS tool")
        return cls(url, region, credentials, verify)


class Trouble(CopyFailed):
    """What time may cure."""

    def __init__(self, code: str, words: str, answered: bool) -> None:
        super().__init__(f"{code}: {words}")
        self.code, self.answered = code, answered


class Stopped(CopyFailed):
    """Another hand has failed: what this one does is no use any more."""


class Wire:
    """Not for several threads at once: each hand has its own."""

    def __init__(self, endpoint: Endpoint, patience: Patience = Patience(), stop: Event | None = None) -> None:  # noqa: B008 - a tuple
        self._endpoint, self.patience, self.stop = endpoint, patience, stop or Event()
        self._connection, self._host = connect(endpoint.url, endpoint.verify), host_of(endpoint.url)
        self.troubles: dict[str, int] = {}  # what calls had to be made again for

    def until(self, operation: str, body: bytes, read: Callable[[bytes], Any]) -> Any:
        """What *read* makes of the answer; a ValueError of it is an answer that was damaged on its way, and asked for again.

        Raises CopyFailed for a refusal that stays one, or when patience ends; Stopped when the copy is given up.
        """
        began, tries = time.monotonic(), 0
        while True:
            try:
                return self._once(operation, body, read)
            except Trouble as trouble:
                self.troubles[trouble.code] = self.troubles.get(trouble.code, 0) + 1
                most = self.patience.deadline_seconds if trouble.answered else self.patience.silence_seconds
                if (trouble.code in _EXPIRED and tries > 2) or time.monotonic() - began > most:
                    raise self._given_up(operation, trouble, time.monotonic() - began) from trouble
                log.debug("%s: %s", operation, trouble)
            self.pause(tries)
            tries += 1

    def pause(self, tries: int) -> None:
        """Before the next try; raises Stopped."""
        if self.stop.wait(self.patience.pause_seconds(tries)):
            raise Stopped("given up, because something else went wrong")

    def close(self) -> None:
        self._connection.close()

    def _once(self, operation: str, body: bytes, read: Callable[[bytes], Any]) -> Any:
        if self.stop.is_set():
            raise Stopped("given up, because something else went wrong")
        status, answer = self._send(operation, body)
        if status != 200:
            raise self._refusal(operation, status, answer)
        try:
            return read(answer)
        except ValueError as damage:
            raise Trouble("no JSON", f"{damage}: {answer[:80]!r}", answered=False) from damage

    def _send(self, operation: str, body: bytes) -> tuple[int, bytes]:
        try:
            self._connection.request("POST", "/", body, self._signed(operation, body))
            response = self._connection.getresponse()
            answer = response.read()
        except (OSError, HTTPException) as lost:
            self._connection.close()  # it is opened again by the next request
            raise Trouble("no answer", f"{type(lost).__name__} {lost}".strip(), answered=False) from lost
        checksum = response.headers.get("x-amz-crc32")
        if checksum and int(checksum) != crc32(answer):
            raise Trouble("damaged answer", f"its CRC32 is not {checksum}", answered=False)
        return response.status, answer

    def _signed(self, operation: str, body: bytes) -> dict[str, str]:
        credentials = self._endpoint.credentials.get_frozen_credentials()
        return signed(self._host, self._endpoint.region, operation, body, credentials, datetime.now(timezone.utc))

    def _refusal(self, operation: str, status: int, answer: bytes) -> Exception:
        code, words = _error(answer)
        if status >= 500 or code in THROTTLED or code in _EXPIRED:
            return Trouble(code or str(status), words, answered=bool(code))
        return Refused(operation, code or str(status), words)

    def _given_up(self, operation: str, trouble: Trouble, seconds: float) -> CopyFailed:
        if trouble.code in _EXPIRED:
            return Refused(operation, trouble.code, "and they are not renewed")
        hint = "raise the table's throughput, or copy at a lower rate" if trouble.answered else "check region, endpoint, network and proxy"
        return CopyFailed(f"{operation} at {self._endpoint.url}: not done in {seconds:.0f} s, the last time for {trouble}", hint)


class Refused(CopyFailed):
    """DynamoDB will not do it, however often it is asked."""

    def __init__(self, operation: str, code: str, words: str) -> None:
        super().__init__(f"{operation} was refused: {code}: {words}", _HINTS.get(code, ""))
        self.code, self.words = code, words


def _error(answer: bytes) -> tuple[str, str]:
    """Code and message; empty where the answer is not DynamoDB's own."""
    try:
        said = json.loads(answer)
        return str(said.get("__type", "")).rpartition("#")[2], str(said.get("message") or said.get("Message") or "")
    except (ValueError, AttributeError):
        return "", answer[:200].decode(errors="replace")
