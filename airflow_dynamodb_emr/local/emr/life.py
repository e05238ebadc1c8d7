"""The life of one cluster: STARTING, BOOTSTRAPPING, RUNNING and WAITING, TERMINATING, the end; its steps on the way."""

from __future__ import annotations

import threading
import time

from airflow_dynamodb_emr.local.emr.cluster import ACTIVE, Cluster
from airflow_dynamodb_emr.local.emr.logs import Logs
from airflow_dynamodb_emr.local.emr.reasons import DONE, DONE_WITH_ERRORS, IDLE, PRIMARY_LOST, RECLAIMED, STEP_FAILURE
from airflow_dynamodb_emr.local.emr.runner import Runner
from airflow_dynamodb_emr.local.emr.running import Ended
from airflow_dynamodb_emr.local.emr.start import Start
from airflow_dynamodb_emr.local.emr.step import ENDED, Step
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.knobs import Knobs

_TICK_SECONDS = 0.2


class Life:
    """One thread for the cluster, and one for each step that runs."""

    def __init__(self, cluster: Cluster, runner: Runner, faults: Faults, knobs: Knobs) -> None:
        self._cluster, self._runner, self._faults, self._knobs = cluster, runner, faults, knobs
        self._logs = Logs(cluster.request.get("LogUri", ""), cluster.id)

    def begin(self) -> None:
        threading.Thread(target=self._live, name=self._cluster.id, daemon=True).start()

    def _live(self) -> None:
        with self._cluster.lock:
            Start(self._cluster, self._faults, self._knobs).run()
        idle_since: float | None = None
        with self._cluster.lock:
            while self._cluster.state in ACTIVE:
                busy = self._schedule()
                if busy:
                    self._reclaim_node()
                idle_since = None if busy else idle_since or time.monotonic()
                self._settle(idle_since)
                self._cluster.lock.wait(_TICK_SECONDS)
        self._end()

    def _schedule(self) -> bool:
        """Starts what may run now; whether anything runs."""
        running = sum(step.state in ("RUNNING", "CANCEL_PENDING") for step in self._cluster.steps)
        for step in [step for step in self._cluster.steps if step.state == "PENDING"][: max(0, self._cluster.concurrency - running)]:
            step.start()
            running += 1
            threading.Thread(target=self._run, args=(step,), name=step.id, daemon=True).start()
        return running > 0

    def _settle(self, idle_since: float | None) -> None:
        """The cluster's state after its steps'."""
        self._cluster.state = "WAITING" if idle_since else "RUNNING"
        if not idle_since:
            return
        limit = (self._cluster.idle_policy or {}).get("IdleTimeout")
        if not self._cluster.keep_alive:
            self._cluster.shut_down(DONE_WITH_ERRORS if any(step.state == "FAILED" for step in self._cluster.steps) else DONE)
        elif limit and time.monotonic() - idle_since >= limit * self._knobs.emr_idle_scale:
            self._cluster.shut_down(IDLE)

    def _reclaim_node(self) -> None:
        """The map tasks of a node that is gone run again elsewhere: no step ends for it."""
        nodes = (machine for pool in self._cluster.pools if pool.kind == "TASK" for machine in pool.machines)
        node = next((machine for machine in nodes if machine.up and machine.market == "SPOT"), None)
        if node and self._faults.take("reclaim_nodes", self._cluster.request["Name"]):
            node.up = False

    def _run(self, step: Step) -> None:
        for fault, reason in (("reclaim_clusters", RECLAIMED), ("kill_primary", PRIMARY_LOST)):
            if self._faults.take(fault, self._cluster.request["Name"]):
                self._cluster.shut_down(reason, lost=True)
                return
        try:
            ended = self._runner.run(step, self._cluster)
        except Exception as error:  # whatever it is, the step has an end
            ended = Ended(1, stderr=repr(error).encode())
        files = {"stdout": ended.stdout, "stderr": ended.stderr, "controller": f"INFO Step {step.id} ended with exit code {ended.code}\n".encode()}
        self._logs.ship(step.id, files, self._knobs.log_delay_seconds)
        with self._cluster.lock:
            self._finish(step, ended)
            self._cluster.lock.notify_all()

    def _finish(self, step: Step, ended: Ended) -> None:
        if step.state in ENDED:
            return
        if step.state == "CANCEL_PENDING":
            step.end("CANCELLED")
        elif ended.code == 0:
            step.end("COMPLETED")
        else:
            log = self._logs.of(step.id)
            step.end("FAILED", {"Reason": "Unknown Error.", "Message": ended.last_words, **({"LogFile": log} if log else {})})
            self._after_failure(step)

    def _after_failure(self, step: Step) -> None:
        if step.action == "TERMINATE_CLUSTER" and not self._cluster.protected:
            self._cluster.shut_down(STEP_FAILURE)
        elif step.action == "CANCEL_AND_WAIT":
            for other in self._cluster.steps:
                if other.state == "PENDING":
                    other.cancel()

    def _end(self) -> None:
        with self._cluster.lock:
            self._cluster.lock.wait_for(lambda: False, self._knobs.emr_end_seconds)
        self._cluster.kill()  # a step that ignored the polite signal
        with self._cluster.lock:
            assert self._cluster.reason
            self._cluster.state, self._cluster.ended = self._cluster.reason.state, time.time()
