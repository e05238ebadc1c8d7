"""AWS's own connector library and DynamoDB Local, fetched by Maven and run by Java; where these are missing the tests are skipped and say so."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3
import pytest

from reference.maven import Missing, libraries
from reference.oracle import Oracle, running
from reference.oracle import oracle as start_oracle

READY_SECONDS = 60


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    with _or_skipped(), start_oracle(tmp_path_factory.mktemp("oracle")) as started:
        yield started


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[str]:
    """Its URL."""
    with _or_skipped():
        jars, port = libraries("dynamodb-local"), _free_port()
    main = "software.amazon.dynamodb.services.local.main.ServerRunner"
    command = ["java", "-Xmx512m", f"-Djava.library.path={jars}", "-cp", f"{jars}/*", main]
    options = ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    with running([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _await(process, port)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def dynamodb(dynamodb_local: str) -> Any:
    return boto3.client("dynamodb", endpoint_url=dynamodb_local, region_name="us-east-1")


@contextmanager
def _or_skipped() -> Iterator[None]:
    try:
        yield
    except Missing as missing:
        pytest.skip(f"not held against AWS's own software: {missing}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[Any], port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"DynamoDB Local did not open port {port} within {READY_SECONDS} s (exit code {process.poll()})")
