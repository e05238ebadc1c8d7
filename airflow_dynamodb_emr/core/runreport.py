"""The report of a backup, report.json: what it took, table by table, what it cost, and how it compares with the ones before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from airflow_dynamodb_emr.core.comparison import Point
from airflow_dynamodb_emr.core.documents import Document, Noun
from airflow_dynamodb_emr.core.spent import Life, Span, Spent, Try
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict, Verdict


class Past(Noun, frozen=True, kw_only=True):
    """The totals of one backup."""

    time: datetime
    verdict: Verdict
    tables: int
    failed: int = 0
    items: int
    bytes: int  # stored
    seconds: float
    dollars: float | None = None
    read_units: float | None = None

    @classmethod
    def of(cls, backup: Backup) -> Past:
        """As far as a verdict tells."""
        return cls(
            time=backup.time,
            verdict=backup.verdict,
            tables=len(backup.tables),
            failed=len(backup.missing),
            items=backup.items,
            bytes=backup.bytes,
            seconds=(backup.ended - backup.started).total_seconds(),
        )


class Row(Noun, frozen=True, kw_only=True):
    """One table; what the verdict says of it is in `table`."""

    table: TableVerdict
    partial: bool = False  # it holds only what has changed
    started: datetime | None = None
    ended: datetime | None = None
    cluster: str = ""
    raised: Span | None = None  # from when it was raised until it was put back
    read_units: float | None = None
    spent: Spent = Spent()
    estimated: list[str] = []  # which of these numbers are, the parts of `spent` by their names

    def guess(self, *names: str) -> str:
        """A mark before what is estimated."""
        return _mark(names, self.estimated)

    @property
    def added_units(self) -> int:
        """Read units a second above what it had; 0 where it was not raised."""
        seen = self.table.throughput
        return max(0, seen.during.read - seen.before.read) if seen.before and seen.before.read and seen.during else 0

    @property
    def units_a_second(self) -> float | None:
        """Read on average; None where it is not known, or the table was not read."""
        return self.read_units / self.table.seconds if self.read_units and self.table.seconds else None


class Report(Document, frozen=True, kw_only=True):
    verdict: Verdict
    run: str
    prefix: str
    region: str
    uri: str
    totals: Past
    spent: Spent
    storage_month_dollars: float  # of what this backup alone stores
    prices: str  # whose, as of when
    estimated: list[str]  # which of the totals hold an estimate
    tables: list[Row]
    clusters: list[Life] = []
    tries: list[Try] = []  # by which the time line is drawn; those that failed, too
    excluded: dict[str, str] = {}
    notes: list[str] = []
    raised: list[str] = []  # tables that were still raised when this was written
    points: list[Point] = []
    compared_with: str = ""  # URI of the backup that `points` are about
    before_was_whole: bool = False  # that one: it can be restored instead of this
    history: list[Past] = []  # of the same prefix before this one, oldest first
    started: datetime
    ended: datetime

    def guess(self, *names: str) -> str:
        return _mark(names, self.estimated)


def numbers(report: Report) -> dict[str, float | int | None]:
    """For programs: an asset's event."""
    totals = report.totals
    return {
        "tables": totals.tables,
        "failed": totals.failed,
        "items": totals.items,
        "bytes": totals.bytes,
        "seconds": round(totals.seconds, 1),
        "dollars": None if totals.dollars is None else round(totals.dollars, 4),
        "read_units": None if totals.read_units is None else round(totals.read_units, 1),
    }


def _mark(names: Sequence[str], estimated: Sequence[str]) -> str:
    return "~" if set(names) & set(estimated) else ""
