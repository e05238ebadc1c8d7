"""The stand-in as a process: what it prints, what it holds from the start, and that it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from airflow_dynamodb_emr.local.process import StandIn, stand_in
from tests.local.helpers import cluster, until


def test_it_tells_what_to_set(shared: StandIn) -> None:
    assert shared.env == {
        "AWS_ENDPOINT_URL": shared.url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AIRFLOW__DYNAMODB_EMR__BASE": "s3://local-backups/dynamodb",
        "AIRFLOW__DYNAMODB_EMR__CONNECTOR_JAR": "s3://local-artifacts/emr-dynamodb-tools-5.6.0.jar",
        "AIRFLOW__DYNAMODB_EMR__REGION": "us-east-1",
        "AIRFLOW__DYNAMODB_EMR__EMR_RATE": "1000",
        "AIRFLOW__DYNAMODB_EMR__SERVERLESS_ROLE": "arn:aws:iam::123456789012:role/EMR_Serverless_JobRuns",
    }


def test_buckets_jar_and_roles_are_there_from_the_start(shared: StandIn, s3: Any) -> None:
    iam = shared.client("iam")

    assert {"local-backups", "local-artifacts"} <= {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    assert s3.head_object(Bucket="local-artifacts", Key="emr-dynamodb-tools-5.6.0.jar")["ContentLength"] > 0
    assert iam.get_role(RoleName="EMR_DefaultRole")["Role"]["RoleName"] == "EMR_DefaultRole"
    profile = iam.get_instance_profile(InstanceProfileName="EMR_EC2_DefaultRole")["InstanceProfile"]
    assert [role["RoleName"] for role in profile["Roles"]] == ["EMR_EC2_DefaultRole"]
    assert shared.client("sts").get_caller_identity()["Account"] == "123456789012"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_with_status_0_and_with_its_steps(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "endless.py").write_text("import os, pathlib, time; pathlib.Path(__file__).with_name(f'{os.getpid()}.pid').touch(); time.sleep(60)")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "LOCAL_CONNECTOR_MODULE": "endless", "LOCAL_EMR_START_SECONDS": "0"}
    command = [sys.executable, "-m", "airflow_dynamodb_emr.local", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        url = next(line for line in server.stdout if line.startswith("ready")).split()[1]
        StandIn(url, {}).client("emr").run_job_flow(**{**cluster([["wait"], ["wait"]], True), "StepConcurrencyLevel": 2})
        until(lambda: len(_running(tmp_path)) == 2)
        helpers = psutil.Process(server.pid).children(recursive=True)

        server.send_signal(number)

        assert server.wait(10) == 0
        until(lambda: not _running(tmp_path) and not any(helper.is_running() for helper in helpers))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_does_not_outlive_the_process_that_started_it(number: signal.Signals) -> None:
    code = f"""
import os
from {stand_in.__module__} import stand_in
with stand_in() as aws:
    print(aws.url, flush=True)
    os.kill(os.getpid(), {int(number)})
"""
    starter = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False)
    port = int(starter.stdout.strip().rpartition(":")[2])

    assert starter.returncode == -number
    until(lambda: not _listening(port))


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _running(folder: Path) -> list[int]:
    """Those of the processes that left a file there."""
    return [int(file.stem) for file in folder.glob("*.pid") if psutil.pid_exists(int(file.stem))]


def test_one_that_cannot_start_says_so(shared: StandIn) -> None:
    taken = int(shared.url.rpartition(":")[2])

    with pytest.raises(RuntimeError, match="ended with exit code 1"), stand_in(port=taken):
        pass


def test_it_listens_on_this_machine_only_unless_told(shared: StandIn) -> None:
    port = int(shared.url.rpartition(":")[2])

    listening = [c.laddr.ip for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN and c.laddr.port == port]

    assert listening == ["127.0.0.1"]
