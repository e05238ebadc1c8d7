"""One EMR step: what was asked, the state it is in, and how AWS describes it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from typing import Any

from airflow_dynamodb_emr.local.emr.ids import new_id
from airflow_dynamodb_emr.local.emr.running import Running
from airflow_dynamodb_emr.local.http.protocol import Request

ENDED = ("COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED")


@dataclass
class Step:
    """*request* is a StepConfig. Whoever changes the state holds the cluster's lock."""

    request: Request
    id: str = field(default_factory=lambda: new_id("s-"))
    state: str = "PENDING"
    failure: dict[str, str] | None = None
    created: float = field(default_factory=time.time)
    started: float | None = None
    ended: float | None = None
    process: Running | None = None

    @property
    def name(self) -> str:
        return str(self.request["Name"])

    @property
    def jar(self) -> str:
        return str(self.request["HadoopJarStep"]["Jar"])

    @property
    def args(self) -> list[str]:
        """As the jar's main gets them: a jar without a main class takes the class from the first argument."""
        jar = self.request["HadoopJarStep"]
        return [*([jar["MainClass"]] if jar.get("MainClass") else []), *jar.get("Args", [])]

    @property
    def action(self) -> str:
        action = self.request.get("ActionOnFailure", "TERMINATE_CLUSTER")
        return "TERMINATE_CLUSTER" if action == "TERMINATE_JOB_FLOW" else str(action)

    def start(self) -> None:
        self.state, self.started = "RUNNING", time.time()

    def end(self, state: str, failure: dict[str, str] | None = None) -> None:
        self.state, self.failure, self.ended = state, failure, time.time()

    def signal(self, number: int) -> None:
        if self.process:
            self.process.signal(number)

    def cancel(self, hard: bool = False) -> bool:
        """False where it is too late."""
        if self.state == "PENDING":
            self.end("CANCELLED")
        elif self.state == "RUNNING":
            self.state = "CANCEL_PENDING"
            self.signal(signal.SIGKILL if hard else signal.SIGTERM)
        else:
            return False
        return True

    def describe(self) -> dict[str, Any]:
        jar = self.request["HadoopJarStep"]
        config = {
            "Jar": self.jar,
            "Args": jar.get("Args", []),
            "MainClass": jar.get("MainClass"),
            "Properties": {p["Key"]: p["Value"] for p in jar.get("Properties", [])},
        }
        return {"Id": self.id, "Name": self.name, "ActionOnFailure": self.action, "Config": _given(config), "Status": self._status()}

    def _status(self) -> dict[str, Any]:
        timeline = {"CreationDateTime": self.created, "StartDateTime": self.started, "EndDateTime": self.ended}
        return _given({"State": self.state, "StateChangeReason": {}, "FailureDetails": self.failure, "Timeline": _given(timeline)})


def basename(uri: str) -> str:
    return os.path.basename(uri)  # noqa: PTH119 - a path in S3, not on this machine


def _given(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
