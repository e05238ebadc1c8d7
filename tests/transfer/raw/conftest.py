"""No moto in this process: fakes, and one stand-in as a process for what has to go through a socket."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config
from hypothesis import settings

from airflow_dynamodb_emr.local.faults import KINDS
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from airflow_dynamodb_emr.transfer.raw.place import Place
from tests.transfer.raw.fake_s3 import FakeS3
from tests.transfer.raw.tables import table_request

settings.register_profile("calm", deadline=None)  # how long an example takes is no claim of these tests
settings.load_profile("calm")

_KNOBS: dict[str, Any] = {"create_seconds": 0, "update_seconds": 0, "delete_seconds": 0, "page_seconds": 0, "burst_seconds": 5}
_numbers = itertools.count()


@pytest.fixture
def aws() -> None:
    """In place of moto, which the folder above has for every test."""


@pytest.fixture
def fake_s3() -> FakeS3:
    return FakeS3()


@pytest.fixture(scope="session")
def shared() -> Iterator[StandIn]:
    """Its S3 takes pieces of any size: uploads of several are tested with little."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S3_UPLOAD_PART_MIN_SIZE", "1")
        patch.setenv("MOTO_S3_DEFAULT_KEY_BUFFER_SIZE", "5000000")
        with stand_in(**_KNOBS) as running:
            yield running


@pytest.fixture
def local(shared: StandIn) -> Iterator[StandIn]:
    yield shared
    shared.faults(**dict.fromkeys(KINDS, 0))
    shared.set(**_KNOBS)


@pytest.fixture(scope="session")
def dynamodb(shared: StandIn) -> Any:
    return shared.client("dynamodb")


@pytest.fixture(scope="session")
def s3(shared: StandIn) -> Any:
    """Impatient: what is refused stays refused."""
    return shared.client("s3", config=Config(retries={"total_max_attempts": 2}))


@pytest.fixture
def place(s3: Any) -> Place:
    return Place(s3, "local-backups", f"night/{next(_numbers)}")


@pytest.fixture
def make_table(local: StandIn, dynamodb: Any) -> Callable[..., str]:
    """An empty table by its name; *types* are those of hash and range key."""

    def make(types: str = "SS", **more: Any) -> str:
        name = f"table{next(_numbers)}"
        dynamodb.create_table(**{**table_request(name, types), **more})
        return name

    return make
