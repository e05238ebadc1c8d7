"""The ledger: what a table's throughput was, written before it is raised, deleted when it is back.

What spike and reset make of it is decided in `core/changes.py` and carried out by `aws/throughput.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

from airflow_dynamodb_emr.core.documents import Document, Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Table, Throughput


class Target(Noun, frozen=True, kw_only=True):
    """One scalable target of Application Auto Scaling."""

    resource: str  # table/<name> or table/<name>/index/<index>
    dimension: str  # dynamodb:table:ReadCapacityUnits, dynamodb:index:WriteCapacityUnits, ...
    least: int
    most: int
    suspended: dict[str, bool] = {}

    @property
    def index(self) -> str:
        """Empty for the table itself."""
        return self.resource.partition("/index/")[2]

    @property
    def units(self) -> str:
        """Read or Write."""
        return "Read" if self.dimension.endswith("ReadCapacityUnits") else "Write"

    def allowing(self, units: int) -> Target:
        """At least *units*: autoscaling takes a manual raise above its minimum back within minutes."""
        return structs.replace(self, least=max(self.least, units), most=max(self.most, units))

    def __str__(self) -> str:
        suspended = [name for name, value in self.suspended.items() if value]
        return f"{self.least} to {self.most}" + (f", {' and '.join(suspended)}" if suspended else "")


class ScheduledAction(Noun, frozen=True, kw_only=True):
    """What will set a target's bounds by itself. No spike and no reset ever changes one; it may well act while its table is raised."""

    name: str
    resource: str
    dimension: str
    schedule: str  # cron(...), rate(...) or at(...)
    least: int | None = None  # None: left as it is
    most: int | None = None

    def explains(self, was: Target, now: Target) -> bool:
        """Whether each bound that has moved is exactly what this sets."""
        same = (self.resource, self.dimension, was.suspended) == (was.resource, was.dimension, now.suspended)
        return same and now.least in (was.least, self.least) and now.most in (was.most, self.most)


class Entry(Document, frozen=True, kw_only=True):
    """What to put back, and for whom it was raised."""

    table: str
    run: str
    since: datetime
    billing: str
    throughput: Throughput
    indexes: dict[str, Throughput]
    targets: list[Target]
    schedules: list[ScheduledAction] = []  # of the targets
    raised: Raised
    share: float = 1  # of the planned spike that is asked for: less where the account has no room for all of it
    table_id: str = ""  # a table that was deleted and made again has another
    seconds: float = 0  # that its dump or load may take where no cluster shows that it still goes on

    @property
    def known(self) -> dict[str, Throughput]:
        """What the table (no name) and its indexes had."""
        return {"": self.throughput, **self.indexes}

    def wanted(self, index: str = "") -> Throughput:
        """What the spike makes of the table, or an index."""
        return self.raised.indexes.get(index, self.known[index]) if index else self.raised.table

    def raises(self, index: str = "") -> bool:
        """Whether the spike makes any more of the table, or an index."""
        return self.known[index].at_least(self.wanted(index)) != self.known[index]

    def raised_units(self, target: Target) -> int:
        """Those of the target's own dimension; 0 where the spike raises none, as of a table that was on demand then."""
        if target.index not in self.known:
            return 0
        was, to = self.known[target.index], self.wanted(target.index)
        has, wants = (was.read, to.read) if target.units == "Read" else (was.write, to.write)
        return wants if wants > has > 0 else 0


def ledger_folder(base: S3Uri, account: str, region: str) -> S3Uri:
    return base / "ledger" / account / region


def ledger_uri(base: S3Uri, account: str, region: str, table: str) -> S3Uri:
    return ledger_folder(base, account, region) / f"{table}.json"


def entry(
    table: Table,
    targets: list[Target],
    raised: Raised,
    run: str,
    now: datetime,
    share: float = 1,
    schedules: Sequence[ScheduledAction] = (),
    seconds: float = 0,
) -> Entry:
    return Entry(
        table=table.name,
        run=run,
        since=now,
        billing=table.billing,
        throughput=table.throughput,
        indexes=table.indexes,
        targets=targets,
        schedules=list(schedules),
        raised=raised,
        share=share,
        table_id=table.id,
        seconds=seconds,
    )
