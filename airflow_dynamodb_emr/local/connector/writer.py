"""How the emulated connector writes: batches no larger than the rate, leftovers again, any refusal the end."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from airflow_dynamodb_emr.local.connector.clients import DynamoDB
from airflow_dynamodb_emr.local.connector.connection import Refused
from airflow_dynamodb_emr.local.connector.hadoop import JavaError
from airflow_dynamodb_emr.local.connector.items import has_no_type
from airflow_dynamodb_emr.local.connector.rate import Bucket

_ITEMS_AT_MOST = 25
_BYTES_AT_MOST = 16 << 20
_EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
_VALIDATION = "software.amazon.awssdk.services.dynamodb.model.DynamoDbException"


class _Consumed(msgspec.Struct):
    CapacityUnits: float


class _Written(msgspec.Struct):
    UnprocessedItems: dict[str, list[dict[str, Any]]] = {}
    ConsumedCapacity: list[_Consumed] = []


class Writer:
    """Puts the items of one file."""

    def __init__(self, dynamodb: DynamoDB, table: str, units_per_second: int) -> None:
        self.items = 0
        self._dynamodb, self._table = dynamodb, table
        self._bucket = Bucket(units_per_second, 1)
        self._items_at_most = max(1, min(_ITEMS_AT_MOST, units_per_second))
        self._batch: list[dict[str, Any]] = []
        self._bytes = 0

    def put(self, item: dict[str, Any]) -> None:
        size = len(msgspec.json.encode(item))
        if self._batch and (len(self._batch) >= self._items_at_most or self._bytes + size > _BYTES_AT_MOST):
            self._send()
        self._batch.append({"PutRequest": {"Item": item}})
        self._bytes += size
        self.items += 1

    def close(self) -> None:
        while self._batch:
            self._send()

    def _send(self) -> None:
        """What DynamoDB leaves unprocessed is part of the next batch; a batch of which nothing was taken is sent again, with pauses."""
        pause = 0.25
        while True:
            left = self._call()
            if len(left) < len(self._batch):
                break
            time.sleep(pause)
            pause = min(pause * 2, 3.0)
        self._batch = left
        self._bytes = sum(len(msgspec.json.encode(request)) for request in left)

    def _call(self) -> list[dict[str, Any]]:
        if any(has_no_type(value) for request in self._batch for value in request["PutRequest"]["Item"].values()):
            raise JavaError("java.lang.RuntimeException", f"{_VALIDATION}: {_EMPTY} (Service: DynamoDb, Status Code: 400)")
        granted = self._bucket.take(len(self._batch))
        try:
            request = {"RequestItems": {self._table: self._batch}, "ReturnConsumedCapacity": "INDEXES"}
            written = self._dynamodb.call("BatchWriteItem", request, _Written)
        except Refused as refusal:
            raise JavaError("java.lang.RuntimeException", str(refusal)) from refusal
        self._bucket.give(granted - sum(each.CapacityUnits for each in written.ConsumedCapacity))
        return written.UnprocessedItems.get(self._table, [])
