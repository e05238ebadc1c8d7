"""Runs a step for real, as a child process; only the connector's jar is known, and stood in for by Python."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.emr.step import Step, basename
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.knobs import Knobs

CONNECTOR_JAR = "emr-dynamodb-tools"
_FOREVER = ["-c", "import signal; signal.pause()"]


@dataclass(frozen=True)
class Ended:
    """What a step's process left behind."""

    code: int
    stdout: bytes = b""
    stderr: bytes = b""

    @property
    def last_words(self) -> str:
        return self.stderr.decode(errors="replace").strip()[-300:] or f"exit code {self.code}"


class Runner:
    """*environment* is what a child needs to find the stand-in."""

    def __init__(self, environment: Mapping[str, str], faults: Faults, knobs: Knobs) -> None:
        self._environment, self._faults, self._knobs = environment, faults, knobs

    def run(self, step: Step) -> Ended:
        """Returns when the process has ended; `step.process` is it meanwhile."""
        problem = self._problem(step)
        if problem:
            return Ended(1, stderr=problem.encode())
        ended = self._wait(step, self._command(step))
        if ended.code == 0:
            self._lose_data(step)
        return ended

    def _problem(self, step: Step) -> str:
        """Why the step fails before it does anything."""
        if not basename(step.jar).startswith(CONNECTOR_JAR):
            return f"the stand-in for AWS runs only {CONNECTOR_JAR}*.jar, not {step.jar}"
        if not _is_there(step.jar):
            return f"Exception in thread main java.lang.RuntimeException: Error opening job jar: {step.jar}: file does not exist"
        if self._faults.take("fail_steps", step.table, step.name):
            return "java.lang.RuntimeException: this step fails because a test asked for it"
        return ""

    def _command(self, step: Step) -> list[str]:
        if self._faults.take("hang_steps", step.table, step.name):
            return [sys.executable, *_FOREVER]
        return [sys.executable, "-m", self._knobs.connector_module, *step.args]

    def _wait(self, step: Step, command: list[str]) -> Ended:
        # The child stays in the server's process group: whoever ends the group leaves nothing behind.
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **self._environment}
        ) as process:
            step.process = process
            if step.state != "RUNNING":  # cancelled since it was scheduled
                process.kill()
            stdout, stderr = process.communicate()
        return Ended(process.returncode, stdout, stderr)

    def _lose_data(self, step: Step) -> None:
        lost = self._faults.take("lose_data", step.table, all_at_once=True)
        if lost:
            folder = S3Uri.parse(step.positional[0])
            data = [key for key in moto_side.keys_in(folder) if basename(key) not in ("manifest", "_SUCCESS")]
            for key in data[:lost]:
                moto_side.delete_object(folder.bucket, key)


def _is_there(jar: str) -> bool:
    try:
        return moto_side.has_object(S3Uri.parse(jar))
    except BadInput:
        return False
