"""What a look at a backup in S3 found: is each table restorable, by which engines, and what is wrong where."""

from __future__ import annotations

from msgspec import structs

from airflow_dynamodb_emr.core.documents import Document, Noun, Time
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict, Verdict, worst

DAMAGED = (Verdict.INVALID, Verdict.INCOMPLETE)


class Fault(Noun, frozen=True, kw_only=True):
    """One thing that is wrong."""

    part: str = ""  # its key relative to the backup's folder; empty: the table as a whole
    reason: str

    def __str__(self) -> str:
        return f"{self.part}: {self.reason}" if self.part else self.reason


class TableVerification(Noun, frozen=True, kw_only=True):
    name: str
    verdict: Verdict
    items: int = 0
    bytes: int = 0  # stored
    engines: list[str] = []  # those that can load it
    reasons: list[Fault] = []
    deep: bool = False  # each part was read
    at: Time
    manifest_sha256: str = ""  # of the dump that was looked at: what backup.json says of its manifest, or else what lies there
    listed_sha256: str = ""  # of its parts' names, sizes and ETags, as S3 listed them


class Verification(Document, frozen=True, kw_only=True):
    """verification.json: of each table the look that holds.

    A later look replaces an earlier one, but a shallow one never takes back what a deep one has found. No clock decides what holds: those who
    look are several machines. A look is of one dump, known by its manifest's checksum, and of one verdict.
    """

    verdict: Verdict
    uri: str  # of the backup
    at: Time | None = None  # of the last look
    judged: Time | None = None  # when the backup.json was written that was looked at; null: there was none
    tables: list[TableVerification]
    reasons: list[Fault] = []  # what is wrong with the backup as a whole
    notes: list[str] = []  # what does no harm, and should be known

    @property
    def is_good(self) -> bool:
        return self.verdict is Verdict.VALID

    def table(self, name: str) -> TableVerification | None:
        return next((table for table in self.tables if table.name == name), None)


def held(record: Verification | None, now: TableVerification) -> TableVerification:
    """Of a look at a table and what is on record of it, that which holds: a shallow look takes nothing back that a deep one has found."""
    before = record.table(now.name) if record else None
    if before is None or now.deep or not before.deep or before.manifest_sha256 != now.manifest_sha256:
        return now
    if before.verdict in DAMAGED:
        return before
    return now if now.verdict in DAMAGED or now.listed_sha256 != before.listed_sha256 else before  # it was read, and nothing has changed since


def merged(record: Verification | None, now: Verification) -> Verification:
    """The record after another look; what that had not to do with stays."""
    # What a look has from the record is no news: others may have found more since
    fresh = {table.name: held(record, table) for table in now.tables if table.at == now.at}
    known = {table.name: table for each in (now, record) if each for table in each.tables}
    tables = sorted({**known, **fresh}.values(), key=lambda table: table.name)
    verdicts = [*(table.verdict for table in tables), *([now.verdict] if now.reasons else [])]
    return structs.replace(now, verdict=worst(verdicts), tables=tables)


def of_here(record: Verification, uri: str) -> Verification:
    """As far as it holds for the backup in *uri*: what was found of an original is lost in its copy too, what was whole may not be there."""
    if record.uri == uri:
        return record
    return structs.replace(record, tables=[table for table in record.tables if table.verdict in DAMAGED])


def lowered(backup: Backup, record: Verification | None) -> Backup:
    """*backup* as the last look at it in S3 leaves it; it is never better than its verdict."""
    if record is None:
        return backup
    tables = [_lowered(table, record.table(table.name)) for table in backup.tables]
    reasons = record.reasons if record.judged == backup.ended else []  # its run was cleared and has gone on, or retention has given it back
    found = worst([backup.verdict, *(table.verdict for table in tables), *([record.verdict] if reasons else [])])
    return structs.replace(backup, tables=tables, verdict=found, notes=[*backup.notes, *map(str, reasons)])


def doubted(backup: Backup, why: str) -> Backup:
    """*backup*, where nobody can tell what looks at it have found."""
    return structs.replace(backup, verdict=worst([backup.verdict, Verdict.UNVERIFIED]), notes=[*backup.notes, why])


def _lowered(table: TableVerdict, seen: TableVerification | None) -> TableVerdict:
    """A look at another dump says nothing of this one: its run was cleared, and dumped the table again."""
    if seen is None or table.verdict is not Verdict.VALID or seen.manifest_sha256 != table.manifest_sha256:
        return table
    if seen.verdict in DAMAGED:
        return structs.replace(table, verdict=seen.verdict, reasons=list(map(str, seen.reasons)))
    return structs.replace(table, engines=seen.engines, verified=seen.at) if seen.deep and seen.verdict is Verdict.VALID else table
