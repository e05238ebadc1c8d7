"""The engine `spark` on Apache's own Spark: as a step of a cluster, with an executor that is lost, and as a job run of EMR Serverless.

A start of Spark takes some ten seconds: there are three.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from airflow_dynamodb_emr.aws import probes, serverless, shipping
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import spark
from airflow_dynamodb_emr.core.cutting import Cut
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.serverless import JobRun, ServerlessSpec
from airflow_dynamodb_emr.core.spark import Program
from airflow_dynamodb_emr.local.fleet.seed import SERVERLESS_ROLE
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.transfer.raw import dump as worker
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.place import Place
from tests.local.emr.states import log
from tests.local.helpers import cluster, until

REGION = "us-east-1"
# Small pages, parts and shares, so that few items make many of them; the collection of one customer is divided.
CUT = Cut(segments=3, page_items=20, part_bytes=30_000, share_bytes=60_000)
SPARK_SECONDS = 180


def shipped(store: Store, base: S3Uri, libraries: str = "") -> Program:
    """As a run does."""
    program = shipping.program(base, libraries)
    shipping.check(store, libraries)
    shipping.ship(store, program)
    return program


@pytest.fixture(autouse=True)
def _can_run() -> None:
    if find_spec("pyspark") is None or not shutil.which("java"):
        pytest.skip("not held against Spark itself: PySpark (the extra `spark`) and Java 17 are needed")


@pytest.fixture(scope="module")
def orders(clients: Clients) -> str:
    """A table of 900 items, 500 of them of one customer."""
    clients.dynamodb.create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("customer", "number")],
        KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"}, {"AttributeName": "number", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    items = [_item("best" if number % 9 < 5 else f"c{number}", number) for number in range(900)]
    for start in range(0, 900, 25):
        clients.dynamodb.batch_write_item(RequestItems={"orders": [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]})
    return "orders"


def _item(customer: str, number: int) -> dict[str, Any]:
    return {"customer": {"S": customer}, "number": {"S": f"{number:05}"}, "text": {"S": "é" * 150 + chr(number)}, "none": {"L": []}}


@pytest.fixture(scope="module")
def dumped(shared: StandIn, clients: Clients, orders: str) -> Any:
    """The manifest of the worker's dump."""
    return _dumped_by_worker(shared, clients, orders, S3Uri("local-backups", "spark/by-worker"))


def _dumped_by_worker(aws: StandIn, clients: Clients, table: str, into: S3Uri) -> Any:
    place, cut = Place(clients.s3, into.bucket, into.key), msgspec.structs.asdict(CUT)
    return worker.dump(aws.endpoint, place, table, lambda source: Job(table, source.keys, **cut))


@pytest.fixture(scope="module")
def program(clients: Clients) -> spark.Program:
    return shipped(Store(clients.s3), S3Uri("local-backups", "spark"))


@pytest.fixture
def run_step(aws: StandIn) -> Callable[..., str]:
    """What a step's driver has said, when the step is COMPLETED; *meanwhile* is called until it is true."""

    def run(step: dict[str, Any], meanwhile: Callable[[], object] = lambda: True) -> str:
        emr, s3 = aws.client("emr"), aws.client("s3")
        id = emr.run_job_flow(**{**cluster([], True), "Applications": [{"Name": spark.APPLICATION}], "Steps": [step]})["JobFlowId"]
        until(meanwhile, SPARK_SECONDS)
        until(lambda: _step(emr, id)["Status"]["State"] not in ("PENDING", "RUNNING"), SPARK_SECONDS)
        said = log(s3, id, _step(emr, id)["Id"]) + log(s3, id, _step(emr, id)["Id"], "stderr")
        assert _step(emr, id)["Status"]["State"] == "COMPLETED", said
        emr.terminate_job_flows(JobFlowIds=[id])
        return said

    return run


def _step(emr: Any, cluster: str) -> Any:
    return emr.list_steps(ClusterId=cluster)["Steps"][0]


def read(clients: Clients, uri: S3Uri) -> Any:
    return json.loads(Store(clients.s3).read(uri) or b"null")


def outcome(clients: Clients, folder: S3Uri) -> tuple[bool, int]:
    told = Store(clients.s3).load(folder / spark.OUTCOME, spark.Outcome)
    assert told
    return told.ok, told.items


def contents(manifest: Any) -> list[tuple[str, int, str]]:
    """What the parts hold, whoever packed them."""
    return [(part["key"], part["items"], part["content_sha256"]) for part in manifest["parts"]]


def test_a_step_dumps_what_the_worker_dumps(clients: Clients, folder: S3Uri, program: spark.Program, dumped: Any, run_step: Any) -> None:
    left = folder / "data" / "part-7-0000.json.gz"  # by an earlier try
    Store(clients.s3).put(left, b"")

    said = run_step(spark.step("orders/1", program, spark.dump_task(REGION, "orders", folder, CUT, executors=2, units=500), 2))

    manifest = read(clients, folder / "manifest.json")
    assert contents(manifest) == contents(dumped)
    assert (manifest["engine"], manifest["items"], manifest["slices"]) == ("spark", 900, dumped["slices"])
    assert manifest["slices"] > CUT.segments  # slices that tasks have left to others were copied too
    assert Store(clients.s3).size(left) is None
    assert outcome(clients, folder) == (True, 900)
    assert "with nothing but its standard library and botocore" in said


def test_a_segment_of_a_lost_executor_is_read_again_and_nothing_is_doubled(
    aws: StandIn, clients: Clients, folder: S3Uri, program: spark.Program, dumped: Any, run_step: Any
) -> None:
    aws.set(spark_master="local-cluster[2,1,1024]")
    task = spark.dump_task(REGION, "orders", folder, CUT, executors=2, units=10)

    said = run_step(spark.step("orders/1", program, task, 2), meanwhile=lambda: _parts(clients, folder) and _kill_an_executor())

    assert "Lost executor" in said and "Lost task" in said
    assert contents(read(clients, folder / "manifest.json")) == contents(dumped)
    assert _parts(clients, folder) == sorted(part["key"] for part in dumped["parts"])


def _parts(clients: Clients, folder: S3Uri) -> list[str]:
    return sorted(folder.relative(uri) for uri, _ in Store(clients.s3).objects(folder / "data"))


def _kill_an_executor() -> bool:
    """One of those that this process has started, by way of the stand-in."""
    for process in psutil.Process().children(recursive=True):
        try:
            if any("CoarseGrainedExecutorBackend" in word for word in process.cmdline()):
                process.kill()
                return True
        except psutil.Error:  # it has just ended
            continue
    return False


def test_a_job_run_loads_what_was_dumped(
    aws: StandIn, clients: Clients, folder: S3Uri, dumped: Any, make_table: Callable[..., str], tmp_path: Path
) -> None:
    table, source = make_table("customer", "number"), S3Uri("local-backups", "spark/by-worker")
    clients.s3.put_object(Bucket="local-artifacts", Key="libraries.zip", Body=_libraries())
    program = shipped(Store(clients.s3), S3Uri("local-backups", "spark"), libraries="s3://local-artifacts/libraries.zip")
    spec = ServerlessSpec(role=f"arn:aws:iam::123456789012:role/{SERVERLESS_ROLE}")
    job = spark.job(program, spark.load_task(REGION, source, table, folder, executors=2, units=5000), 2)

    application = serverless.application(clients.serverless, spec)
    until(lambda: probes.application_ready(clients, application) is not None)
    id = serverless.start(clients.serverless, {"applicationId": application, **spec.run("run", table, 1, job, folder / "logs", 600)})
    ended = until(lambda: probes.job_runs_ended(clients, {"application": application, "job_runs": [id]}), SPARK_SECONDS)

    run = msgspec.convert(ended["job_runs"][id], JobRun)
    assert run.state == "SUCCESS", run.reason
    assert outcome(clients, folder) == (True, 900)
    assert contents(_dumped_by_worker(aws, clients, table, folder / "again")) == contents(dumped)
    assert "with msgspec" in _unpacked(clients, run.log.replace("stderr", "stdout"))


def _libraries() -> bytes:
    """An archive as docs/spark.md has it made, with the msgspec that is installed here."""
    made, found = io.BytesIO(), find_spec("msgspec")
    assert found and found.origin
    with zipfile.ZipFile(made, "w") as packed:
        for file in sorted(Path(found.origin).parent.iterdir()):
            if file.is_file():
                packed.write(file, f"msgspec/{file.name}")
    return made.getvalue()


def _unpacked(clients: Clients, log: str) -> str:
    return gzip.decompress(Store(clients.s3).read(S3Uri.parse(log)) or b"").decode()
