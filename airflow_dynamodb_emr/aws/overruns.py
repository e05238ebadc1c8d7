"""Ends steps that run for far too long: politely, then not, and what they have started on YARN, until EMR has heard it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws import clusters
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.aws.errors import is_throttled, is_unsure

log = logging.getLogger(__name__)
POLITE_LOOKS = 4  # that a step may take to end after it was asked to


class Overruns:
    """Of one cluster."""

    def __init__(self, cluster: str) -> None:
        self.cluster = cluster
        self._asked: dict[str, int] = {}  # step id -> looks since it was asked to end
        self._applications: set[str] = set()  # names of steps whose applications are still to be killed

    @property
    def unfinished(self) -> bool:
        """Something is still to be killed."""
        return bool(self._applications)

    def __contains__(self, step: str) -> bool:
        return step in self._asked

    def end(self, clients: Clients, active: Collection[Step], limit: Callable[[Step], float | None], now: datetime) -> None:
        """*limit*: seconds that a step may run; None for one that nobody here waits for. What fails is tried again at the next look."""
        over = [step for step in active if step.started and (most := limit(step)) is not None and now - step.started > timedelta(seconds=most)]
        try:
            self._cancel(clients, over)
            self._kill(clients)
        except (ClientError, BotoCoreError) as error:
            log.warning("cluster %s: ending what runs for too long: %s", self.cluster, error)

    def _cancel(self, clients: Clients, over: Collection[Step]) -> None:
        fresh = [step for step in over if step.id not in self._asked]
        deaf = [step for step in over if self._asked.get(step.id, 0) >= POLITE_LOOKS]
        for asked, hard in ((fresh, False), (deaf, True)):
            if asked:
                log.warning("cluster %s: cancelled%s, because it runs for too long: %s", self.cluster, " by force" if hard else "", _names(asked))
                clusters.cancel(clients.emr, self.cluster, asked, hard)
        self._applications.update(step.name for step in fresh)
        self._asked.update({step.id: 0 if step in fresh or step in deaf else self._asked[step.id] + 1 for step in over})

    def _kill(self, clients: Clients) -> None:
        if not self._applications:
            return
        try:
            clusters.kill_applications(clients, self.cluster, sorted(self._applications))
        except ClientError as error:
            if is_throttled(error) or is_unsure(error):
                raise  # to do no harm twice is no harm
            log.info("cluster %s takes no more steps, and its applications end with it: %s", self.cluster, error)
        self._applications.clear()


def _names(steps: Collection[Step]) -> str:
    return ", ".join(step.name for step in steps)
