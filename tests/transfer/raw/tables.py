"""A table of the stand-in in this very process, and a wire that leads straight to it: what a copy reads, a test can change between two pages."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from itertools import count
from threading import Event
from types import SimpleNamespace
from typing import Any

import msgspec

from airflow_dynamodb_emr.local.dynamodb.service import DynamoDB
from airflow_dynamodb_emr.local.http.protocol import Refused as LocalRefusal
from airflow_dynamodb_emr.local.http.protocol import encode
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.record import CapacityRecord
from airflow_dynamodb_emr.transfer.raw.patience import Patience
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.wire import Refused
from tests.transfer.raw.server import Answer

KEYS = Keys("id", "at")
NAMES = ("id", "at")
QUICK = Patience(first_seconds=0.001, most_seconds=0.002, deadline_seconds=20, silence_seconds=20)
HURRIED = Patience(first_seconds=0.001, most_seconds=0.002, deadline_seconds=0.05, silence_seconds=0.05)
FEW_SECONDS = Patience(first_seconds=0, most_seconds=0, deadline_seconds=3, silence_seconds=3)  # of a clock that `ticks`


def ticks() -> Any:
    """In place of a module's `time`: each look at it is a second after the one before, however busy the machine."""
    return SimpleNamespace(monotonic=count().__next__)


def table_request(name: str, types: str = "SS") -> dict[str, Any]:
    """Of a CreateTable; *types* are those of hash and range key."""
    return {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": t} for n, t in zip(NAMES, types, strict=False)],
        "KeySchema": [{"AttributeName": n, "KeyType": k} for n, k, _ in zip(NAMES, ("HASH", "RANGE"), types, strict=False)],
        "BillingMode": "PAY_PER_REQUEST",
    }


class Table:
    def __init__(self, types: str = "SS", name: str = "orders") -> None:
        self.service = DynamoDB("us-east-1", Knobs(create_seconds=0, delete_seconds=0), CapacityRecord(time.time))
        self.service.call("CreateTable", table_request(name, types))
        self.name = name

    def put(self, items: Iterable[dict[str, Any]]) -> None:
        for item in items:
            self.service.call("PutItem", {"TableName": self.name, "Item": msgspec.json.decode(msgspec.json.encode(item))})

    def delete(self, key: dict[str, Any]) -> None:
        self.service.call("DeleteItem", {"TableName": self.name, "Key": key})

    def answer(self, operation: str, body: bytes) -> Answer:
        """As a script of `server.py`."""
        try:
            return Answer(encode(self.service.call(operation, json.loads(body))))
        except LocalRefusal as refusal:
            return Answer(refusal.body(), refusal.status)

    def items(self) -> list[dict[str, Any]]:
        """In the order of a scan; binary is base64."""
        found: list[dict[str, Any]] = []
        start: dict[str, Any] = {}
        while True:
            page = json.loads(encode(self.service.call("Scan", {"TableName": self.name, **start})))
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


class Straight:
    """Stands for a Wire. *between* is called before each call, with its operation and request."""

    def __init__(self, table: Table, between: Callable[[str, Any], Any] = lambda *_: None) -> None:
        self._table, self._between = table, between
        self.patience, self.stop = QUICK, Event()

    def until(self, operation: str, body: bytes, read: Callable[[bytes], Any]) -> Any:
        request = json.loads(body)
        self._between(operation, request)
        try:
            return read(encode(self._table.service.call(operation, request)))
        except LocalRefusal as refusal:
            raise Refused(operation, refusal.code, refusal.message) from refusal

    def pause(self, tries: int) -> None:
        self.stop.wait(self.patience.pause_seconds(tries))

    def interrupt(self) -> None:
        """Nothing is ever waited for."""

    def close(self) -> None:
        """Nothing is open."""
