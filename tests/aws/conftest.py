"""One stand-in for all tests of this folder, with short waits; each test works in tables, clusters and folders of its own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from moto.s3.models import s3_backends

from airflow_dynamodb_emr.aws import together
from airflow_dynamodb_emr.aws.clients import PATIENT, Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local.faults import KINDS
from airflow_dynamodb_emr.local.http.protocol import ACCOUNT
from airflow_dynamodb_emr.local.process import StandIn, stand_in

from . import listed
from .fabricated import Fabricated

KNOBS: dict[str, Any] = {
    "create_seconds": 0,
    "export_seconds": 0,
    "import_seconds": 0,
    "recovery_lag_seconds": 0,
    "update_seconds": 0,
    "delete_seconds": 0,
    "emr_start_seconds": 0,
    "emr_end_seconds": 0,
    "log_delay_seconds": 0,
    "decrease_wait_seconds": 3600,
    "clock_ahead_seconds": 0,
    "autoscale_seconds": 0.3,
}
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
    """As in production: throttled calls are tried again, those that must not be are not."""
    return Clients(lambda service, config: shared.client(service, config=config), "us-east-1")


@pytest.fixture(scope="session")
def impatient(shared: StandIn) -> Clients:
    """Every call is made once, so that who makes it sees its failure."""
    once = Config(retries={"total_max_attempts": 1}, max_pool_connections=32)
    return Clients(lambda service, _: shared.client(service, config=once), "us-east-1")


@pytest.fixture(scope="session")
def store(clients: Clients) -> Store:
    return Store(clients.s3)


@pytest.fixture(scope="module")
def _moto() -> Iterator[Store]:
    with mock_aws():
        yield Store(boto3.client("s3", region_name="us-east-1", config=PATIENT))


@pytest.fixture
def in_process(_moto: Store) -> Store:
    """S3 in this process, with nobody else's objects: for thousands of them, and for counting calls."""
    s3_backends[ACCOUNT]["aws"].reset()
    _moto.s3.create_bucket(Bucket=listed.BASE.bucket)
    return _moto


@pytest.fixture
def folder() -> S3Uri:
    """Nobody else's."""
    return S3Uri("local-backups", f"tests/{next(_numbers)}")


@pytest.fixture
def prefix() -> str:
    """Of tables that nobody else has."""
    return f"T{next(_numbers)}_"


MakeTable = Callable[..., str]


@pytest.fixture(scope="session")
def make_table(clients: Clients) -> MakeTable:
    """A table that is ACTIVE, by its name: provisioned with *units* of reads and of writes, or on demand."""

    def make(name: str, units: int | None = None, **more: Any) -> str:
        key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
        clients.dynamodb.create_table(TableName=name, **{**key, **billing(units), **more})  # type: ignore[arg-type]
        return name

    return make


def billing(units: int | None) -> dict[str, Any]:
    if units is None:
        return {"BillingMode": "PAY_PER_REQUEST"}
    return {"ProvisionedThroughput": {"ReadCapacityUnits": units, "WriteCapacityUnits": units}}


def index(units: int | None, name: str = "by_id") -> dict[str, Any]:
    schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    own = billing(units) if units else {}
    return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}, **own}


@pytest.fixture(scope="session")
def unwritable(clients: Clients) -> S3Uri:
    """A bucket that can be looked at and listed, and nothing can be written to."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::read-only/*"}
    clients.s3.create_bucket(Bucket="read-only")
    clients.s3.put_bucket_policy(Bucket="read-only", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    return S3Uri("read-only", "dynamodb")


@pytest.fixture
def cluster_request(folder: S3Uri) -> dict[str, Any]:
    """For RunJobFlow."""
    return {**ClusterSpec(concurrency=64).request(folder.key, folder / "logs"), "Name": f"ddb/{folder.key}"}


@pytest.fixture
def cluster(aws: StandIn, clients: Clients, cluster_request: dict[str, Any]) -> Iterator[str]:
    """The id of a cluster that takes steps; it ends with the test."""
    id = clients.emr.run_job_flow(**cluster_request)["JobFlowId"]
    yield id
    aws.faults(**dict.fromkeys(KINDS, 0))
    clients.emr.terminate_job_flows(JobFlowIds=[id])


@pytest.fixture(scope="module")
def whole() -> Fabricated:
    return Fabricated()


@pytest.fixture
def made(whole: Fabricated) -> Iterator[Fabricated]:
    """A good backup; what a test does to it is gone with the test."""
    objects, etags, folder = dict(whole.s3.objects), dict(whole.s3.etags), whole.folder
    yield whole
    whole.s3.objects, whole.s3.etags, whole.folder = objects, etags, folder
    whole.s3.before, whole.s3.calls = lambda *_: None, []


@pytest.fixture
def in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls come in one order, whoever dies or comes between; and thousands of threads would take longer than all the rest."""
    monkeypatch.setattr(together, "each", lambda work, items, *_: [work(item) for item in items])
    monkeypatch.setattr(together, "ahead", lambda work, items, *_: map(work, items))
