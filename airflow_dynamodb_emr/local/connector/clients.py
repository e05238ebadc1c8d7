"""The calls of DynamoDB and S3 that the emulated connector makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from html import unescape
from http.client import HTTPResponse
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.connector.connection import Refused, Wire, again
from airflow_dynamodb_emr.local.connector.hadoop import JavaError

T = TypeVar("T")
C = TypeVar("C", bound="_Client")


class _Client:
    """Close it after use, as by `with`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def __enter__(self: C) -> C:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()


class DynamoDB(_Client):
    """Calls of DynamoDB's JSON protocol, tried again as the connector does."""

    def call(self, operation: str, request: Mapping[str, Any], answer_type: type[T]) -> T:
        """Raises Refused."""
        body = msgspec.json.encode(request)
        return msgspec.json.decode(again(partial(self._call, operation, body)), type=answer_type)

    def describe(self, table: str) -> dict[str, Any]:
        try:
            description: dict[str, Any] = self.call("DescribeTable", {"TableName": table}, dict[str, Any])["Table"]
        except Refused as refusal:
            raise JavaError("java.lang.RuntimeException", f"Could not lookup table {table} in DynamoDB.", refusal) from refusal
        return description

    def _call(self, operation: str, body: bytes) -> bytes:
        headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"}
        status, answer = self._wire.send("POST", "/", body, headers)
        if status != 200:
            raise _refused(status, answer)
        return answer


def _refused(status: int, answer: bytes) -> Refused:
    try:
        error = msgspec.json.decode(answer, type=dict[str, Any])
    except msgspec.MsgspecError:
        error = {"message": answer[:200].decode(errors="replace")}
    code = str(error.get("__type", "InternalFailure")).rpartition("#")[2]
    return Refused(status, code, str(error.get("message") or error.get("Message") or ""))


class S3(_Client):
    """The few calls that files need."""

    def put(self, uri: S3Uri, body: bytes) -> None:
        status, answer = again(lambda: _answered(self._wire.send("PUT", _path(uri), body)))
        if status != 200:
            raise _amazon_s3(status, answer, uri)

    def get(self, uri: S3Uri) -> HTTPResponse | None:
        """None where there is no such file. The answer is to be read to its end before the next call."""
        answer = again(lambda: self._wire.open("GET", _path(uri)))
        if answer.status == 200:
            return answer
        body = answer.read()
        if answer.status == 404 and b"NoSuchBucket" not in body:
            return None
        raise _amazon_s3(answer.status, body, uri)

    def names(self, folder: S3Uri, at_most: int | None = None) -> Iterator[str]:
        """What stands straight in *folder*, deeper folders as `name/`."""
        prefix = f"{folder.key}/".lstrip("/")
        query = f"list-type=2&delimiter=%2F&prefix={quote(prefix, '')}" + (f"&max-keys={at_most}" if at_most else "")
        token: str | None = ""
        while token is not None:
            page = self._list(folder, query + token)
            yield from (unescape(name)[len(prefix) :] for name in re.findall(r"<(?:Key|CommonPrefixes><Prefix)>(.*?)</", page))
            more = re.search(r"<NextContinuationToken>(.*?)</", page)
            token = f"&continuation-token={quote(unescape(more[1]), '')}" if more and not at_most else None

    def _list(self, folder: S3Uri, query: str) -> str:
        status, answer = again(lambda: _answered(self._wire.send("GET", f"/{folder.bucket}?{query}")))
        if status != 200:
            raise _amazon_s3(status, answer, folder)
        return answer.decode()


def _path(uri: S3Uri) -> str:
    return f"/{uri.bucket}/{quote(uri.key)}"


def _answered(answer: tuple[int, bytes]) -> tuple[int, bytes]:
    if answer[0] in {500, 503}:
        raise Refused(answer[0], "S3Exception", answer[1][:200].decode(errors="replace"))
    return answer


def _amazon_s3(status: int, answer: bytes, uri: S3Uri) -> JavaError:
    message = re.search(rb"<Message>(.*?)</", answer)
    return JavaError(
        "software.amazon.awssdk.services.s3.model.S3Exception", f"{uri}: {message[1].decode() if message else ''} (Status Code: {status})"
    )
