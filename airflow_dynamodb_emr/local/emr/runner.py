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
from airflow_dynamodb_emr.local.emr.jobs import Jobs
from airflow_dynamodb_emr.local.emr.running import Application, Ended
from airflow_dynamodb_emr.local.emr.step import Step, basename
from airflow_dynamodb_emr.local.emr.yarn import Driver
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.spark.submission import is_submission

CONNECTOR_JAR = "emr-dynamodb-tools"


class Runner:
    """*environment* is what a child needs to find the stand-in."""

    def __init__(self, environment: Mapping[str, str], faults: Faults, knobs: Knobs) -> None:
        self._knobs = knobs
        self._forks = Forks(environment)
        self._node = PrimaryNode(environment, knobs)
        self.jobs = Jobs(self._node, faults, knobs)

    def run(self, step: Step, cluster: Cluster) -> Ended:
        """Returns when the process has ended; `step.process` is it meanwhile."""
        job = Job.of(step.args)
        problem = _problem(step, cluster) or self.jobs.problem(job, step.name)
        if problem:
            return Ended(1, stderr=problem.encode())
        if step.jar == COMMAND_RUNNER and not is_submission(step.args):
            return self._command(step, cluster)
        ended = self._job(step, job, cluster)
        if ended.code == 0:
            self.jobs.lose_data(job)
        return ended

    def close(self) -> None:
        """Nothing is started any more."""
        self._forks.close()
        self._node.close()

    def _command(self, step: Step, cluster: Cluster) -> Ended:
        try:
            step.process = self._node.run(step.args, cluster.id)
        except OSError as error:
            return Ended(1, stderr=f"Cannot run program: {error}".encode())
        if step.state != "RUNNING":  # cancelled since it was scheduled
            step.process.signal(signal.SIGKILL)
        return step.process.wait()

    def _job(self, step: Step, job: Job, cluster: Cluster) -> Ended:
        process = self._started(step, job, cluster)
        cluster.yarn.submit(step, job, process)
        step.process = Driver(process, self._knobs)
        if step.state != "RUNNING":  # cancelled since it was scheduled, so that there never was an application
            process.signal(signal.SIGKILL)
        return process.wait()

    def _started(self, step: Step, job: Job, cluster: Cluster) -> Application:
        if step.jar == COMMAND_RUNNER:
            return self.jobs.start(step.args, job, step.name, cluster.id)
        return self._forks.start(self._knobs.connector_module, step.args, self.jobs.delay_seconds(job, step.name))


def _problem(step: Step, cluster: Cluster) -> str:
    """Why the step fails before it does anything."""
    if step.jar == COMMAND_RUNNER:
        lacking = is_submission(step.args) and not cluster.has("Spark")
        return f'Cannot run program "{step.args[0]}" (in directory "."): error=2, No such file or directory' if lacking else ""
    if not basename(step.jar).startswith(CONNECTOR_JAR):
        return f"the stand-in for AWS runs only {CONNECTOR_JAR}*.jar and {COMMAND_RUNNER}, not {step.jar}"
    if not _is_there(step.jar):
        return f"Exception in thread main java.lang.RuntimeException: Error opening job jar: {step.jar}: file does not exist"
    return ""


def _is_there(jar: str) -> bool:
    try:
        return moto_side.has_object(S3Uri.parse(jar))
    except BadInput:
        return False
