"""Dump and load as one writes them with boto3: nothing is slower than it has to be, and nothing is clever."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer

from benchmarks.copying.jobs import Job

FILE = "items.json.gz"
_IN_A_CALL = 25


def dump(job: Job) -> Callable[[], int]:
    """The client, JSON lines, gzip as it is by default."""
    pages = boto3.client("dynamodb").get_paginator("scan")

    def copy() -> int:
        items = 0
        with gzip.open(Path(job.folder) / FILE, "wt", encoding="utf-8") as file:
            for page in pages.paginate(TableName=job.table):
                for item in page["Items"]:
                    file.write(json.dumps({"Item": item}, default=_text) + "\n")
                items += page["Count"]
        return items

    return copy


def load(job: Job) -> Callable[[], int]:
    """The client, 25 items a call."""
    client = boto3.client("dynamodb")

    def copy() -> int:
        items, count = _items(job), 0
        while batch := [{"PutRequest": {"Item": item}} for item in islice(items, _IN_A_CALL)]:
            count += len(batch)
            left: Any = {job.table: batch}
            while left:
                left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]
        return count

    return copy


def load_by_batch_writer(job: Job) -> Callable[[], int]:
    """The resource, whose items are Python's own types."""
    table, plain = boto3.resource("dynamodb").Table(job.table), TypeDeserializer().deserialize

    def copy() -> int:
        count = 0
        with table.batch_writer() as writer:
            for item in _items(job):
                writer.put_item({name: plain(value) for name, value in item.items()})
                count += 1
        return count

    return copy


def _items(job: Job) -> Iterator[dict[str, Any]]:
    with gzip.open(Path(job.folder) / FILE, "rt", encoding="utf-8") as file:
        for line in file:
            yield {name: _value(value) for name, value in json.loads(line)["Item"].items()}


def _value(value: dict[str, Any]) -> dict[str, Any]:
    """boto3 takes binary as bytes, which JSON has as base64."""
    ((kind, inner),) = value.items()
    if kind == "B":
        return {kind: b64decode(inner)}
    if kind == "L":
        return {kind: [_value(each) for each in inner]}
    if kind == "M":
        return {kind: {name: _value(each) for name, each in inner.items()}}
    return value


def _text(binary: bytes) -> str:
    return b64encode(binary).decode()
