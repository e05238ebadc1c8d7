"""One application: what was asked, the state it is in, its job runs."""

from __future__ import annotations

import threading
import time
from typing import Any

from airflow_dynamodb_emr.local.http.protocol import ACCOUNT, Request
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.serverless.ids import new_id
from airflow_dynamodb_emr.local.serverless.job_run import ENDED, JobRun

_ECHOED = (
    "name", "releaseLabel", "architecture", "tags", "autoStartConfiguration", "autoStopConfiguration", "schedulerConfiguration",
    "initialCapacity", "maximumCapacity", "networkConfiguration", "runtimeConfiguration", "monitoringConfiguration",
)  # fmt: skip


class Application:
    """*request* is that of CreateApplication; `lock` guards its state and that of its job runs, and wakes the threads of these."""

    def __init__(self, request: Request, region: str, knobs: Knobs) -> None:
        self.id, self.request, self.region = new_id(), {"architecture": "X86_64", **request}, region
        self._knobs = knobs
        self.created = self.updated = time.time()
        self._begins: float | None = None  # when it was started last; None: it is stopped, or was never started
        self._made = self._up = self._stopped = self.terminated = False
        self.runs: dict[str, JobRun] = {}  # by id, oldest first
        self.tokens: dict[str, JobRun] = {}
        self.lock = threading.Condition(threading.RLock())

    @property
    def state(self) -> str:
        with self.lock:
            self._pass_time()
            if self.terminated:
                return "TERMINATED"
            if not self._made:
                return "CREATING"
            if self._begins is None:
                return "STOPPED" if self._stopped else "CREATED"
            return "STARTED" if self._up else "STARTING"

    def _pass_time(self) -> None:
        """What has come about since it was looked at last; nobody can tell whether it did so earlier."""
        half = self._knobs.emr_start_seconds / 2
        self._made = self._made or time.time() >= self.created + half
        self._up = self._begins is not None and (self._up or time.time() >= self._begins + half)
        if self._up and self._is_idle():
            self.stop()

    @property
    def active(self) -> list[JobRun]:
        return [run for run in self.runs.values() if run.state not in ENDED]

    @property
    def auto_start(self) -> bool:
        return bool((self.request.get("autoStartConfiguration") or {}).get("enabled", True))

    @property
    def most_runs(self) -> int:
        asked = (self.request.get("schedulerConfiguration") or {}).get("maxConcurrentRuns", 15)
        return min(int(asked), max(1, int(self._knobs.serverless_runs)))

    def start(self) -> None:
        with self.lock:
            if self._begins is None:
                self._begins = time.time()
                self.lock.notify_all()

    def stop(self) -> None:
        with self.lock:
            self._begins, self._up, self._stopped = None, False, True

    def summary(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "arn": arn(self),
            "releaseLabel": self.request["releaseLabel"],
            "type": "Spark",
            "state": self.state,
            "createdAt": self.created,
            "updatedAt": self.updated,
            "architecture": self.request["architecture"],
            **({"name": self.request["name"]} if "name" in self.request else {}),
        }

    def description(self) -> dict[str, Any]:
        summary = self.summary()
        return {**{name: self.request[name] for name in _ECHOED if name in self.request}, **summary, "applicationId": summary.pop("id")}

    def _is_idle(self) -> bool:
        """For as long as its auto-stop says."""
        auto = self.request.get("autoStopConfiguration") or {}
        if self._begins is None or not auto.get("enabled", True) or self.active:
            return False
        idle_since = max([self._begins, *(run.ended or 0.0 for run in self.runs.values())])
        seconds: float = auto.get("idleTimeoutMinutes", 15) * 60 * self._knobs.emr_idle_scale
        return time.time() > idle_since + seconds


def arn(application: Application) -> str:
    return f"arn:aws:emr-serverless:{application.region}:{ACCOUNT}:/applications/{application.id}"
