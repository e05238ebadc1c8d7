"""The two ways of waiting. Their class paths are stored in Airflow's database while tasks are deferred: this file never moves."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import msgspec
from airflow.triggers.base import BaseTrigger, TriggerEvent
from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws import clusters
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.probes import ON_KILL, PROBES, Answer
from airflow_dynamodb_emr.aws.threads import off_loop
from airflow_dynamodb_emr.aws.watch import PATIENCE, ClusterWatch, Wish
from airflow_dynamodb_emr.core.names import attempt_of
from airflow_dynamodb_emr.errors import DynamoDBBackupError
from airflow_dynamodb_emr.hooks import clients

log = logging.getLogger(__name__)


class _AwsTrigger(BaseTrigger):
    """Its event is a dict; *note* comes back in it, because of the operator that waits nothing else survives."""

    def __init__(self, connection: dict[str, Any], every: float, note: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.connection = connection  # what `hooks.clients` takes
        self.every = every  # seconds
        self.note = note

    def connect(self) -> Clients:
        return clients(**self.connection)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return f"{type(self).__module__}.{type(self).__name__}", self.arguments()

    def arguments(self) -> dict[str, Any]:
        return {"connection": self.connection, "every": self.every, "note": self.note}

    def event(self, answer: Answer) -> TriggerEvent:
        return TriggerEvent({**self.note, **answer})  # type: ignore[no-untyped-call]


class WaitTrigger(_AwsTrigger):
    """Asks one of `aws/probes.py` about *ref* until it answers. The event is its answer, or has `timeout` after *until* (seconds since 1970)."""

    def __init__(self, connection: dict[str, Any], every: float, note: dict[str, Any], probe: str, ref: Any, until: float) -> None:
        super().__init__(connection, every, note)
        self.probe, self.ref, self.until = probe, ref, until

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "probe": self.probe, "ref": self.ref, "until": self.until}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        yield self.event(await self._answer())

    async def _answer(self) -> Answer:
        aws, failures = await off_loop(self.connect), 0
        while time.time() < self.until:
            # Sleep first: whoever let go has just looked, and Airflow fails a task that is resumed before its executor
            # has said that it let go (https://github.com/apache/airflow/issues/72716).
            await asyncio.sleep(self.every)
            try:
                answer = await off_loop(PROBES[self.probe], aws, self.ref)
                failures = 0
            except (ClientError, BotoCoreError) as error:
                failures += 1
                log.warning("%s of %.100s: look %s in a row failed: %s", self.probe, self.ref, failures, error)
                answer = {"error": str(error)} if failures >= PATIENCE else None
            if answer is not None:
                return answer
        return {"timeout": True}

    async def on_kill(self) -> None:
        """What a task that was marked, cleared or killed would leave behind (Airflow calls this from 3.3 on)."""
        end = ON_KILL.get(self.probe)
        if end:
            await off_loop(lambda: end(self.connect(), self.ref))


class StepTrigger(_AwsTrigger):
    """Submits steps and waits for their ends, together with all others who wait for steps of this cluster.

    The event has `steps`: name that was wished for -> `id`, `name`, `state`, `reason` and `overran` of the step that ended, or
    `reason` alone where it could not be seen through; and `lost`: why, if the cluster takes no more steps.
    """

    _watches: ClassVar[dict[tuple[Any, ...], ClusterWatch]] = {}

    def __init__(
        self,
        connection: dict[str, Any],
        every: float,
        note: dict[str, Any],
        cluster: str,
        before: list[str],
        refused: list[str],
        wishes: list[dict[str, Any]],
        window: int,
        first: bool = False,
    ) -> None:
        super().__init__(connection, every, note)
        self.cluster, self.before, self.refused, self.wishes, self.window, self.first = cluster, before, refused, wishes, window, first

    def arguments(self) -> dict[str, Any]:
        where = {"cluster": self.cluster, "before": self.before, "refused": self.refused}
        return {**super().arguments(), **where, "wishes": self.wishes, "window": self.window, "first": self.first}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        watch, wishes = self._watch(), msgspec.convert(self.wishes, list[Wish])
        ended = await asyncio.gather(*(self._see_through(watch, wish) for wish in wishes))
        yield self.event({"steps": {wish.name: each for wish, each in zip(wishes, ended, strict=True)}, "lost": watch.lost})

    async def _see_through(self, watch: ClusterWatch, wish: Wish) -> dict[str, Any]:
        try:
            step = await watch.follow(wish, self.before, self.refused, self.first)
        except DynamoDBBackupError as error:
            return {"id": "", "name": "", "state": "", "reason": error.facts, "overran": False}
        return {"id": step.id, "name": step.name, "state": step.state, "reason": step.reason, "overran": step.id in watch.overran}

    def _watch(self) -> ClusterWatch:
        """The one of this cluster in this event loop; those that nobody needs any more are dropped."""
        loop = asyncio.get_running_loop()
        for key in [key for key, watch in self._watches.items() if key[0].is_closed() or watch.idle]:
            del self._watches[key]
        key = (loop, self.cluster, *sorted(self.connection.items()))
        return self._watches.setdefault(key, ClusterWatch(self.connect, self.cluster, self.every, self.window))

    async def on_kill(self) -> None:
        """A task that was marked, cleared or killed stops paying: its steps are cancelled (Airflow calls this from 3.3 on)."""
        await off_loop(self._cancel)

    def _cancel(self) -> None:
        """Of its tables every attempt: an earlier one may have been joined."""
        aws, tables = self.connect(), {attempt_of(wish["step"]["Name"])[0] for wish in self.wishes}
        live = clusters.list_steps(aws.emr, self.cluster, ["PENDING", "RUNNING"])
        mine = [step for step in live if attempt_of(step.name)[0] in tables]
        clusters.cancel(aws.emr, self.cluster, mine)
        running = [step.name for step in mine if step.state == "RUNNING"]
        if running:
            clusters.kill_applications(aws, self.cluster, running)
