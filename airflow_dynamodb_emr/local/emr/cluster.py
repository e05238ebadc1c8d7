"""One cluster: what was asked, the state it is in, its steps."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

from airflow_dynamodb_emr.local.emr.ids import new_id
from airflow_dynamodb_emr.local.emr.pools import Machine, Pool, pools
from airflow_dynamodb_emr.local.emr.reasons import USER_REQUEST, Reason
from airflow_dynamodb_emr.local.emr.step import ENDED, Step
from airflow_dynamodb_emr.local.emr.yarn import Yarn
from airflow_dynamodb_emr.local.http.protocol import Request

ACTIVE = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING")
_LAST_STEPS_SECONDS = 10


class Cluster:
    """*request* is that of RunJobFlow; `lock` guards the state of the cluster and of its steps, and wakes its thread."""

    def __init__(self, request: Request, region: str) -> None:
        self.id, self.request, self.region = new_id("j-"), request, region
        self.instances: Request = request["Instances"]
        self.pools: list[Pool] = pools(self.instances)
        self.subnet, self.zone = "", ""  # unknown until it is provisioned
        self.state = "STARTING"
        self.reason: Reason | None = None
        self.concurrency: int = request.get("StepConcurrencyLevel", 1)
        self.protected: bool = self.instances.get("TerminationProtected", False)
        self.keep_alive: bool = self.instances.get("KeepJobFlowAliveWhenNoSteps", False)
        self.tags = {tag["Key"]: tag.get("Value", "") for tag in request.get("Tags", [])}
        self.idle_policy: Request | None = request.get("AutoTerminationPolicy")
        self.scaling_policy: Request | None = request.get("ManagedScalingPolicy")
        self.created = time.time()
        self.yarn = Yarn(self.id, self.created)
        self.ready: float | None = None
        self.ended: float | None = None
        self.steps: list[Step] = [Step(step) for step in request.get("Steps", [])]
        self.lock = threading.Condition(threading.RLock())

    @property
    def subnets(self) -> list[str]:
        """Those it may be put into; none: the default VPC's."""
        return [*self.instances.get("Ec2SubnetIds", []), *filter(None, [self.instances.get("Ec2SubnetId")])]

    @property
    def primary(self) -> Machine:
        """Raises StopIteration before there is one."""
        return next(machine for pool in self.pools if pool.kind == "MASTER" for machine in pool.machines)

    def has(self, application: str) -> bool:
        """Whether it was asked to have this one installed."""
        return application.lower() in {each.get("Name", "").lower() for each in self.request.get("Applications", [])}

    def add(self, steps: list[Request]) -> list[Step]:
        with self.lock:
            new = [Step(step) for step in steps]
            self.steps += new
            self.lock.notify_all()
            return new

    def shut_down(self, reason: Reason, lost: bool = False) -> None:
        """*lost*: at once, because the machines are gone; the steps that run are interrupted."""
        with self.lock:
            if self.state not in ACTIVE:
                return
            self.state, self.reason = "TERMINATING", reason
            for step in self.steps:
                step.cancel(hard=lost)
                if lost and step.state == "CANCEL_PENDING":
                    step.end("INTERRUPTED")
            self.lock.notify_all()
        if lost:
            self.yarn.kill_all()

    def abandon(self) -> None:
        """No child process outlives this, and none is started any more."""
        self.shut_down(USER_REQUEST)
        self.kill()

    def kill(self) -> None:
        """What of its steps still runs; returns when they have ended."""
        for step in self.steps:
            step.signal(signal.SIGKILL)
        self.yarn.kill_all()
        with self.lock:
            self.lock.wait_for(lambda: all(step.state in ENDED for step in self.steps), _LAST_STEPS_SECONDS)

    def timeline(self) -> dict[str, Any]:
        times = {"CreationDateTime": self.created, "ReadyDateTime": self.ready, "EndDateTime": self.ended}
        return {name: time for name, time in times.items() if time is not None}
