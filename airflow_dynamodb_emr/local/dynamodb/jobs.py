"""What exports and imports have in common: client tokens, ids, states that end after a while, lists in pages."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from airflow_dynamodb_emr.local.dynamodb.checks import wrong
from airflow_dynamodb_emr.local.http.protocol import Refused, Request, invalid

TOKEN_SECONDS = 8 * 3600  # that a client token is known after its request was answered
LARGEST_PAGE = 25
_TOKEN_DIGITS = 112


class Failure(Exception):
    """Why a job ends FAILED."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class Job(Protocol):
    """An export or an import."""

    arn: str
    token: str
    status: str
    asked: float  # when, by the stand-in's clock

    def same(self, request: Request) -> bool: ...


J = TypeVar("J", bound=Job)


class Jobs(Generic[J]):
    """Of one kind, in one region."""

    def __init__(self, now: Callable[[], float], most: int, kind: str) -> None:
        self._now, self._most, self._kind = now, most, kind
        self._jobs: dict[str, J] = {}
        self.lock = threading.RLock()

    def of_token(self, request: Request) -> J | None:
        """The job that the request's client token stands for; refused when that was another request."""
        known = [job for job in self._jobs.values() if job.token == request["ClientToken"] and self._now() < job.asked + TOKEN_SECONDS]
        if known and not known[-1].same(request):
            raise Refused(f"{self._kind}ConflictException", "Duplicate request detected with conflicting parameters")
        return known[-1] if known else None

    def add(self, job: J) -> None:
        if sum(each.status == "IN_PROGRESS" for each in self._jobs.values()) >= self._most:
            raise Refused(
                "LimitExceededException", f"Subscriber limit exceeded: Only {self._most} {self._kind.lower()}s can be in progress at a time"
            )
        self._jobs[job.arn] = job

    def get(self, arn: str) -> J:
        if f"/{self._kind.lower()}/" not in arn:
            raise invalid(f"Invalid {self._kind} ARN")
        if arn not in self._jobs:
            raise Refused(f"{self._kind}NotFoundException", f"{self._kind} not found: {arn}")
        return self._jobs[arn]

    def page(self, request: Request, size: str) -> tuple[list[J], dict[str, Any]]:
        """A page of those of a table, or of all, latest first within each table, and the token of the next one; *size*: how the request calls it."""
        most, of_table = request.get(size, LARGEST_PAGE), request.get("TableArn", "")
        if not 1 <= most <= LARGEST_PAGE:
            raise wrong(size, most, f"Member must be between 1 and {LARGEST_PAGE}")
        start = _start(request.get("NextToken", "0"), self._kind)
        found = sorted((arn for arn in self._jobs if not of_table or arn.startswith(f"{of_table}/")), reverse=True)
        more = {"NextToken": f"{start + most:0{_TOKEN_DIGITS}x}"} if len(found) > start + most else {}
        return [self._jobs[arn] for arn in found[start : start + most]], more


def _start(token: str, kind: str) -> int:
    if not re.fullmatch(r"[0-9a-f]+", token) or (token != "0" and not 0 < int(token, 16) < 1_000_000):
        raise invalid(f"Invalid NextToken for List{kind}s")
    return int(token, 16)


def new_id() -> str:
    """As AWS makes them: milliseconds since 1970, and a little chance."""
    return f"{int(time.time() * 1000):014}-{secrets.token_hex(4)}"


def after(seconds: float, do: Callable[[], None]) -> None:
    """At once for 0 seconds."""
    if seconds <= 0:
        do()
        return
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()
