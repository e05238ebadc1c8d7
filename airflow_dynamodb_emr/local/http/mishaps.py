"""What a call meets on its way, by count or by chance, and what is left of its answer then."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from airflow_dynamodb_emr.local.dynamodb.tables import too_many_changes
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.http.protocol import Answer, Call, Refused, Request, Service, decode, encode
from airflow_dynamodb_emr.local.trouble import NONE, Hit

_COUNTED = ("throttle", "deny", "expire", "lose_answer")
_DATA_CALLS = {"BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"}
_TABLE_BUSY = "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level"
_CONTROL_BUSY = "The rate of control plane requests made by this account is too high"
_FAILED = "We encountered an internal error. Please try again."


class Dropped(ConnectionError):
    """The client gets no answer: the connection is reset."""


def met(faults: Faults, call: Call) -> Hit:
    """What is due by count comes before what comes by chance."""
    due = next((kind for kind in _COUNTED if faults.take(kind, *call.names)), "")
    return Hit(due) if due else faults.trouble.hit(*call.names) or NONE


def refusal(kind: str, call: Call) -> Refused | None:
    """For the kinds that are answered without anything having been done."""
    return _REFUSALS[kind](call) if kind in _REFUSALS else None


def lost() -> Refused:
    return Refused("InternalFailure", "the stand-in loses this answer", 500)


def damaged(hit: Hit, body: bytes) -> bytes:
    """The body as it is sent; its length and its checksum are told of the whole one."""
    at = int(hit.lot * len(body))
    if hit.kind == "cut":
        return body[:at]
    if hit.kind == "corrupt" and body:
        return body[:at] + bytes([body[at] ^ 1 << int(hit.lot * 1e6) % 8]) + body[at + 1 :]
    return body


class Forgetful:
    """A service that leaves some of the items of each BatchWriteItem undone, by lot, and says so; never all of them: that is throttling."""

    def __init__(self, service: Service, hit: Hit) -> None:
        self._service, self._dice = service, Random(hit.lot)

    def call(self, operation: str, request: Request) -> Answer:
        if operation != "BatchWriteItem":
            return self._service.call(operation, request)
        asked = [(table, each) for table, all in request["RequestItems"].items() for each in all]
        left = set(self._dice.sample(range(len(asked)), self._dice.randrange(1, max(2, len(asked))))) if len(asked) > 1 else set()
        done, undone = ([each for n, each in enumerate(asked) if (n in left) is wanted] for wanted in (False, True))
        answer = decode(encode(self._service.call(operation, {**request, "RequestItems": _by_table(done)})))
        more = [(table, each) for table, all in answer["UnprocessedItems"].items() for each in all]
        return msgspec.json.encode({**answer, "UnprocessedItems": _by_table(more + undone)})


def _by_table(requests: list[tuple[str, Any]]) -> dict[str, list[Any]]:
    tables: dict[str, list[Any]] = {}
    for table, request in requests:
        tables.setdefault(table, []).append(request)
    return tables


def throttled(call: Call) -> Refused:
    if call.service == "s3":
        return Refused("SlowDown", "Please reduce your request rate.", 503)
    if call.service == "dynamodb" and call.operation in _DATA_CALLS:
        return Refused("ProvisionedThroughputExceededException", f"{_TABLE_BUSY} with the UpdateTable API.")
    return Refused("ThrottlingException", _CONTROL_BUSY if call.service == "dynamodb" else "Rate exceeded")


def _denied(call: Call) -> Refused:
    if call.service == "s3":
        return Refused("AccessDenied", "Access Denied", 403)
    return Refused("AccessDeniedException", f"User: the stand-in's is not authorized to perform: {call}")


def _expired(call: Call) -> Refused:
    if call.service == "s3":
        return Refused("ExpiredToken", "The provided token has expired.")
    return Refused("ExpiredTokenException", "The security token included in the request is expired")


def _failed(call: Call) -> Refused:
    return Refused("InternalError" if call.service == "s3" else "InternalServerError", _FAILED, 500)


_REFUSALS: dict[str, Callable[[Call], Refused]] = {
    "throttle": throttled,
    "deny": _denied,
    "expire": _expired,
    "error": _failed,
    "too_many": lambda _: too_many_changes(),
}
