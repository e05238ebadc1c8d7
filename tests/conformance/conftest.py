"""AWS's own connector library and DynamoDB Local, fetched by Maven and run by Java; where these are missing the tests are skipped and say so."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3
import pytest

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airflow-dynamodb-emr"
JAVA_AT_LEAST = 17
READY_SECONDS = 60


class Oracle:
    """The connector's library in a Java process, which is asked by lines of JSON."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process, self._log = process, log

    def ask(self, **request: Any) -> dict[str, Any]:
        """The answer; {"failed": reason} where the library raised."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the Java process ended:\n{self.log()[-3000:]}"
        return json.loads(answer)  # type: ignore[no-any-return]

    def log(self) -> str:
        return self._log.read_text(errors="replace")


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    log = tmp_path_factory.mktemp("oracle") / "stderr"
    libraries = f"{_libraries('connector')}/*"
    classes = tmp_path_factory.mktemp("classes")
    subprocess.run(["javac", "-d", str(classes), "-cp", libraries, str(HERE / "Oracle.java")], check=True)
    command = ["java", "-Xmx512m", "-cp", f"{libraries}:{classes}", "Oracle"]
    with (
        log.open("w") as stderr,
        _running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True, encoding="utf-8") as process,
    ):
        yield Oracle(process, log)


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[str]:
    """Its URL."""
    libraries, port = _libraries("dynamodb-local"), _free_port()
    main = "software.amazon.dynamodb.services.local.main.ServerRunner"
    command = ["java", "-Xmx512m", f"-Djava.library.path={libraries}", "-cp", f"{libraries}/*", main]
    options = ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    with _running([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _await(process, port)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def dynamodb(dynamodb_local: str) -> Any:
    return boto3.client("dynamodb", endpoint_url=dynamodb_local, region_name="us-east-1")


def _libraries(profile: str) -> Path:
    """The jars of a profile of pom.xml; fetched once for each version of it."""
    if not shutil.which("mvn") or _java_version() < JAVA_AT_LEAST:
        pytest.skip(f"not held against AWS's own software: a JDK {JAVA_AT_LEAST} or newer and Maven are needed")
    folder = CACHE / f"{profile}-{hashlib.sha256((HERE / 'pom.xml').read_bytes()).hexdigest()[:12]}"
    if not folder.is_dir():
        _fetch(profile, folder)
    return folder


def _java_version() -> int:
    """Of the compiler; 0 where there is none."""
    if not shutil.which("javac"):
        return 0
    said = subprocess.run(["javac", "-version"], capture_output=True, text=True, check=False)
    found = re.search(r"javac (\d+)", said.stdout + said.stderr)
    return int(found[1]) if found else 0


def _fetch(profile: str, folder: Path) -> None:
    """Into a folder of its own, renamed when it is whole: other test runs may fetch at the same time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        part = Path(scratch) / "jars"
        command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "-P", profile, "dependency:copy-dependencies", f"-DoutputDirectory={part}"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            pytest.skip(f"not held against AWS's own software: Maven could not fetch it: {ran.stdout.strip()[:300]}")
        with suppress(OSError):  # another run was first
            part.rename(folder)


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


@contextmanager
def _running(command: list[str], **how: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that does not outlive the tests."""
    with subprocess.Popen(command, **how) as process:
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
