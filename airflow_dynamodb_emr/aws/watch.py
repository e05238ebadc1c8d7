"""One submitter and one poll for all who wait for a step of the same cluster.

EMR allows half a call a second of AddJobFlowSteps, ListSteps and DescribeStep in an account and region, and ten ids in a ListSteps.
So the number of calls depends on time, not on the number of tables. Calls run in a thread: boto3 is enough, and aiobotocore,
which pins botocore, is not needed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timezone
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws import claims, clusters, together
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.aws.discovery import Known
from airflow_dynamodb_emr.aws.errors import is_throttled
from airflow_dynamodb_emr.aws.overruns import Overruns
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.aws.threads import off_loop
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.steps import COMPLETED
from airflow_dynamodb_emr.errors import ClusterFailed

log = logging.getLogger(__name__)
MOST_ACTIVE = 256  # steps of a cluster, pending and running
GATHER_SECONDS = 1.0  # a burst of tasks becomes one submission
PATIENCE = 10  # failed looks in a row before everybody is told
LONGEST_PAUSE_SECONDS = 300.0  # between two looks where EMR throttles


class Wish(Noun, frozen=True, kw_only=True):
    """A step that somebody wants to see through."""

    step: dict[str, Any]  # as AddJobFlowSteps takes it; an earlier attempt at its table that is alive, or has succeeded, is joined instead
    seconds: float = 0  # estimated: the longest goes first, or the cluster would end with one table on it
    limit_seconds: float = 86_400  # a step that runs longer is cancelled
    claim: str = ""  # where in S3 to say that one submits it: there may be two triggerers that both believe it is theirs

    @property
    def name(self) -> str:
        return str(self.step["Name"])


class ClusterWatch:
    """Follows the steps of one cluster for as long as somebody waits for one."""

    def __init__(self, connect: Callable[[], Clients], cluster: str, every: float, window: int) -> None:
        self._connect = connect
        self.cluster = cluster
        self.every = every  # seconds between two looks
        self.window = min(window, MOST_ACTIVE)  # steps that may be active at once
        self.lost = ""  # why, once the cluster takes no more steps
        self.overran = Overruns(cluster)
        self._waiting: dict[str, asyncio.Future[Step]] = {}  # step name -> who waits for it
        self._wanted: dict[str, Wish] = {}  # step name -> what nobody has submitted yet, as far as we know
        self._first: set[str] = set()  # names that go before others
        self._following: dict[str, str] = {}  # step id -> the name that is waited for
        self._limits: dict[str, float] = {}  # name -> seconds that its step may run
        self._known = Known(cluster)
        self._ended: list[Step] = []  # what the last look found
        self._task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return not self._waiting and not self.overran.unfinished

    async def follow(self, wish: Wish, before: Collection[str] = (), refused: Collection[str] = (), first: bool = False) -> Step:
        """Submit the step and wait for its end, or that of an earlier attempt that is alive or has succeeded.

        *before*: clusters that this one replaces, where an earlier attempt may have succeeded. *refused*: steps that succeeded, but
        what they did does not count. *first*: before those that wait for room already, because its table is raised and costs money
        while it waits. Raises ClusterFailed.
        """
        future = self._waiting.setdefault(wish.name, asyncio.get_running_loop().create_future())
        self._wanted[wish.name], self._limits[wish.name] = wish, wish.limit_seconds
        self._known.look_also_in(before, refused)
        self._first.update({wish.name} if first else ())
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
            self._task.add_done_callback(self._broke)
        try:
            return await asyncio.shield(future)
        finally:  # also when the waiting task was killed: then its step must not be submitted any more
            self._waiting.pop(wish.name, None)
            self._wanted.pop(wish.name, None)
            self._first.discard(wish.name)

    async def _run(self) -> None:
        failures, pause = 0, min(GATHER_SECONDS, self.every)
        clients = await off_loop(self._connect)
        while (self._waiting or self.overran.unfinished) and failures < PATIENCE:
            await asyncio.sleep(pause)
            try:
                await off_loop(self._look, clients)
            except (ClientError, BotoCoreError) as error:
                throttled = is_throttled(error)
                if not throttled:
                    await off_loop(self._notice_loss, clients)
                # Throttling is cured by time, and must be answered by asking less often.
                failures = PATIENCE if self.lost else failures + (not throttled)
                pause = min(2 * max(pause, self.every), LONGEST_PAUSE_SECONDS) if throttled else self.every
                self._answer()  # a step may have ended all the same: what failed was the next submission
                self._told(error, failures)
            else:
                failures, pause = 0, self.every
                self._answer()

    def _told(self, error: Exception, failures: int) -> None:
        """A failed look is tried again, until it is one too many: then everybody who waits is told."""
        log.warning("cluster %s: look %s in a row failed: %s", self.cluster, failures, error)
        if failures >= PATIENCE:
            self._give_up(self.lost or str(error))

    def _broke(self, task: asyncio.Task[None]) -> None:
        """Nobody goes on waiting for a watch that is no more."""
        error = None if task.cancelled() else task.exception()
        if error:
            log.error("cluster %s: the watch broke", self.cluster, exc_info=error)
            self._give_up(str(error))

    def _give_up(self, why: str) -> None:
        failed = ClusterFailed(f"cluster {self.cluster}: {why}", "look at the cluster in EMR's console; a retry makes a new attempt")
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(failed)

    def _look(self, clients: Clients) -> None:
        """In the thread: find what is there, see what has ended, submit what is missing."""
        wanted = dict(self._wanted)  # what comes while we look is for the next look: nothing is submitted that was not looked for
        self._known.refresh(clients)
        self._follow_what_is_there(self._known.attempts(clients, wanted.values()))
        followed = [step for step, name in list(self._following.items()) if name in self._waiting]
        active = self._known.active(clients, followed)
        self._ended = self._known.steps(clients, [step for step in followed if step not in active])
        if any(step.state != COMPLETED for step in self._ended):
            self._notice_loss(clients)
        self.overran.end(clients, list(active.values()), self._limit, datetime.now(timezone.utc))
        self._submit(clients, wanted, self.window - len(active))

    def _follow_what_is_there(self, found: dict[str, str]) -> None:
        """*found*: step id -> the name that is waited for."""
        self._following.update(found)
        for name in found.values():
            self._wanted.pop(name, None)

    def _submit(self, clients: Clients, wanted: dict[str, Wish], room: int) -> None:
        missing = [name for name in wanted if name in self._wanted]
        next_ones = sorted(missing, key=lambda name: (name not in self._first, -wanted[name].seconds))[: max(0, room)]
        claimed = self._claimed(clients, [wanted[name] for name in next_ones])
        if not claimed:
            return
        with claims.released_if_refused(Store(clients.s3), [claim for claim in claimed.values() if claim]):
            submitted = clusters.submit(clients, self.cluster, [wanted[name].step for name in claimed])
        log.info("cluster %s: %s steps submitted, %s wait for room", self.cluster, len(submitted), len(self._wanted) - len(claimed))
        self._follow_what_is_there(submitted)

    def _claimed(self, clients: Clients, wishes: list[Wish]) -> dict[str, S3Uri | None]:
        """Name -> our claim, of those that are ours to submit; another's appear among the cluster's steps at one of the next looks."""
        store, now = Store(clients.s3), datetime.now(timezone.utc)
        taken = together.each(lambda wish: claims.take(store, S3Uri.parse(wish.claim), now) if wish.claim else None, wishes)
        return {wish.name: claim for wish, claim in zip(wishes, taken, strict=True) if claim or not wish.claim}

    def _limit(self, step: Step) -> float | None:
        return self._limits.get(self._following.get(step.id, ""))

    def _answer(self) -> None:
        for step in self._ended:
            future = self._waiting.get(self._following.get(step.id, ""))
            if future and not future.done() and not step.active:
                future.set_result(step)

    def _notice_loss(self, clients: Clients) -> None:
        """Whether waiting cures nothing: the cluster takes no more steps."""
        try:
            status = clusters.status(clients.emr, self.cluster)
        except (ClientError, BotoCoreError) as error:  # then the next look fails too, and looks again
            log.warning("cluster %s: %s", self.cluster, error)
            return
        self.lost = f"it is {status.state}: {status.why}" if status.ended else ""
