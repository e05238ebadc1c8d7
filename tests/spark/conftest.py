"""One stand-in for all tests of this folder."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.faults import KINDS
from airflow_dynamodb_emr.local.process import StandIn, stand_in

KNOBS: dict[str, Any] = {"create_seconds": 0, "delete_seconds": 0, "emr_start_seconds": 0, "emr_end_seconds": 0, "spark_master": "local[2,4]"}
_numbers = itertools.count()


@pytest.fixture(scope="session")
def shared() -> Iterator[StandIn]:
    with stand_in(**KNOBS) as aws:
        yield aws


@pytest.fixture
def aws(shared: StandIn) -> Iterator[StandIn]:
    yield shared
    shared.faults(**dict.fromkeys(KINDS, 0))
    shared.set(**KNOBS)


@pytest.fixture(scope="session")
def clients(shared: StandIn) -> Clients:
    return Clients(lambda service, config: shared.client(service, config=config), "us-east-1")


@pytest.fixture
def folder() -> S3Uri:
    """Nobody else's."""
    return S3Uri("local-backups", f"spark/{next(_numbers)}")


@pytest.fixture
def nodes(shared: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process finds AWS as one on a node does."""
    for name, value in shared.env.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def make_table(clients: Clients) -> Callable[..., str]:
    """A table that is ACTIVE and on demand, by its name; *keys* are its hash and range key."""

    def make(*keys: str) -> str:
        names, kinds = keys or ("id",), ("HASH", "RANGE")
        name = f"spark{next(_numbers)}"
        clients.dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in names],
            KeySchema=[{"AttributeName": each, "KeyType": kind} for each, kind in zip(names, kinds, strict=False)],  # type: ignore[typeddict-item]
            BillingMode="PAY_PER_REQUEST",
        )
        return name

    return make
