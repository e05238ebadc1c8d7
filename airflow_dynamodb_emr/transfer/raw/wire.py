"""One connection to DynamoDB that carries requests and answers as bytes: kept alive, signed, checked, and tried again while that helps.

botocore decodes every attribute of every answer; here an item stays the bytes that DynamoDB sent. Credentials are botocore's, so roles,
profiles and their renewal work as everywhere.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timezone
from http.client import HTTPException
from threading import Event
from typing import Any, NamedTuple

from botocore.exceptions import NoRegionError

from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.transfer.raw.compression import crc32
from airflow_dynamodb_emr.transfer.raw.connection import connect, host_of, interrupt
from airflow_dynamodb_emr.transfer.raw.exchange import Exchange
from airflow_dynamodb_emr.transfer.raw.patience import Patience, Waited
from airflow_dynamodb_emr.transfer.raw.refusals import EXPIRED, NO_CREDENTIALS, Stopped, Trouble, given_up, refusal
from airflow_dynamodb_emr.transfer.raw.refusals import Refused as Refused
from airflow_dynamodb_emr.transfer.raw.signing import signed

log = logging.getLogger(__name__)

_EXPIRED_AT_MOST = 3  # in one call; a renewal may be under way


class Endpoint(NamedTuple):
    """Where DynamoDB is, and who asks."""

    url: str
    region: str
    credentials: Any  # botocore's: renewed whenever they are asked for and about to expire
    verify: Any = None  # as botocore's: False, or the path of a CA bundle

    @classmethod
    def of(cls, session: Any) -> Endpoint:
        """From a botocore session, as on the nodes of a cluster."""
        try:
            meta = session.create_client("dynamodb").meta
        except NoRegionError as error:
            raise BadInput("there is no AWS region", "set AWS_DEFAULT_REGION, or that of the profile") from error
        return cls.checked(meta.endpoint_url, meta.region_name, session.get_credentials(), session.get_config_variable("ca_bundle"))

    @classmethod
    def checked(cls, url: str, region: str, credentials: Any, verify: Any = None) -> Endpoint:
        """Raises BadInput where there are no credentials."""
        if credentials is None:
            raise BadInput("there are no AWS credentials", "give this process a role, a profile or keys, as for any AWS tool")
        return cls(url, region, credentials, verify)


class Wire:
    """Not for several threads at once: each hand has its own."""

    def __init__(self, endpoint: Endpoint, patience: Patience = Patience(), stop: Event | None = None) -> None:  # noqa: B008 - a tuple
        self._endpoint, self.patience, self.stop = endpoint, patience, stop or Event()
        self._connection, self._host = connect(endpoint.url, endpoint.verify), host_of(endpoint.url)
        self._exchange = Exchange(self._connection)
        self.troubles: dict[str, int] = {}  # what calls had to be made again for

    def until(self, operation: str, body: bytes, read: Callable[[memoryview], Any]) -> Any:
        """What *read* makes of the answer; a ValueError of it is an answer that was damaged on its way, and asked for again. The memory that it is
        given is used for the next answer too.

        Raises CopyFailed for a refusal that stays one, or when patience ends; Stopped when the copy is given up.
        """
        waited, expired = Waited(self.patience, time.monotonic()), 0
        while True:
            try:
                return self._once(operation, body, read)
            except Trouble as trouble:
                self.troubles[trouble.code] = self.troubles.get(trouble.code, 0) + 1
                expired += trouble.code in EXPIRED
                if waited.too_long(time.monotonic(), trouble.answered) or expired > _EXPIRED_AT_MOST:
                    raise given_up(operation, self._endpoint.url, trouble, waited.seconds) from trouble
                log.debug("%s: %s", operation, trouble)
            self.pause(waited.tries - 1)

    def pause(self, tries: int) -> None:
        """Before the next try; raises Stopped."""
        if self.stop.wait(self.patience.pause_seconds(tries)):
            raise Stopped

    def interrupt(self) -> None:
        """For another thread, once `stop` is set: whoever waits for an answer waits no more."""
        interrupt(self._connection)

    def close(self) -> None:
        self._connection.close()

    def _once(self, operation: str, body: bytes, read: Callable[[memoryview], Any]) -> Any:
        if self.stop.is_set():
            raise Stopped
        status, answer = self._send(body, self._headers(operation, body))
        if status != 200:
            raise refusal(operation, status, bytes(answer))
        try:
            return read(answer)
        except ValueError as damage:
            raise Trouble("no answer of DynamoDB", f"{damage}: {bytes(answer[:80])!r}", answered=False) from damage

    def _send(self, body: bytes, headers: dict[str, str]) -> tuple[int, memoryview]:
        try:
            answer = self._exchange(headers, body)
        except (OSError, HTTPException, ValueError) as lost:  # the last: of a host that no name server is asked for, of a length that is none
            self._connection.close()  # it is opened again by the next request
            raise Trouble("no answer", f"{type(lost).__name__} {lost}".strip(), answered=False) from lost
        if answer.last:
            self._connection.close()
        if answer.crc32 and answer.crc32 != str(crc32(answer.body)):
            raise Trouble("damaged answer", f"its CRC32 is not {answer.crc32}", answered=False)
        return answer.status, answer.body

    def _headers(self, operation: str, body: bytes) -> dict[str, str]:
        try:
            credentials = self._endpoint.credentials.get_frozen_credentials()
        except Exception as error:  # of STS, of the node, of somebody's program: whatever they are renewed by
            raise Trouble(NO_CREDENTIALS, f"{type(error).__name__} {error}", answered=False) from error
        return signed(self._host, self._endpoint.region, operation, body, credentials, datetime.now(timezone.utc))
