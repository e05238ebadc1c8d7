"""What a person reads about a backup or a restore: the same lines in the log, the terminal and the demo."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_dynamodb_emr.core.restore import Restore
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict

_HEAD = ("table", "engine", "items", "bytes", "before", "during", "after", "seconds", "verdict")
_LEFT = {0, 1, 8}  # columns of words; the others are numbers


def backup_lines(backup: Backup) -> list[str]:
    """A line a table; throughput is read units a second."""
    what = f"backup of {backup.prefix}* at {backup.time:%Y-%m-%d %H:%M:%S} UTC: {backup.verdict.value}"
    head = f"{what}, {_count(len(backup.tables), 'table')}, {_count(backup.items, 'item')}, {size(backup.bytes)} in {backup.uri}"
    reasons = [f"  {name}: {why}" for name, why in backup.missing.items()]
    raised = [f"  {name} is still raised" for name in backup.raised]
    excluded = [f"  {name} is excluded by {pattern}" for name, pattern in backup.excluded.items()]
    return [head, *columns([_HEAD, *map(_row, backup.tables)]), *reasons, *raised, *excluded, *(f"  {note}" for note in backup.notes)]


def restore_lines(restore: Restore) -> list[str]:
    head = f"restore of {restore.backup}: {restore.verdict.value}, {_count(len(restore.loaded), 'table')} loaded"
    rows = [(t.source, "->", t.name, t.engine, f"{t.items:,}", f"{t.seconds:.1f}") for t in restore.loaded]
    missing = [f"  {name}: {why}" for name, why in restore.missing.items()]
    return [
        head,
        *columns([("source", "", "table", "engine", "items", "seconds"), *rows], {0, 1, 2, 3}),
        *missing,
        *(f"  {name} is still raised" for name in restore.raised),
        *(f"  {note}" for note in restore.notes),
    ]


def size(number_of_bytes: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number_of_bytes < 1024:
            return f"{number_of_bytes:.0f} {unit}" if unit == "B" else f"{number_of_bytes:.1f} {unit}"
        number_of_bytes /= 1024
    return f"{number_of_bytes:.1f} TiB"


def columns(rows: Sequence[Sequence[str]], left: set[int] = _LEFT) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(c.ljust(w) if i in left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip() for row in rows
    ]


def _row(table: TableVerdict) -> tuple[str, ...]:
    seen = table.throughput
    units = map(_units, (seen.before, seen.during, seen.after))
    return (table.name, table.engine, f"{table.items:,}", size(table.bytes), *units, f"{table.seconds:.1f}", table.verdict.value)


def _units(throughput: Throughput | None) -> str:
    if throughput is None:
        return "?"
    return str(throughput.read) if throughput.read else "on demand"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
