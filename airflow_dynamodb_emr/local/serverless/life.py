"""The life of one job run: QUEUED while others run, PENDING and SCHEDULED while the application starts, RUNNING, and its end."""

from __future__ import annotations

import gzip
import signal
import threading

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.emr.jobs import Jobs
from airflow_dynamodb_emr.local.emr.running import Ended
from airflow_dynamodb_emr.local.serverless.application import Application
from airflow_dynamodb_emr.local.serverless.job_run import ENDED, JobRun

_TICK_SECONDS = 0.1
_FAILED = "Job failed, please check complete logs in configured logging destination. ExitCode: {}. Last few exceptions: {}"
_NO_ROLE = "Could not assume runtime role {} because it does not exist or isn't setup with the required trust relationship."


class Life:
    """A thread for each."""

    def __init__(self, application: Application, run: JobRun, jobs: Jobs) -> None:
        self._application, self._run, self._jobs = application, run, jobs
        self._lock = application.lock

    def begin(self) -> None:
        threading.Thread(target=self._live, name=self._run.id, daemon=True).start()

    def _live(self) -> None:
        if not self._admitted():
            return
        try:
            ended = self._ran()
        except Exception as error:  # whatever it is, the job run has an end
            ended = Ended(1, stderr=repr(error).encode())
        self._ship(ended)
        with self._lock:
            if self._run.state == "CANCELLING":
                self._run.become("CANCELLED", self._run.details)
            elif ended.code == 0:
                self._run.become("SUCCESS")
            else:
                self._run.become("FAILED", _FAILED.format(ended.code, ended.last_words))
            self._lock.notify_all()

    def _admitted(self) -> bool:
        """Whether it is to run, when it is its turn; what needs a role that is not there has failed."""
        with self._lock:
            while self._run.state not in ENDED and not self._has_turn():
                self._run.become("QUEUED")
                self._lock.wait()
            while self._run.state not in ENDED and self._application.state != "STARTED":
                self._run.become("PENDING")
                self._lock.wait(_TICK_SECONDS)
            if self._run.state not in ENDED:
                self._run.become("SCHEDULED")
            return self._run.state == "SCHEDULED" and self._has_role()

    def _has_turn(self) -> bool:
        active = self._application.active
        return active.index(self._run) < self._application.most_runs

    def _has_role(self) -> bool:
        role = self._run.request["executionRoleArn"]
        if moto_side.has_role(role.rpartition("/")[2]):
            return True
        self._run.become("FAILED", _NO_ROLE.format(role))
        self._lock.notify_all()
        return False

    def _ran(self) -> Ended:
        job = self._run.job
        problem = self._jobs.problem(job, self._run.name)
        if problem:
            return Ended(1, stderr=problem.encode())
        process = self._jobs.start(self._run.args, job, self._run.name)
        with self._lock:
            self._run.process = process
            if self._run.state in ENDED:  # cancelled since it was scheduled
                process.signal(signal.SIGKILL)
            else:
                self._run.become("RUNNING")
        overtime = threading.Timer(self._limit_seconds, self._expire)
        overtime.daemon = True
        overtime.start()
        ended = process.wait()
        overtime.cancel()
        if ended.code == 0:
            self._jobs.lose_data(job)
        return ended

    @property
    def _limit_seconds(self) -> float:
        return float(self._run.request.get("executionTimeoutMinutes", 720)) * 60 * self._jobs.knobs.emr_idle_scale

    def _expire(self) -> None:
        with self._lock:
            if self._run.state == "RUNNING":
                self._run.cancel(f"Job run was cancelled after {self._run.request.get('executionTimeoutMinutes', 720)} minutes")

    def _ship(self, ended: Ended) -> None:
        """To where it was said, and nowhere where nothing was, or what is not there."""
        try:
            folder = S3Uri.parse(self._run.logs) / "applications" / self._application.id / "jobs" / self._run.id / "SPARK_DRIVER"
        except BadInput:
            return
        if moto_side.has_bucket(folder.bucket):
            for name, content in (("stdout", ended.stdout), ("stderr", ended.stderr)):
                moto_side.put_object(folder / f"{name}.gz", gzip.compress(content, 1))
