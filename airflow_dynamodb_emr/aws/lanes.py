"""The clusters of a run, one at a time for each lane. S3 has the record of each start: whoever needs a lane's cluster looks there.

Every function may be called by several tasks and triggerers at once, and again after any failure.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import claims, clusters
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import is_throttled, is_unsure, message
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import roster
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.names import cluster_name, is_cluster_of
from airflow_dynamodb_emr.core.roster import Start
from airflow_dynamodb_emr.core.starting import next_choice

log = logging.getLogger(__name__)
_RECORD = re.compile(r"/\d+-\d+\.json$")  # beside them lies what became of the steps


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
    given_up: str = ""  # why


def starts(store: Store, root: Folder) -> list[Start]:
    """In the order of lanes and numbers."""
    found = (store.load(uri, Start) for uri, _ in store.objects(root.clusters) if _RECORD.search(uri.key))
    return sorted((start for start in found if start), key=lambda start: (start.lane, start.number))


def look(clients: Clients, run: Run, lane: int, fresh_from: int, now: datetime) -> Lane | None:
    """The lane's cluster once it takes steps; where there is none, or it has ended, the next one is started. None: look again.

    *fresh_from*: a run that was cleared begins its choices anew with the start of that number.
    """
    store = Store(clients.s3)
    last = roster.last(starts(store, run.root), lane)
    if last is None:
        return _begin(clients, run, Start(lane=lane, number=1), now)
    status = clusters.status(clients.emr, last.cluster)
    if not status.ended:
        return Lane(cluster=last.cluster) if status.ready else None
    following = last.after(last.cluster, status)
    if following.number == fresh_from:
        following = structs.replace(following, choice=0, avoid=[])
    return _begin(clients, run, following, now)


def _begin(clients: Clients, run: Run, start: Start, now: datetime) -> Lane | None:
    """Whoever has the claim makes the cluster; what is recorded then is the lane's cluster, and no other."""
    assert run.cluster is not None  # nobody asks for a lane then
    choice = next_choice(run.cluster, start.choice + 1, start.avoid)
    if choice is None:
        return Lane(given_up=start.instead_of)
    store, claim = Store(clients.s3), run.root.cluster_claim(start.lane, start.number)
    if not claims.take(store, claim, now):
        return None
    if start.instead_of:
        log.warning("lane %s: %s; the next one is made %s", start.lane + 1, start.instead_of, choice.words or "as before")
    request = {**choice.request, "Name": cluster_name(run.run, start.lane, start.number)}
    try:
        with claims.released_if_refused(store, [claim]):
            id = clusters.create(clients, request)
    except ClientError as error:
        if is_unsure(error) or is_throttled(error):
            raise  # it may have been made all the same: it is looked for again once the claim is stale
        return Lane(given_up=f"EMR refuses it: {message(error)}")
    _record(clients, store, run, structs.replace(start, words=choice.words, cluster=id))
    return None


def _record(clients: Clients, store: Store, run: Run, made: Start) -> None:
    """Where our claim had become stale meanwhile, another may have recorded another cluster: ours is one too many."""
    if store.write_once(run.root.cluster(made.lane, made.number), made):
        log.info("lane %s: cluster %s is starting%s", made.lane + 1, made.cluster, f", {made.words}" if made.words else "")
    elif made.cluster not in {start.cluster for start in starts(store, run.root)}:
        clusters.terminate(clients.emr, [made.cluster])


def another(clients: Clients, run: Run, lane: int) -> int | None:
    """A lane whose cluster takes steps, for the tables of one that was given up."""
    found = starts(Store(clients.s3), run.root)
    candidates = (roster.last(found, (lane + further) % run.lanes) for further in range(1, run.lanes))
    return next((each.lane for each in candidates if each and clusters.status(clients.emr, each.cluster).ready), None)


def terminate(clients: Clients, run: Run) -> list[str]:
    """Every cluster of the run that lives, recorded or not."""
    found = starts(Store(clients.s3), run.root)
    recorded = [each.cluster for lane in range(run.lanes) if (each := roster.last(found, lane))]  # EMR may not list the newest yet
    ids = sorted({*recorded, *(id for id, name in clusters.live(clients.emr).items() if is_cluster_of(run.run, name))})
    clusters.terminate(clients.emr, ids)
    return ids
