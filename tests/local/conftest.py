"""One stand-in for all tests of this folder, with short waits; each test works in tables and clusters of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from airflow_dynamodb_emr.local.faults import KINDS
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from tests.local.helpers import MakeTable, RunCluster, cluster, throughput

KNOBS: dict[str, Any] = {
    "create_seconds": 0,
    "export_seconds": 0,
    "import_seconds": 0,
    "recovery_lag_seconds": 0,
    "update_seconds": 0,
    "delete_seconds": 0,
    "emr_start_seconds": 0.2,
    "emr_end_seconds": 0.1,
    "emr_idle_scale": 0.005,
    "emr_rate_scale": 0,
    "yarn_outlives_steps": 0,
    "log_delay_seconds": 0,
    "decrease_wait_seconds": 3600,
    "clock_ahead_seconds": 0,
    "autoscale_seconds": 0.3,
    "burst_seconds": 5,
    "page_seconds": 0,
}
# Stands in for the connector: `say TEXT`, `fail`, `write FOLDER TABLE`, `stubborn FILE`; anything else runs until ended, its process id in FILE.
_CONNECTOR = """
import os, pathlib, signal, sys, time
import boto3
word, *rest = [argument for argument in sys.argv[1:] if not argument.startswith("-D")]
if word == "say":
    print(rest[0]); print("counted", file=sys.stderr)
elif word == "fail":
    print("no space left on device", file=sys.stderr); sys.exit(1)
elif word == "write":
    bucket, _, folder = rest[0][5:].partition("/")
    for name in ("a", "b", "c", "manifest", "_SUCCESS"):
        boto3.client("s3").put_object(Bucket=bucket, Key=f"{folder}/{name}", Body=b"x")
else:
    if word == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if rest:
        pathlib.Path(rest[0]).write_text(str(os.getpid()))
    time.sleep(60)
"""


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    modules: Path = tmp_path_factory.mktemp("modules")
    (modules / "told_connector.py").write_text(_CONNECTOR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(modules))
        with stand_in(**KNOBS, connector_module="told_connector") as aws:
            yield aws


@pytest.fixture
def aws(shared: StandIn) -> Iterator[StandIn]:
    yield shared
    shared.faults(**dict.fromkeys(KINDS, 0))
    shared.set(**KNOBS)


@pytest.fixture(scope="session")
def dynamodb(shared: StandIn) -> Any:
    return shared.client("dynamodb", config=_once())


@pytest.fixture(scope="session")
def emr(shared: StandIn) -> Any:
    return shared.client("emr", config=_once())


@pytest.fixture(scope="session")
def s3(shared: StandIn) -> Any:
    return shared.client("s3")


@pytest.fixture(scope="session")
def autoscaling(shared: StandIn) -> Any:
    return shared.client("application-autoscaling", config=_once())


def _once() -> Any:
    """No retries: tests look at the first answer."""
    return Config(retries={"total_max_attempts": 1})


_numbers = itertools.count()


@pytest.fixture
def make_table(aws: StandIn, dynamodb: Any) -> MakeTable:
    """A table that is ACTIVE, by its name: provisioned with `units`, else on demand; *keys* are the types of hash and range key."""

    def make(units: tuple[int, int] | None = None, keys: str = "S", **more: Any) -> str:
        name = f"table{next(_numbers)}"
        names = dict(zip(("id", "at"), keys, strict=False))
        more["AttributeDefinitions"] = [{"AttributeName": n, "AttributeType": t} for n, t in names.items()] + more.get("AttributeDefinitions", [])
        schema = [{"AttributeName": n, "KeyType": k} for n, k in zip(names, ("HASH", "RANGE"), strict=False)]
        dynamodb.create_table(TableName=name, KeySchema=schema, **_billing(units), **more)
        return name

    return make


def _billing(units: tuple[int, int] | None) -> dict[str, Any]:
    return {"ProvisionedThroughput": throughput(*units)} if units else {"BillingMode": "PAY_PER_REQUEST"}


@pytest.fixture
def run_cluster(aws: StandIn, emr: Any) -> Iterator[RunCluster]:
    """Starts a cluster and gives its id; all are terminated after the test."""
    started: list[str] = []

    def run(steps: list[list[str]] | None = None, keep_alive: bool = True, **more: Any) -> str:
        started.append(emr.run_job_flow(**{**cluster(steps or [], keep_alive), **more})["JobFlowId"])
        return started[-1]

    yield run
    emr.terminate_job_flows(JobFlowIds=started)
