"""Verdicts: what of a backup can be restored, and why the rest cannot. A backup exists once its backup.json does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum

from airflow_dynamodb_emr.core.chain import folder_of
from airflow_dynamodb_emr.core.documents import Document, Noun, Time, digest
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.table import Throughput


class Verdict(str, Enum):
    VALID = "VALID"  # read back and found whole: it can be restored
    INVALID = "INVALID"  # there is data, and it is not what it should be
    INCOMPLETE = "INCOMPLETE"  # some of it is not there
    IN_PROGRESS = "IN_PROGRESS"
    UNVERIFIED = "UNVERIFIED"  # the older system says that it succeeded; nobody has looked


class Seen(Noun, frozen=True, kw_only=True):
    """The throughput of a table before, while and after it was dumped or loaded; None where nobody looked."""

    before: Throughput | None = None
    during: Throughput | None = None
    after: Throughput | None = None


class TableVerdict(Noun, frozen=True, kw_only=True):
    name: str
    verdict: Verdict
    reasons: list[str] = []
    engine: str = ""
    engines: list[str] = []  # those that can load it
    attempt: int = 0
    items: int = 0
    bytes: int = 0  # stored
    seconds: float = 0
    throughput: Seen = Seen()
    raised: bool = False  # still, when this was written
    manifest_sha256: str = ""  # of tables/<name>.json; empty where there is none
    read_units: float | None = None  # that the dump took; None where the engine does not say
    verified: Time | None = None  # when a look since then has read each part, and found it whole


class Backup(Document, frozen=True, kw_only=True):
    """backup.json."""

    verdict: Verdict
    run: str
    prefix: str
    region: str
    account: str
    uri: str
    time: Time
    started: Time
    ended: Time
    tables: list[TableVerdict]
    excluded: dict[str, str] = {}
    notes: list[str] = []
    stands_on: list[str] | None = None  # folders of the backups that its increments need; None: written before this was said

    @property
    def items(self) -> int:
        return sum(table.items for table in self.tables)

    @property
    def bytes(self) -> int:
        return sum(table.bytes for table in self.tables)

    @property
    def missing(self) -> dict[str, str]:
        """Table -> why it cannot be restored from this backup."""
        return {table.name: "; ".join(table.reasons) for table in self.tables if table.verdict is not Verdict.VALID}

    @property
    def raised(self) -> list[str]:
        return [table.name for table in self.tables if table.raised]

    def table(self, name: str) -> TableVerdict | None:
        return next((table for table in self.tables if table.name == name), None)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Of none: nothing is there."""
    worst_first = (Verdict.IN_PROGRESS, Verdict.INVALID, Verdict.INCOMPLETE, Verdict.UNVERIFIED, Verdict.VALID)
    return min(verdicts, key=worst_first.index, default=Verdict.INCOMPLETE)


def overall(tables: Sequence[TableVerdict]) -> Verdict:
    """The worst of its tables': a backup is as good as the table that is missing."""
    return worst(table.verdict for table in tables)


def missing(dump: TableDump, reason: str, seen: Seen, raised: bool) -> TableVerdict:
    return TableVerdict(name=dump.name, verdict=Verdict.INCOMPLETE, reasons=[reason], engine=dump.engine, throughput=seen, raised=raised)


def whole(manifest: TableManifest, stored: bytes, seen: Seen, raised: bool) -> TableVerdict:
    """*stored*: the bytes of the manifest."""
    return TableVerdict(
        name=manifest.table,
        verdict=Verdict.VALID,
        engine=manifest.engine,
        engines=manifest.engines,
        attempt=manifest.attempt,
        items=manifest.items,
        bytes=manifest.bytes,
        seconds=manifest.seconds,
        throughput=seen,
        raised=raised,
        manifest_sha256=digest(stored),
        read_units=manifest.read_units,
    )


def backup(plan: BackupPlan, tables: list[TableVerdict], ended: datetime, notes: list[str]) -> Backup:
    return Backup(
        verdict=overall(tables),
        run=plan.run,
        prefix=plan.prefix,
        region=plan.region,
        account=plan.account,
        uri=plan.folder,
        time=plan.root.time,
        started=plan.made,
        ended=ended,
        tables=tables,
        excluded=plan.excluded,
        notes=notes,
        stands_on=sorted({folder_of(increment.base) for increment in plan.increments.values()}),
    )
