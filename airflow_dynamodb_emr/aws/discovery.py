"""What steps there are: of a cluster, and of those it replaces. An earlier try, another triggerer or a lost answer may have left them.

A look costs as few calls as can be: ListSteps answers the fifty newest steps with their states, which are mostly those that matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from airflow_dynamodb_emr.aws import clusters
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.core.names import attempt_of
from airflow_dynamodb_emr.core.steps import ACTIVE, COMPLETED

JOINED = ("PENDING", "RUNNING", COMPLETED)  # not one that is being cancelled


class _Wish(Protocol):
    @property
    def name(self) -> str: ...


class Known:
    """The steps of a cluster that were ever listed, and what the last look has seen of them."""

    def __init__(self, cluster: str) -> None:
        self.cluster = cluster
        self._names: dict[str, str] = {}  # step id -> name, of every step that was ever listed
        self._now: dict[str, Step] = {}  # as this look has them
        self._done_before: dict[str, Step] = {}  # id -> a step that succeeded on a cluster which this one replaces
        self._unseen: set[str] = set()  # such clusters, not looked at yet
        self._seen: set[str] = set()
        self._refused: set[str] = set()  # steps that completed, and whose work did not count

    def look_also_in(self, before: Collection[str], refused: Collection[str]) -> None:
        self._unseen.update(set(before) - self._seen)
        self._refused.update(refused)

    def refresh(self, clients: Clients) -> None:
        """Newest first, page by page until one brings nothing new."""
        self._now = dict(self._done_before)
        for page in clients.emr.get_paginator("list_steps").paginate(ClusterId=self.cluster):
            listed = [Step.of(step) for step in page["Steps"]]  # type: ignore[arg-type]
            fresh = any(step.id not in self._names for step in listed)
            self._names.update({step.id: step.name for step in listed})
            self._now.update({step.id: step for step in listed})
            if not fresh:
                break
        self._look_before(clients)

    def attempts(self, clients: Clients, wishes: Iterable[_Wish]) -> dict[str, str]:
        """Step id -> the name that is wished for: its own step, whatever became of it; an earlier one only while it lives or when it succeeded."""
        wanted = {attempt_of(wish.name): wish.name for wish in wishes}
        latest = dict(list(wanted))  # stem -> number
        known = {**self._names, **{step: each.name for step, each in self._done_before.items()}}
        numbered = {step: attempt_of(name) for step, name in known.items() if step not in self._refused}
        own = {step: wanted[attempt] for step, attempt in numbered.items() if attempt in wanted}
        earlier = [step for step, (stem, number) in numbered.items() if 0 < number < latest.get(stem, 0)]
        joined = [each for each in self.steps(clients, earlier) if each.state in JOINED]
        return {**own, **{each.id: wanted[stem, latest[stem]] for each in joined for stem, _ in [attempt_of(each.name)]}}

    def active(self, clients: Clients, followed: Collection[str]) -> dict[str, Step]:
        """Pending and running steps; asked for only where this look has not seen all that are *followed*."""
        found = {step.id: step for step in self._now.values() if step.active}
        if any(step not in self._now for step in followed):
            found.update({step.id: step for step in clusters.list_steps(clients.emr, self.cluster, ACTIVE)})
        return found

    def steps(self, clients: Clients, ids: Collection[str]) -> list[Step]:
        """As this look has them, or looked up, ten a call."""
        seen = [self._now[step] for step in ids if step in self._now]
        return [*seen, *clusters.look_up(clients.emr, self.cluster, [step for step in ids if step not in self._now])]

    def _look_before(self, clients: Clients) -> None:
        for cluster in sorted(self._unseen):
            done = {step.id: step for step in clusters.list_steps(clients.emr, cluster, [COMPLETED])}
            self._done_before.update(done)
            self._now.update(done)
            self._unseen.discard(cluster)
            self._seen.add(cluster)
