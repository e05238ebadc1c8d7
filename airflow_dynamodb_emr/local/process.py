"""Starts the stand-in as a process of its own, for tests and demos; needs boto3, not moto."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import boto3
import msgspec
from botocore.credentials import Credentials

from airflow_dynamodb_emr.local.emr.yarn import YarnApplication
from airflow_dynamodb_emr.local.knobs import variable
from airflow_dynamodb_emr.local.record import CapacityChange
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint

_READY_SECONDS, _STOP_SECONDS = 120, 10


@dataclass(frozen=True)
class StandIn:
    """A stand-in that runs. *env* is what to set so that AWS clients and Airflow find it."""

    url: str
    env: dict[str, str]

    def client(self, service: str, **options: Any) -> Any:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return boto3.client(service, **{"endpoint_url": self.url, "region_name": "us-east-1", **keys, **options})  # type: ignore[call-overload]

    @property
    def endpoint(self) -> Endpoint:
        """For the copy engine."""
        return Endpoint(self.url, "us-east-1", Credentials("testing", "testing"))

    def faults(self, **kinds: Any) -> None:
        """What shall go wrong, as `faults.KINDS` lists it; a kind that is given replaces what was due of it."""
        self._say("faults", kinds)

    def set(self, **knobs: Any) -> None:
        """As in `knobs.Knobs`."""
        self._say("knobs", knobs)

    def calls(self) -> dict[str, int]:
        """How often each operation was called, as in {"emr.ListSteps": 12}."""
        return msgspec.json.decode(self._ask("calls"), type=dict[str, int])

    def refusals(self) -> dict[str, int]:
        """How often an operation was refused because it was one request too many (knob `emr_rate_scale`), in the form of `calls`."""
        return msgspec.json.decode(self._ask("refusals"), type=dict[str, int])

    def troubles(self) -> dict[str, dict[str, int]]:
        """What came by chance since fault `trouble` was set, as in {"dynamodb.Scan": {"throttle": 12, "cut": 2}}."""
        return msgspec.json.decode(self._ask("trouble"), type=dict[str, dict[str, int]])

    def yarn(self) -> list[YarnApplication]:
        """The YARN applications that run, of all clusters."""
        return msgspec.json.decode(self._ask("yarn"), type=list[YarnApplication])

    def reset_calls(self) -> None:
        """Calls and refusals."""
        self._say("calls/reset", {})

    def capacity(self) -> list[CapacityChange]:
        """Each change of provisioned throughput that was accepted, in order: what the stand-in itself knows of spikes and resets."""
        return msgspec.json.decode(self._ask("capacity"), type=list[CapacityChange])

    def reset_capacity(self) -> None:
        """Forget what was: the record then begins with what each table and index has now."""
        self._say("capacity/reset", {})

    def _ask(self, what: str) -> bytes:
        with urllib.request.urlopen(f"{self.url}/local/{what}", timeout=30) as answer:
            return bytes(answer.read())

    def _say(self, what: str, body: dict[str, Any]) -> None:
        request = urllib.request.Request(f"{self.url}/local/{what}", msgspec.json.encode(body), method="POST")
        with urllib.request.urlopen(request, timeout=30):
            pass


@contextmanager
def stand_in(fleet: int = 0, port: int = 0, **knobs: Any) -> Iterator[StandIn]:
    """Raises RuntimeError when it does not come up. No process of it is left afterwards, nor when this process is killed."""
    command = [sys.executable, "-m", "airflow_dynamodb_emr.local", "--port", str(port), "--fleet", str(fleet), "--until-eof"]
    environment = {**os.environ, **{variable(name): str(value) for name, value in knobs.items()}}
    # Nothing is ever written to its standard input: the kernel closes our end when we are gone, however we went.
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment, start_new_session=True)
    try:
        yield _await_ready(process)
    finally:
        _stop(process)


def _await_ready(process: subprocess.Popen[str]) -> StandIn:
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    env: dict[str, str] = {}
    while True:
        try:
            line = lines.get(timeout=_READY_SECONDS)
        except queue.Empty:
            raise RuntimeError(f"the stand-in for AWS is not ready after {_READY_SECONDS} s") from None
        if not line:
            raise RuntimeError(f"the stand-in for AWS ended with exit code {process.wait()} before it was ready")
        word, _, rest = line.strip().partition(" ")
        if word == "ready":
            return StandIn(rest, env)
        if word == "export":
            name, _, value = rest.partition("=")
            env[name] = value


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """To the end, so that the pipe never fills; an empty line is the end."""
    assert process.stdout
    for line in process.stdout:
        lines.put(line)
    lines.put("")


def _stop(process: subprocess.Popen[str]) -> None:
    """The group too: steps run in it."""
    process.send_signal(signal.SIGTERM)
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
