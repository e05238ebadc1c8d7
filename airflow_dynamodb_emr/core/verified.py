"""What a look at a backup found, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflow_dynamodb_emr.core.layout import called
from airflow_dynamodb_emr.core.report import columns
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.verification import DAMAGED, Fault, TableVerification, Verification
from airflow_dynamodb_emr.core.words import counted, size

SHOWN = 10  # things that are wrong with one table; the document has all
_AGAIN = "restore an earlier backup, or these tables' from one; back them up again now"
_HINTS = {
    Verdict.VALID: "",
    Verdict.INVALID: _AGAIN,
    Verdict.INCOMPLETE: _AGAIN,
    Verdict.IN_PROGRESS: "verify it again when its run is over",
    Verdict.UNVERIFIED: "a deep look reads each part, and can tell",
}
_HEAD = ("table", "verdict", "items", "stored", "restorable by", "")


def lines(found: Verification) -> list[str]:
    """The verdict, a line a table, then each thing that is wrong."""
    tables = columns([_HEAD, *map(_row, found.tables)], {0, 1, 4, 5}) if found.tables else []
    return [headline(found), *tables, *_faults("", found.reasons), *_of_tables(found), *(f"note: {note}" for note in found.notes)]


def headline(found: Verification) -> str:
    items, stored = sum(table.items for table in found.tables), sum(table.bytes for table in found.tables)
    return f"{found.verdict.value}: {counted(len(found.tables), 'table')}, {counted(items, 'item')}, {size(stored)} in {found.uri}"


def damage(found: Verification) -> str:
    """Of one that is not good, in a few words."""
    lost = sum(table.verdict in DAMAGED for table in found.tables)
    tables = f", {lost} of {counted(len(found.tables), 'table')} cannot be restored" if lost else ""
    return f"{called(found.uri)} is {found.verdict.value}{tables}"


def line(table: TableVerification) -> str:
    """Of one table, for a log."""
    how = "each part was read" if table.deep else "no data was read"
    more = [f"and {len(table.reasons) - SHOWN:,} more"] if len(table.reasons) > SHOWN else []
    why = "".join(f"; {reason}" for reason in [*table.reasons[:SHOWN], *more])
    return f"{table.name} is {table.verdict.value}: {counted(table.items, 'item')}, {size(table.bytes)}, {how}{why}"


def bad(found: Verification) -> list[str]:
    """A line for each thing that is wrong, with the table it is of."""
    return [*_faults("", found.reasons), *_of_tables(found)]


def hint(found: Verification) -> str:
    """What to do; empty where all is well."""
    return _HINTS[found.verdict]


def _row(table: TableVerification) -> tuple[str, ...]:
    how = f"each part was read {table.at:%Y-%m-%d %H:%M}" if table.deep else ""
    return table.name, table.verdict.value, f"{table.items:,}", size(table.bytes), ", ".join(table.engines) or "none", how


def _of_tables(found: Verification) -> Iterator[str]:
    for table in found.tables:
        if table.verdict is not Verdict.VALID:
            yield from _faults(table.name, table.reasons)


def _faults(table: str, reasons: Sequence[Fault]) -> Iterator[str]:
    """The key of a part names its table."""
    for told in reasons[:SHOWN]:
        yield str(told) if not table or told.part.startswith(f"{table}/") else f"{table}: {told}"
    if len(reasons) > SHOWN:
        yield f"{table}: and {len(reasons) - SHOWN:,} more"
