"""One job run: what was asked, the state it is in, and how AWS describes it."""

from __future__ import annotations

import shlex
import signal
import time
from typing import Any

from airflow_dynamodb_emr.local.emr.job import Job
from airflow_dynamodb_emr.local.emr.running import Running
from airflow_dynamodb_emr.local.http.protocol import ACCOUNT, Request
from airflow_dynamodb_emr.local.serverless.ids import new_id
from airflow_dynamodb_emr.local.spark.submission import PROGRAM

ENDED = ("SUCCESS", "FAILED", "CANCELLED")


class JobRun:
    """*request* is that of StartJobRun. Whoever changes the state holds the application's lock."""

    def __init__(self, request: Request, release: str, region: str) -> None:
        self.id, self.request, self.release = new_id(), request, release
        application = request["applicationId"]
        self.arn = f"arn:aws:emr-serverless:{region}:{ACCOUNT}:/applications/{application}/jobruns/{self.id}"
        self.state, self.details = "SUBMITTED", ""
        self.created = self.updated = time.time()
        self.started: float | None = None
        self.ended: float | None = None
        self.process: Running | None = None

    @property
    def name(self) -> str:
        return str(self.request.get("name", ""))

    @property
    def args(self) -> list[str]:
        """The command that it comes to."""
        submit = self.request["jobDriver"]["sparkSubmit"]
        return [PROGRAM, *shlex.split(submit.get("sparkSubmitParameters", "")), submit["entryPoint"], *submit.get("entryPointArguments", [])]

    @property
    def job(self) -> Job:
        return Job.of(self.args)

    @property
    def logs(self) -> str:
        overrides = self.request.get("configurationOverrides") or {}
        return str(overrides.get("monitoringConfiguration", {}).get("s3MonitoringConfiguration", {}).get("logUri", ""))

    def become(self, state: str, details: str = "") -> None:
        self.state, self.details, self.updated = state, details[:256], time.time()
        if state == "RUNNING":
            self.started = self.updated
        if state in ENDED:
            self.ended = self.updated

    def cancel(self, details: str = "JobRun CANCELLED", hard: bool = False) -> None:
        """One that runs is CANCELLED when its process has ended."""
        self.become("CANCELLING" if self.process else "CANCELLED", details)
        if self.process:
            self.process.signal(signal.SIGKILL if hard else signal.SIGTERM)

    def summary(self) -> dict[str, Any]:
        return {
            **({"name": self.name} if self.name else {}),
            "applicationId": self.request["applicationId"],
            "arn": self.arn,
            "createdBy": f"arn:aws:iam::{ACCOUNT}:user/stand-in",
            "createdAt": self.created,
            "updatedAt": self.updated,
            "executionRole": self.request["executionRoleArn"],
            "state": self.state,
            "stateDetails": self.details,
            "releaseLabel": self.release,
            "mode": "BATCH",
            "attempt": 1,
        }

    def description(self) -> dict[str, Any]:
        echoed = ("configurationOverrides", "executionTimeoutMinutes", "jobDriver", "tags")
        times = {"startedAt": self.started, "endedAt": self.ended}
        return {
            **self.summary(),
            "jobRunId": self.id,
            **{name: self.request[name] for name in echoed if name in self.request},
            **{name: value for name, value in times.items() if value is not None},
            "totalExecutionDurationSeconds": round(self._seconds),
            **({"billedResourceUtilization": self._billed()} if self.ended else {}),
        }

    @property
    def _seconds(self) -> float:
        return (self.ended or time.time()) - self.started if self.started else 0.0

    def _billed(self) -> dict[str, float]:
        """As if every worker that it may have had been there all the time; a minute at least."""
        hours = max(60.0, self._seconds) / 3600 if self.started else 0.0
        workers = 1 + self.job.executors
        return {"vCPUHour": workers * hours, "memoryGBHour": 2 * workers * hours, "storageGBHour": 0.0}
