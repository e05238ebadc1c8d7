"""YARN of one cluster: each step of the connector and of Spark that runs is an application, which may outlive the step."""

from __future__ import annotations

import signal
import threading

import msgspec

from airflow_dynamodb_emr.local.emr.job import Job
from airflow_dynamodb_emr.local.emr.running import Application, Ended
from airflow_dynamodb_emr.local.emr.step import Step
from airflow_dynamodb_emr.local.knobs import Knobs

_LAST_SECONDS = 10


class YarnApplication(msgspec.Struct, frozen=True, kw_only=True):
    """One that runs."""

    cluster: str
    id: str
    step: str  # of EMR, by id
    name: str
    kind: str  # MAPREDUCE or SPARK
    tags: list[str]  # in lower case, as YARN keeps them


class Yarn:
    """*started* is when the cluster was, in seconds: its applications are named by it."""

    def __init__(self, cluster: str, started: float) -> None:
        self._cluster, self._started = cluster, int(started * 1000)
        self._lock = threading.Lock()
        self._applications: dict[str, tuple[YarnApplication, Application]] = {}

    def submit(self, step: Step, job: Job, process: Application) -> None:
        tags = [tag for tag in job.tags.lower().split(",") if tag]
        with self._lock:
            id = f"application_{self._started}_{len(self._applications) + 1:04}"
            told = YarnApplication(cluster=self._cluster, id=id, step=step.id, name=job.name, kind=job.kind, tags=tags)
            self._applications[id] = told, process

    def running(self) -> list[YarnApplication]:
        with self._lock:
            return [application for application, process in self._applications.values() if not process.gone]

    def kill(self, id: str) -> bool:
        """False where it has ended already; raises KeyError where there was none."""
        _, process = self._applications[id]
        runs = not process.gone
        process.signal(signal.SIGKILL)
        process.join(_LAST_SECONDS)
        return runs

    def kill_all(self) -> None:
        """Returns when they are gone: the machines are."""
        for application in self.running():
            self.kill(application.id)


class Driver:
    """The process of a step on the primary node, which submitted an application and waits for it.

    A step that is cancelled ends this one. Whether that ends the application too, AWS does not say: the knob `yarn_outlives_steps` does. All the
    work is the application's, its commit included: one that is left behind goes on and finishes its files.
    """

    def __init__(self, application: Application, knobs: Knobs) -> None:
        self._application, self._knobs = application, knobs

    def signal(self, number: int) -> None:
        if self._knobs.yarn_outlives_steps:
            self._application.leave(number)
        else:
            self._application.signal(number)

    def wait(self) -> Ended:
        return self._application.wait()
