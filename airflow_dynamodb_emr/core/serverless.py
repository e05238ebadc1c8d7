"""EMR Serverless: an application that all runs share, and a job run for each table; no cluster to make and none to end.

An application costs nothing by itself: it has machines only while job runs are under way, and stops when there have been none for a while.
"""

from __future__ import annotations

import re
from hashlib import sha256
from math import ceil
from typing import Any

from airflow_dynamodb_emr.core import names
from airflow_dynamodb_emr.core.cluster import OWNER_TAG
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri

USABLE = ["CREATING", "CREATED", "STARTING", "STARTED", "STOPPING", "STOPPED"]  # one that has stopped is started by a job run
READY = ["CREATED", "STARTING", "STARTED", "STOPPING", "STOPPED"]  # one that is being made takes none yet
LIVE = ["SUBMITTED", "PENDING", "SCHEDULED", "QUEUED", "RUNNING"]
SUCCESS = "SUCCESS"
_ENDED = [SUCCESS, "FAILED", "CANCELLED"]
_QUEUE_MINUTES = 720  # the longest there is: a backup starts all its job runs at once, and an application runs few at a time
_LONGEST_MINUTES = 10_080  # of a job run; release 7.11 and newer
_NO_TAG = re.compile(r"[^A-Za-z0-9 /_.:=+@-]")


class ServerlessSpec(Noun, frozen=True, kw_only=True):
    """What of an application people change."""

    role: str  # the ARN of the role that job runs work as
    application: str = ""  # the id of one's own; empty: one is made, and kept for all runs
    release: str = "emr-7.13.0"
    architecture: str = "X86_64"
    idle_minutes: int = 15
    logs_key: str = ""  # ARN of the KMS key that encrypts the logs

    @property
    def name(self) -> str:
        """Of the application that is made: those who want another release or architecture have another."""
        return f"{OWNER_TAG}/{self.release}/{self.architecture.lower()}"

    def request(self, ended: int) -> dict[str, Any]:
        """For CreateApplication; *ended*: how many of this name there were. So the token is the same for all who find the same."""
        return {
            "name": self.name,
            "releaseLabel": self.release,
            "type": "SPARK",
            "architecture": self.architecture,
            "clientToken": _token(self.name, str(ended)),
            "autoStartConfiguration": {"enabled": True},
            "autoStopConfiguration": {"enabled": True, "idleTimeoutMinutes": self.idle_minutes},
            "schedulerConfiguration": {"queueTimeoutMinutes": _QUEUE_MINUTES},
            "tags": {OWNER_TAG: "shared"},
        }

    def run(self, run: str, table: str, attempt: int, driver: dict[str, Any], logs: S3Uri, limit_seconds: float) -> dict[str, Any]:
        """For StartJobRun, but for the application. The token is made of run, table and attempt: who asks again gets the same job run.
        One that runs longer than *limit_seconds* is cancelled by EMR Serverless."""
        name, encrypted = names.step_name(table, attempt), {"encryptionKeyArn": self.logs_key} if self.logs_key else {}
        return {
            "clientToken": _token(run, name),
            "executionRoleArn": self.role,
            "name": name,
            "jobDriver": driver,
            "configurationOverrides": {"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": f"{logs}/", **encrypted}}},
            "executionTimeoutMinutes": min(_LONGEST_MINUTES, max(1, ceil(limit_seconds / 60))),
            "tags": {OWNER_TAG: _NO_TAG.sub("_", run)[-256:]},
        }


class JobRun(Noun, frozen=True, kw_only=True):
    """One as EMR Serverless shows it."""

    id: str
    name: str
    state: str
    reason: str = ""
    log: str = ""  # of its driver, in S3
    seconds: float = 0.0  # that it ran
    vcpu_hours: float = 0.0  # billed
    memory_gib_hours: float = 0.0

    @property
    def ended(self) -> bool:
        return self.state in _ENDED

    @property
    def done(self) -> bool:
        return self.state == SUCCESS


def driver_log(logs: str, application: str, run: str) -> str:
    """Where EMR Serverless puts what a job run's driver says on its standard error."""
    return f"{logs.rstrip('/')}/applications/{application}/jobs/{run}/SPARK_DRIVER/stderr.gz" if logs else ""


def _token(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
