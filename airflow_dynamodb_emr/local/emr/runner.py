"""Runs a step for real, as a child process: the connector's jar, which Python stands in for, a Spark application, or a command."""

from __future__ import annotations

import signal
from collections.abc import Mapping

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.emr.cluster import Cluster
from airflow_dynamodb_emr.local.emr.commands import COMMAND_RUNNER, PrimaryNode
from airflow_dynamodb_emr.local.emr.forks import Forks
from airflow_dynamodb_emr.local.emr.job import Job
from airflow_dynamodb_emr.local.emr.running import Application, Ended
from airflow_dynamodb_emr.local.emr.step import Step, basename
from airflow_dynamodb_emr.local.emr.yarn import Driver
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.spark.submission import is_submission

CONNECTOR_JAR = "emr-dynamodb-tools"
_NO_DATA = ("manifest", "manifest.json", "_SUCCESS")


class Runner:
    """*environment* is what a child needs to find the stand-in."""

    def __init__(self, environment: Mapping[str, str], faults: Faults, knobs: Knobs) -> None:
        self._environment, self._faults, self._knobs = environment, faults, knobs
        self._forks = Forks(environment)
        self.node = PrimaryNode(environment, knobs)

    def run(self, step: Step, cluster: Cluster) -> Ended:
        """Returns when the process has ended; `step.process` is it meanwhile."""
        job = Job.of(step.args)
        problem = self._problem(step, job, cluster)
        if problem:
            return Ended(1, stderr=problem.encode())
        if step.jar == COMMAND_RUNNER and not is_submission(step.args):
            return self._command(step, cluster)
        ended = self._job(step, job, cluster)
        if ended.code == 0:
            self._lose_data(job)
        return ended

    def close(self) -> None:
        """Nothing is started any more."""
        self._forks.close()
        self.node.close()

    def _problem(self, step: Step, job: Job, cluster: Cluster) -> str:
        """Why the step fails before it does anything."""
        if step.jar != COMMAND_RUNNER and not basename(step.jar).startswith(CONNECTOR_JAR):
            return f"the stand-in for AWS runs only {CONNECTOR_JAR}*.jar and {COMMAND_RUNNER}, not {step.jar}"
        if step.jar != COMMAND_RUNNER and not _is_there(step.jar):
            return f"Exception in thread main java.lang.RuntimeException: Error opening job jar: {step.jar}: file does not exist"
        if step.jar == COMMAND_RUNNER and is_submission(step.args) and not cluster.has("Spark"):
            return f'Cannot run program "{step.args[0]}" (in directory "."): error=2, No such file or directory'
        if self._faults.take("fail_steps", job.table, step.name):
            return "java.lang.RuntimeException: this step fails because a test asked for it"
        return ""

    def _command(self, step: Step, cluster: Cluster) -> Ended:
        try:
            step.process = self.node.run(step.args, cluster.id)
        except OSError as error:
            return Ended(1, stderr=f"Cannot run program: {error}".encode())
        if step.state != "RUNNING":  # cancelled since it was scheduled
            step.process.signal(signal.SIGKILL)
        return step.process.wait()

    def _job(self, step: Step, job: Job, cluster: Cluster) -> Ended:
        """Or what stands in for it. A slow step sleeps before it does anything; one that hangs sleeps for ever."""
        hangs = self._faults.take("hang_steps", job.table, step.name)
        seconds = None if hangs else self._faults.lasting("slow_steps", job.table, step.name)
        process = self._started(step, cluster, seconds)
        cluster.yarn.submit(step, job, process)
        step.process = Driver(process, self._knobs)
        if step.state != "RUNNING":  # cancelled since it was scheduled, so that there never was an application
            process.signal(signal.SIGKILL)
        return process.wait()

    def _started(self, step: Step, cluster: Cluster, seconds: float | None) -> Application:
        if step.jar != COMMAND_RUNNER:
            return self._forks.start(self._knobs.connector_module, step.args, seconds)
        late = ["sh", "-c", f'sleep {"infinity" if seconds is None else seconds} && exec "$@"', "sh"]
        return self.node.run(step.args if seconds == 0 else [*late, *step.args], cluster.id)

    def _lose_data(self, job: Job) -> None:
        lost = self._faults.take("lose_data", job.table, all_at_once=True)
        if lost:
            folder = S3Uri.parse(job.folder)
            data = [key for key in moto_side.keys_in(folder) if basename(key) not in _NO_DATA]
            for key in data[:lost]:
                moto_side.delete_object(folder.bucket, key)


def _is_there(jar: str) -> bool:
    try:
        return moto_side.has_object(S3Uri.parse(jar))
    except BadInput:
        return False
