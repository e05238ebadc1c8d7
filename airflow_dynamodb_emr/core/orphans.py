"""Whether a run still looks after what it has raised and started, or somebody else has to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from airflow_dynamodb_emr.core.ledger import Entry
from airflow_dynamodb_emr.core.names import is_cluster_of

GRACE = timedelta(minutes=15)  # from a spike to the step of its table


def is_over(entry: Entry, active: bool | None, live: Collection[str], now: datetime) -> bool:
    """Whether no task of the entry's run will reset its table any more.

    *active*: what Airflow says of the run, None where it does not know it: another Airflow's, or its database is lost. Then the run
    is taken to be alive as long as its cluster is, and as long as work that needs no cluster may take; *live*: the names of the clusters
    that are.
    """
    if active is not None:
        return not active
    return not any(is_cluster_of(entry.run, name) for name in live) and now > needed_until(entry)


def needed_until(entry: Entry) -> datetime:
    """A worker, or a job run of EMR Serverless, is seen by nobody but its own Airflow."""
    return entry.since + max(GRACE, timedelta(seconds=entry.seconds))
