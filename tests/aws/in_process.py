"""The stand-in's DynamoDB and autoscaling with no network between: for tests that make thousands of calls, and may be killed at any."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, cast

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.local.autoscaling.scaler import Autoscaler
from airflow_dynamodb_emr.local.autoscaling.service import AutoScaling
from airflow_dynamodb_emr.local.dynamodb.service import DynamoDB
from airflow_dynamodb_emr.local.http.protocol import Refused, Service
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.record import CapacityRecord

_NEVER = 1e12
Call = Callable[[Callable[[], Any]], Any]


class Killed(BaseException):
    """The process is gone: nothing that it would have done from here on is done."""


class Fuse:
    """Kills the process at one of its calls: before it is made, or before its answer is heard."""

    def __init__(self) -> None:
        self._left, self._made = -1, False
        self.calls = 0

    def lay(self, at_call: int, made: bool) -> None:
        """0 is the next call; below 0: none."""
        self._left, self._made = at_call, made

    def __call__(self, do: Callable[[], Any]) -> Any:
        self.calls += 1
        self._left -= 1
        if self._left != -1:
            return do()
        if self._made:
            with suppress(ClientError):  # nobody hears of a refusal, either
                do()
        raise Killed


class Region:
    """`clients` are those of a process that *fuse* may kill; `people` are those of somebody else."""

    def __init__(self) -> None:
        self.knobs = Knobs(create_seconds=0, update_seconds=0, delete_seconds=0, autoscale_seconds=_NEVER)
        self.record, self.fuse = CapacityRecord(self.knobs.now), Fuse()
        self.dynamodb = DynamoDB("us-east-1", self.knobs, self.record)
        self._autoscaler = Autoscaler(self.dynamodb, self.knobs)
        self.scaling = AutoScaling("us-east-1", self._autoscaler)
        self._services: dict[str, Service] = {"dynamodb": self.dynamodb, "application-autoscaling": self.scaling}
        self._rules = [rules._rules for rules in (self.scaling._policies, self.scaling._schedules)]
        self._objects: dict[str, bytes] = {}
        self.clients, self.people = self._clients(self.fuse), self._clients(lambda do: do())

    @property
    def now(self) -> datetime:
        """By the clock that decreases are counted by."""
        return datetime.fromtimestamp(self.knobs.now(), timezone.utc)

    def clear(self) -> None:
        """As if it were new; a new one would have one more thread."""
        self.knobs.clock_ahead_seconds = 0
        self.linger(False)
        for known in (self.dynamodb.tables._tables, self._autoscaler.targets, self._objects, *self._rules):
            known.clear()

    def linger(self, on: bool) -> None:
        """Whether changes that are begun stay under way."""
        self.knobs.update_seconds = _NEVER if on else 0
        for table in [] if on else self.dynamodb.tables.all():
            table._until = 0.0

    def _clients(self, call: Call) -> Clients:
        return Clients(lambda service, _: _S3(self._objects, call) if service == "s3" else _Client(self._services[service], call), "us-east-1")


class _Client:
    """As boto3 makes them: a method for each operation, and ClientError for what is refused."""

    def __init__(self, service: Service, call: Call) -> None:
        self._service, self._made_by = service, call

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation = "".join(word.title() for word in method.split("_"))
        return lambda **request: self._made_by(lambda: self._call(operation, request))

    def _call(self, operation: str, request: dict[str, Any]) -> Any:
        try:
            return _with_times(self._service.call(operation, request))
        except Refused as refused:
            error = {"Error": {"Code": refused.code, "Message": refused.message}, "ResponseMetadata": {"HTTPStatusCode": refused.status}}
            raise ClientError(cast("Any", error), operation) from refused


class _S3:
    """As much of it as the ledger needs."""

    def __init__(self, objects: dict[str, bytes], call: Call) -> None:
        self._objects, self._made_by = objects, call

    def get_object(self, **request: Any) -> Any:
        return self._made_by(lambda: self._get(request["Key"]))

    def put_object(self, **request: Any) -> None:
        put = self._put_new if "IfNoneMatch" in request else self._objects.__setitem__
        self._made_by(lambda: put(request["Key"], request["Body"]))

    def delete_object(self, **request: Any) -> None:
        self._made_by(lambda: self._objects.pop(request["Key"], None))

    def _get(self, key: str) -> Any:
        if key not in self._objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": key}}, "GetObject")
        return {"Body": _Body(self._objects[key])}

    def _put_new(self, key: str, body: bytes) -> None:
        if key in self._objects:
            raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": key}}, "PutObject")
        self._objects[key] = body


class _Body:
    def __init__(self, data: bytes) -> None:
        self.read = lambda: data


def _with_times(answer: Any, name: str = "") -> Any:
    """As boto3 gives them."""
    if isinstance(answer, dict):
        return {key: _with_times(value, key) for key, value in answer.items()}
    if isinstance(answer, list):
        return [_with_times(each) for each in answer]
    return datetime.fromtimestamp(answer, timezone.utc) if name.endswith("DateTime") and isinstance(answer, float) else answer
