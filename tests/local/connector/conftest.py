"""The emulated connector, called in this process, against the stand-in in its own."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import parse_connector_manifest
from airflow_dynamodb_emr.local.connector.command import main
from airflow_dynamodb_emr.local.process import StandIn, stand_in

ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def shared() -> Iterator[StandIn]:
    with stand_in(create_seconds=0, update_seconds=0) as running:
        yield running


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def counters(self) -> dict[str, int]:
        lines = (line.strip().rpartition("=") for line in self.err.splitlines() if line.startswith("\t\t"))
        return {name: int(value) for name, _, value in lines}


class Machine:
    """What a test needs of the stand-in."""

    def __init__(self, running: StandIn) -> None:
        self.running = running
        self.dynamodb: Any = running.client("dynamodb")
        self.s3: Any = running.client("s3")

    def folder(self) -> S3Uri:
        """A new one."""
        return S3Uri("local-backups", f"test/{next(_numbers)}")

    def table(self, items: Sequence[dict[str, Any]] = (), **settings: Any) -> str:
        """A new one, keyed by the string `id`."""
        name = f"table-{next(_numbers)}"
        keys = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
        self.dynamodb.create_table(TableName=name, **keys, **(settings or ON_DEMAND))
        self.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        for start in range(0, len(items), 25):
            puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            assert not self.dynamodb.batch_write_item(RequestItems={name: puts})["UnprocessedItems"]
        return name

    def items(self, table: str) -> list[dict[str, Any]]:
        found = (item for page in self.dynamodb.get_paginator("scan").paginate(TableName=table) for item in page["Items"])
        return sorted(found, key=lambda item: item["id"]["S"])

    def names(self, folder: S3Uri) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=folder.bucket, Prefix=f"{folder.key}/").get("Contents", [])
        return [each["Key"][len(folder.key) + 1 :] for each in found]

    def read(self, uri: S3Uri) -> bytes:
        body: bytes = self.s3.get_object(Bucket=uri.bucket, Key=uri.key)["Body"].read()
        return gzip.decompress(body) if uri.key.endswith(".gz") else body

    def write(self, uri: S3Uri, body: bytes) -> None:
        self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=body)

    def files(self, folder: S3Uri) -> list[S3Uri]:
        return parse_connector_manifest(self.read(folder / "manifest"))

    def lines(self, folder: S3Uri) -> list[bytes]:
        return sorted(line for file in self.files(folder) for line in self.read(file).splitlines())


@pytest.fixture
def machine(shared: StandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    for name, value in shared.env.items():
        monkeypatch.setenv(name, value)
    yield Machine(shared)
    shared.faults(throttle={}, lose_answer={})


Run = Callable[..., Ran]


@pytest.fixture
def export(capfd: pytest.CaptureFixture[str]) -> Run:
    return _tool("org.apache.hadoop.dynamodb.tools.DynamoDBExport", capfd)


@pytest.fixture
def load(capfd: pytest.CaptureFixture[str]) -> Run:
    return _tool("org.apache.hadoop.dynamodb.tools.DynamoDBImport", capfd)


def _tool(name: str, capfd: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Ran:
        capfd.readouterr()
        code = main([name, *map(str, arguments)])
        return Ran(code, *capfd.readouterr())

    return run
