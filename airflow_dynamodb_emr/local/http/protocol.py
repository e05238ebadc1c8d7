"""AWS' JSON protocol as the stand-in speaks it: which call a request is, what an answer and a refusal look like."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import msgspec

from airflow_dynamodb_emr.local.http import s3_calls

ACCOUNT = "123456789012"
Request: TypeAlias = dict[str, Any]
Answer: TypeAlias = "dict[str, Any] | bytes"  # bytes: JSON already
Operation: TypeAlias = Callable[[Any, Request], Answer]

_SERVICES = {"DynamoDB_20120810": "dynamodb", "ElasticMapReduce": "emr", "AnyScaleFrontendService": "application-autoscaling"}
_SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


class Refused(Exception):
    """An error answer of AWS: its code, its message and, where the service gives more, *fields*."""

    def __init__(self, code: str, message: str, status: int = 400, fields: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.fields = code, message, status, fields or {}

    def body(self) -> bytes:
        return msgspec.json.encode({"__type": f"com.amazonaws#{self.code}", "message": self.message, **self.fields})

    def xml(self, service: str) -> bytes:
        """For the services that do not speak JSON."""
        error = f"<Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>"
        return (error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>").encode()


def invalid(message: str) -> Refused:
    return Refused("ValidationException", message)


def wrong_json(value: Any) -> Refused:
    return Refused("SerializationException", f"Unexpected JSON type: {type(value).__name__}")


class Service(Protocol):
    """One AWS service in one region."""

    def call(self, operation: str, request: Request) -> Answer: ...


@dataclass(frozen=True)
class Call:
    """Whose operation a request asks for; REST services have the HTTP method in place of an operation's name."""

    service: str
    operation: str
    region: str
    rest: str = ""  # the operation of a REST service

    @property
    def names(self) -> list[str]:
        """What a fault may call it; the last says most."""
        return [str(self), *([f"{self.service}.{self.rest}"] if self.rest else [])]

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}"


def call_of(environ: Mapping[str, Any], form: bytes = b"") -> Call:
    """*form* is the body of a query-protocol request (STS, IAM, SNS, EC2)."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    region, service = (scope["region"], scope["service"]) if scope else ("us-east-1", "s3")
    target, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
    if target:
        return Call(_SERVICES.get(target, service), operation, region)
    action = re.search(rb"(?:^|&)Action=(\w+)", form)
    if action:
        return Call(service, action[1].decode(), region)
    return Call(service, environ["REQUEST_METHOD"], region, s3_calls.operation(environ) if service == "s3" else "")


def encode(answer: Answer) -> bytes:
    return answer if isinstance(answer, bytes) else msgspec.json.encode(answer)


def decode(body: bytes) -> Request:
    try:
        return msgspec.json.decode(body or b"{}", type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise Refused("SerializationException", str(error)) from error


def headers(body: bytes) -> list[tuple[str, str]]:
    """DynamoDB sends the checksum; clients that look for it check it."""
    return [("Content-Type", "application/x-amz-json-1.0"), ("Content-Length", str(len(body))), ("x-amz-crc32", str(zlib.crc32(body)))]


def do(operations: Mapping[str, Operation], service: Any, operation: str, request: Request) -> Answer:
    """Refused with status 400, which no client retries, where the stand-in has no such operation."""
    if operation not in operations:
        raise Refused("UnknownOperationException", f"the stand-in for AWS does not do {operation}")
    return operations[operation](service, request)
