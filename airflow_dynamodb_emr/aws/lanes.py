"""The clusters of a run, one at a time for each lane. S3 has the record of each start: whoever needs a lane's cluster looks there.

Every function may be called by several tasks and triggerers at once, and again after any failure.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import claims, clusters
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, message
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import roster
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.names import cluster_name, is_cluster_of
from airflow_dynamodb_emr.core.roster import Start, Status
from airflow_dynamodb_emr.core.starting import Choice, next_choice

log = logging.getLogger(__name__)
_RECORD = re.compile(r"/\d+-\d+\.json$")  # beside them lies what became of the steps
_REFUSALS = {"ValidationException", "InvalidRequestException", "AccessDeniedException"}  # of RunJobFlow: time cures none of them
_RECENT_SECONDS = 1.0
_heard: dict[str, tuple[float, Status]] = {}  # of this process
_lock = threading.Lock()
PATIENCE = timedelta(minutes=10)  # that a cluster which is ready waits for those of other lanes; it must not become idle


class Run(Noun, frozen=True, kw_only=True):
    """What of a plan its clusters need, be it a backup's or a restore's."""

    run: str
    folder: str
    lanes: int
    cluster: dict[str, Any] | None  # the RunJobFlow request, but for the name; None where no table needs a cluster

    @property
    def root(self) -> Folder:
        return Folder.parse(self.folder)


class Lane(Noun, frozen=True, kw_only=True):
    """A lane whose cluster takes steps, or that has been given up."""

    cluster: str = ""
    since: datetime | None = None  # when it was ready
    given_up: str = ""  # why


def starts(store: Store, root: Folder) -> list[Start]:
    """In the order of lanes and numbers."""
    found = (store.load(uri, Start) for uri, _ in store.objects(root.clusters) if _RECORD.search(uri.key))
    return sorted((start for start in found if start), key=lambda start: (start.lane, start.number))


def clusters_of(store: Store, root: Folder) -> list[str]:
    """The ids of those that were made, in the same order."""
    return [start.cluster for start in starts(store, root) if start.cluster]


def enough(found: Collection[Lane | None], now: datetime) -> bool:
    """Whether there is no need to look any more: one cluster that is ready does not wait for ever for the others."""
    ready = [lane.since for lane in found if lane and lane.cluster and lane.since]
    return all(found) or (bool(ready) and now - min(ready) > PATIENCE)


def look(clients: Clients, run: Run, lane: int, fresh_from: int, now: datetime) -> Lane | None:
    """The lane's cluster once it takes steps; where there is none, or it has ended, the next one is started. None: look again.

    *fresh_from*: a run that was cleared begins its choices anew with the start of that number.
    """
    last = roster.last(starts(Store(clients.s3), run.root), lane)
    if last is None:
        return _begin(clients, run, Start(lane=lane, number=1), now)
    if last.refused:
        again = Start(lane=lane, number=last.number + 1, instead_of=f"EMR refused to make a cluster: {last.refused}")
        return _begin(clients, run, again, now) if again.number == fresh_from else Lane(given_up=last.refused)
    status = _recent_status(clients, last.cluster)
    if not status.ended:
        return Lane(cluster=last.cluster, since=status.since) if status.ready else None
    following = last.after(last.cluster, status)
    if following.number == fresh_from:
        following = structs.replace(following, choice=0, avoid=[])
    return _begin(clients, run, following, now)


def _recent_status(clients: Clients, cluster: str) -> Status:
    """Every table of a cluster that died looks for the next one, all within a moment: they share what the first of them has heard.

    Not that it is ready: that it is so no more must be seen at once.
    """
    with _lock:
        known = _heard.get(cluster)
    if known and time.monotonic() - known[0] < _RECENT_SECONDS:
        return known[1]
    status = clusters.status(clients.emr, cluster)
    if not status.ready:
        with _lock:
            _heard[cluster] = time.monotonic(), status
    return status


def _begin(clients: Clients, run: Run, start: Start, now: datetime) -> Lane | None:
    """Whoever has the claim makes the cluster; what is recorded then is the lane's cluster, and no other."""
    assert run.cluster is not None  # nobody asks for a lane then
    choice = next_choice(run.cluster, start.choice + 1, start.avoid)
    if choice is None:
        return Lane(given_up=start.instead_of)
    store = Store(clients.s3)
    claim = claims.take(store, run.root.cluster_claim(start.lane, start.number), now)
    if claim is None:
        return None
    if start.instead_of:
        log.warning("lane %s: %s; the next one is made %s", start.lane + 1, start.instead_of, choice.words or "as before")
    with claims.released_if_refused(store, [claim]):
        made = _make(clients, run, start, choice)
    _record(clients, store, run, made)
    return Lane(given_up=made.refused) if made.refused else None


def _make(clients: Clients, run: Run, start: Start, choice: Choice) -> Start:
    request = {**choice.request, "Name": cluster_name(run.run, start.lane, start.number)}
    try:
        return structs.replace(start, words=choice.words, cluster=clusters.create(clients, request))
    except ClientError as error:
        if code(error) not in _REFUSALS:
            raise
        return structs.replace(start, words=choice.words, refused=message(error))


def _record(clients: Clients, store: Store, run: Run, made: Start) -> None:
    """Where our claim had become stale meanwhile, another may have recorded another cluster: ours is one too many."""
    if store.write_once(run.root.cluster(made.lane, made.number), made):
        log.info("lane %s: %s%s", made.lane + 1, made.refused or f"cluster {made.cluster} is starting", f", {made.words}" if made.words else "")
    elif made.cluster and made.cluster not in clusters_of(store, run.root):
        clusters.terminate(clients.emr, [made.cluster])


def terminate(clients: Clients, run: Run) -> list[str]:
    """Every cluster of the run that lives, recorded or not."""
    found = starts(Store(clients.s3), run.root)
    last = {each.cluster for lane in range(run.lanes) if (each := roster.last(found, lane)) and each.cluster}
    listed = {id for id, name in clusters.live(clients.emr).items() if is_cluster_of(run.run, name)}
    young = {id for id in last - listed if not clusters.status(clients.emr, id).ended}  # EMR may not list the newest yet
    ids = sorted(listed | young)
    clusters.terminate(clients.emr, ids)
    return ids
