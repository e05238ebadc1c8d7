"""Runs a step for real, as a child process; only the connector's jar is known, and stood in for by Python."""

from __future__ import annotations

import signal
from collections.abc import Mapping

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.emr.forks import Fork, Forks
from airflow_dynamodb_emr.local.emr.running import Ended
from airflow_dynamodb_emr.local.emr.step import Step, basename
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.knobs import Knobs

CONNECTOR_JAR = "emr-dynamodb-tools"


class Runner:
    """*environment* is what a child needs to find the stand-in."""

    def __init__(self, environment: Mapping[str, str], faults: Faults, knobs: Knobs) -> None:
        self._forks, self._faults, self._knobs = Forks(environment), faults, knobs

    def run(self, step: Step) -> Ended:
        """Returns when the process has ended; `step.process` is it meanwhile."""
        problem = self._problem(step)
        if problem:
            return Ended(1, stderr=problem.encode())
        step.process = self._start(step)
        if step.state != "RUNNING":  # cancelled since it was scheduled
            step.process.signal(signal.SIGKILL)
        ended = step.process.wait()
        if ended.code == 0:
            self._lose_data(step)
        return ended

    def close(self) -> None:
        """Nothing is started any more."""
        self._forks.close()

    def _problem(self, step: Step) -> str:
        """Why the step fails before it does anything."""
        if not basename(step.jar).startswith(CONNECTOR_JAR):
            return f"the stand-in for AWS runs only {CONNECTOR_JAR}*.jar, not {step.jar}"
        if not _is_there(step.jar):
            return f"Exception in thread main java.lang.RuntimeException: Error opening job jar: {step.jar}: file does not exist"
        if self._faults.take("fail_steps", step.table, step.name):
            return "java.lang.RuntimeException: this step fails because a test asked for it"
        return ""

    def _start(self, step: Step) -> Fork:
        """The connector, or what stands in for it, once it has slept as a test asks; one that hangs sleeps for ever."""
        hangs = self._faults.take("hang_steps", step.table, step.name)
        return self._forks.start(
            self._knobs.connector_module, step.args, None if hangs else self._faults.lasting("slow_steps", step.table, step.name)
        )

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
