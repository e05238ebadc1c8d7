"""One submitter and one poll for all who wait for a step of the same cluster.

EMR allows half a call a second of AddJobFlowSteps, ListSteps and DescribeStep in an account and region, and ten ids in a ListSteps.
So the number of calls depends on time, not on the number of tables. Calls run in a thread: boto3 is enough, and aiobotocore,
which pins botocore, is not needed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws import clusters
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.aws.errors import is_throttled
from airflow_dynamodb_emr.core.steps import ACTIVE, COMPLETED
from airflow_dynamodb_emr.errors import ClusterFailed

log = logging.getLogger(__name__)
PAGE = 50  # steps that ListSteps answers at once
MOST_ACTIVE = 256  # steps of a cluster, pending and running
JOINED = ("PENDING", "RUNNING", COMPLETED)  # not one that is being cancelled
GATHER_SECONDS = 1.0  # a burst of tasks becomes one submission
PATIENCE = 10  # failed looks in a row before everybody is told


class ClusterWatch:
    """Follows the steps of one cluster for as long as somebody waits for one."""

    def __init__(self, connect: Callable[[], Clients], cluster: str, every: float, window: int) -> None:
        self._connect = connect
        self.cluster = cluster
        self.every = every  # seconds between two looks
        self.window = min(window, MOST_ACTIVE)  # steps that may be active at once
        self._waiting: dict[str, asyncio.Future[Step]] = {}  # step name -> who waits for it
        self._wanted: dict[str, dict[str, Any]] = {}  # step name -> step that nobody has submitted yet, as far as we know
        self._first: set[str] = set()  # names that go before others
        self._instead: dict[str, str] = {}  # name of an earlier attempt -> the name that is waited for
        self._following: dict[str, str] = {}  # step id -> the name that is waited for
        self._seen: dict[str, str] = {}  # step id -> name, of every step that was ever listed
        self._ended: list[Step] = []  # what the last look found
        self._task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return not self._waiting

    async def follow(self, step: dict[str, Any], earlier: list[str], first: bool = False) -> Step:
        """Submit *step* and wait for its end; an attempt named in *earlier* that is alive or has succeeded is joined instead.

        *first*: before those that wait for room already, because its table is raised and costs money while it waits.
        """
        name = step["Name"]
        future = self._waiting.setdefault(name, asyncio.get_running_loop().create_future())
        self._wanted[name] = step
        self._instead.update(dict.fromkeys(earlier, name))
        self._first.update({name} if first else ())
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
            self._task.add_done_callback(self._broke)
        try:
            return await asyncio.shield(future)
        finally:  # also when the waiting task was killed: then its step must not be submitted any more
            self._waiting.pop(name, None)
            self._wanted.pop(name, None)
            self._first.discard(name)

    async def _run(self) -> None:
        failures, pause = 0, min(GATHER_SECONDS, self.every)
        clients = await asyncio.to_thread(self._connect)
        while self._waiting and failures < PATIENCE:
            await asyncio.sleep(pause)
            try:
                await asyncio.to_thread(self._look, clients)
            except (ClientError, BotoCoreError) as error:
                hopeless = await asyncio.to_thread(self._hopeless, clients, error)
                # Throttling is cured by time, and must not be answered by asking more often.
                failures = PATIENCE if hopeless else failures + (not is_throttled(error))
                pause = self.every
                self._answer()  # a step may have ended all the same: what failed was the next submission
                self._told(error, failures)
            else:
                failures, pause = 0, self.every
                self._answer()

    def _told(self, error: Exception, failures: int) -> None:
        """A failed look is tried again, until it is one too many: then everybody who waits is told."""
        log.warning("cluster %s: look %s in a row failed: %s", self.cluster, failures, error)
        if failures >= PATIENCE:
            self._give_up(error)

    def _broke(self, task: asyncio.Task[None]) -> None:
        """Nobody goes on waiting for a watch that is no more."""
        error = None if task.cancelled() else task.exception()
        if error:
            log.error("cluster %s: the watch broke", self.cluster, exc_info=error)
            self._give_up(error)

    def _give_up(self, error: BaseException) -> None:
        failed = ClusterFailed(f"cluster {self.cluster}: {error}", "look at the cluster in EMR's console; a retry makes a new attempt")
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(failed)

    def _look(self, clients: Clients) -> None:
        """In the thread: find what is there, see what has ended, submit what is missing."""
        wanted = dict(self._wanted)  # what comes while we look is for the next look: nothing is submitted that was not looked for
        if wanted:
            self._discover(clients)
            self._join(clients, wanted)
        active = {step.id for step in clusters.list_steps(clients.emr, self.cluster, ACTIVE)}
        gone = [step for step, name in list(self._following.items()) if name in self._waiting and step not in active]
        self._ended = list(clusters.look_up(clients.emr, self.cluster, gone))
        self._submit(clients, wanted, self.window - len(active))

    def _discover(self, clients: Clients) -> None:
        """Newest first, page by page until one brings nothing new: what an earlier try, another triggerer or a lost answer left."""
        for page in clients.emr.get_paginator("list_steps").paginate(ClusterId=self.cluster):
            fresh = {step["Id"]: step["Name"] for step in page["Steps"] if step["Id"] not in self._seen}
            self._seen.update(fresh)
            if not fresh:
                break

    def _join(self, clients: Clients, wanted: dict[str, dict[str, Any]]) -> None:
        """Our own attempt, whatever became of it; an earlier one only while it lives or when it has succeeded."""
        earlier = [step for step, name in self._seen.items() if self._instead.get(name) in wanted]
        joined = {step: name for step, name in self._seen.items() if name in wanted}
        for step in clusters.look_up(clients.emr, self.cluster, earlier):
            if step.state in JOINED:
                joined[step.id] = self._instead[step.name]
        self._following.update(joined)
        for name in joined.values():
            self._wanted.pop(name, None)

    def _submit(self, clients: Clients, wanted: dict[str, dict[str, Any]], room: int) -> None:
        missing = [name for name in wanted if name in self._wanted]
        batch = [wanted[name] for name in sorted(missing, key=lambda name: name not in self._first)][: max(0, room)]
        if not batch:
            return
        submitted = clusters.submit(clients, self.cluster, batch)
        log.info("cluster %s: %s steps submitted, %s wait for room", self.cluster, len(submitted), len(self._wanted) - len(batch))
        self._following.update(submitted)
        self._seen.update(submitted)
        for name in submitted.values():
            self._wanted.pop(name, None)

    def _answer(self) -> None:
        for step in self._ended:
            future = self._waiting.get(self._following.get(step.id, ""))
            if future and not future.done() and not step.active:
                future.set_result(step)

    def _hopeless(self, clients: Clients, error: Exception) -> bool:
        """Whether waiting cures nothing: the cluster takes no more steps."""
        if is_throttled(error):
            return False
        try:
            return clusters.state(clients.emr, self.cluster)[0].startswith("TERMINAT")
        except (ClientError, BotoCoreError):
            return False
