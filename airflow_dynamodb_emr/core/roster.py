"""The clusters of a run: each lane has one at a time, and the record of each start lies in the run's folder.

`aws/lanes.py` carries out what is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from airflow_dynamodb_emr.core.cluster import LIVE, READY
from airflow_dynamodb_emr.core.documents import Document, Noun

# Of DescribeCluster's StateChangeReason: the cluster was not ended by anybody, it failed.
_FAILURES = {"INTERNAL_ERROR", "VALIDATION_ERROR", "INSTANCE_FAILURE", "INSTANCE_FLEET_TIMEOUT", "BOOTSTRAP_FAILURE"}


class Status(Noun, frozen=True, kw_only=True):
    """What DescribeCluster says of a cluster."""

    state: str
    code: str = ""
    message: str = ""
    subnet: str = ""  # where its machines were to be
    created: datetime | None = None
    since: datetime | None = None  # when it was ready
    gone: datetime | None = None  # when it ended

    @property
    def ready(self) -> bool:
        """It takes steps and runs them."""
        return self.state in READY

    @property
    def ended(self) -> bool:
        """It takes no more steps."""
        return self.state not in LIVE

    @property
    def failed(self) -> bool:
        """Not at anybody's wish: the next one should be made otherwise."""
        return self.state == "TERMINATED_WITH_ERRORS" or (self.ended and self.code in _FAILURES)

    @property
    def why(self) -> str:
        return ": ".join(filter(None, [self.code, self.message])) or "no reason given"


class Start(Document, frozen=True, kw_only=True):
    """One start of a lane's cluster, and how it came about."""

    lane: int  # from 0
    number: int  # from 1, within the lane
    choice: int = 0  # which of the ways to make a cluster, from 0
    words: str = ""  # how it differs from what was planned
    instead_of: str = ""  # what became of the one before
    avoid: list[str] = []  # subnets in which clusters of this lane have failed
    cluster: str = ""  # its id; empty where EMR refused to make it
    refused: str = ""  # why

    def after(self, before: str, status: Status) -> Start:
        """The start that follows when this one's cluster has ended: the same once more if somebody ended it, otherwise if it failed."""
        avoid = sorted({*self.avoid, *([status.subnet] if status.failed and status.subnet else [])})
        return Start(
            lane=self.lane,
            number=self.number + 1,
            choice=self.choice + 1 if status.failed else self.choice,
            instead_of=f"cluster {before} is {status.state}: {status.why}",
            avoid=avoid,
        )


def last(starts: Iterable[Start], lane: int) -> Start | None:
    return max((start for start in starts if start.lane == lane), key=lambda start: start.number, default=None)


def troubles(starts: Sequence[Start]) -> list[str]:
    """A line for each cluster that was made instead of another, as the report has it."""
    made = sorted((start for start in starts if start.instead_of or start.refused), key=lambda start: (start.lane, start.number))
    return [_trouble(start) for start in made]


def _trouble(start: Start) -> str:
    after = f"{start.instead_of}; " if start.instead_of else ""
    if start.refused:
        return f"{after}EMR refused to make a cluster: {start.refused}"
    return f"{after}cluster {start.cluster} was made instead{f', {start.words}' if start.words else ''}"
