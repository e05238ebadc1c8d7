"""What a person reads about a backup or a restore: the same lines in the log, the terminal and the demo."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.estimate import Estimate
from airflow_dynamodb_emr.core.fleet import Size
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.loading import TableLoad
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.restore import Restore, RestorePlan
from airflow_dynamodb_emr.core.runreport import Report, Row
from airflow_dynamodb_emr.core.spent import OWN, PARTS
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.tablesettings.lines import became, planned
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict
from airflow_dynamodb_emr.core.words import counted, duration, size

_HEAD = ("table", "engine", "try", "items", "bytes", "before", "during", "after", "seconds", "units read", "dollars", "verdict")
_PLAN_HEAD = ("table", "engine", "items", "bytes", "before", "during", "after", "segments", "minutes", "dollars", "why")
_LOAD_HEAD = ("source", "", "table", "engine", "items", "bytes", "before", "during", "after", "minutes", "dollars", "why")
_LEFT = {0, 1, 11}  # columns of words; the others are numbers


def backup_lines(backup: Backup, report: Report | None = None) -> list[str]:
    """A line a table; throughput is read units a second. ~ is an estimate; dollars are without the cluster's, which the line at the top has."""
    rows = {row.table.name: row for row in report.tables} if report else {}
    what = f"backup of {backup.prefix}* at {backup.time:%Y-%m-%d %H:%M:%S} UTC: {backup.verdict.value}"
    head = f"{what}, {counted(len(backup.tables), 'table')}, {counted(backup.items, 'item')}, {size(backup.bytes)} in {backup.uri}"
    reasons = [f"  {name}: {why}" for name, why in backup.missing.items()]
    raised = [f"  {name} is still raised" for name in backup.raised]
    return [
        head,
        *(_took(report) if report else []),
        *columns([_HEAD, *(_row(table, rows.get(table.name)) for table in backup.tables)]),
        *reasons,
        *raised,
        *_excluded(backup.excluded),
        *(f"  {note}" for note in backup.notes),
    ]


def restore_lines(restore: Restore) -> list[str]:
    head = f"restore of {restore.backup}: {restore.verdict.value}, {counted(len(restore.loaded), 'table')} loaded"
    rows = [(t.source, "->", t.name, t.engine, f"{t.items:,}", f"{t.seconds:.1f}") for t in restore.loaded]
    missing = [f"  {name}: {why}" for name, why in restore.missing.items()]
    return [
        head,
        *columns([("source", "", "table", "engine", "items", "seconds"), *rows], {0, 1, 2, 3}),
        *missing,
        *(f"  {name} is still raised" for name in restore.raised),
        *(line for report in restore.settings for line in became(report)),
        *(f"  {note}" for note in restore.notes),
    ]


def plan_lines(plan: BackupPlan | Estimate) -> list[str]:
    """Before anything is done: a line a table; throughput is read units a second."""
    rows = columns([_PLAN_HEAD, *map(_dump, plan.tables)], {0, 1, 10})
    return [_in_all(plan), *_clusters(plan), *rows, *_excluded(plan.excluded)]


def restore_plan_lines(plan: RestorePlan) -> list[str]:
    """The same for a restore; throughput is write units a second."""
    rows = columns([_LOAD_HEAD, *map(_load, plan.tables)], {0, 1, 2, 3, 11})
    return [_in_all(plan), *_clusters(plan), *rows, *(line for table in plan.tables for line in planned(table.name, table.put_back))]


def columns(rows: Sequence[Sequence[str]], left: set[int] = _LEFT) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(c.ljust(w) if i in left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip() for row in rows
    ]


def _excluded(excluded: dict[str, str]) -> list[str]:
    return [f"  {name} is excluded by {pattern}" for name, pattern in excluded.items()]


def _in_all(plan: BackupPlan | Estimate | RestorePlan) -> str:
    price = "price of the cluster unknown" if plan.dollars is None else f"about {cost.amount(plan.dollars)}"
    return f"{counted(len(plan.tables), 'table')}, about {plan.seconds / 60:,.0f} minutes, {price} ({plan.prices})"


def _clusters(plan: BackupPlan | Estimate | RestorePlan) -> list[str]:
    """Why it is of this size: with more of it, the longest table would still take what it takes."""
    if plan.size is None:
        return []
    size, longest = plan.size, max(table.seconds for table in plan.tables if table.on_cluster)
    work = f"{counted(size.concurrency, 'table')} at once{' in each' if size.lanes > 1 else ''}: about {_minutes(size.seconds)}"
    spot = "; spot machines are counted at the on-demand price" if plan.spot else ""
    return [f"  {counted(size.lanes, 'cluster')} of {_machines(size, plan.spot)}, {work}; the longest table alone takes {_minutes(longest)}{spot}"]


def _machines(size: Size, spot: int) -> str:
    some = f" ({'all' if spot == size.nodes else spot} of {'them' if size.primary_type == size.worker_type else 'these'} spot)" if spot else ""
    if size.primary_type == size.worker_type:
        return f"{1 + size.nodes} {size.worker_type}{some}"
    return f"one {size.primary_type} and {size.nodes} {size.worker_type}{some}"


def _minutes(seconds: float) -> str:
    return counted(max(1, round(seconds / 60)), "minute")


def _dump(table: TableDump) -> tuple[str, ...]:
    units = (_units(table.before), _units(table.during), _units(table.before))
    numbers = (str(table.segments), f"{table.seconds / 60:,.1f}", f"{table.dollars:,.4f}")
    return (table.name, table.engine, f"{table.items:,}", size(table.bytes), *units, *numbers, table.reasons)


def _load(table: TableLoad) -> tuple[str, ...]:
    units = (_units(table.before, "write"), _units(table.during, "write"), _units(table.before, "write"))
    numbers = (f"{table.seconds / 60:,.1f}", f"{table.dollars:,.4f}")
    return (table.source, "->", table.name, table.engine, f"{table.items:,}", size(table.bytes), *units, *numbers, f"{table.rate.why}; {table.why}")


def _took(report: Report) -> list[str]:
    told = "not known" if report.totals.dollars is None else f"{report.guess(*PARTS)}{cost.amount(report.totals.dollars)}"
    machines = f", of which {cost.amount(report.spent.clusters)} for the machines" if report.spent.clusters else ""
    return [
        f"  it took {duration(report.totals.seconds)} and cost {told}{machines} ({report.prices})",
        f"  plots, and how it compares with the backups before: {Folder.parse(report.uri).page}",
    ]


def _row(table: TableVerdict, row: Row | None) -> tuple[str, ...]:
    seen = table.throughput
    units = map(_units, (seen.before, seen.during, seen.after))
    counts = (str(table.attempt or ""), f"{table.items:,}", size(table.bytes))
    return (table.name, table.engine, *counts, *units, f"{table.seconds:.1f}", *_spent(table, row), table.verdict.value)


def _spent(table: TableVerdict, row: Row | None) -> tuple[str, str]:
    """Read units and dollars."""
    units = row.read_units if row else table.read_units
    read = "?" if units is None else f"{row.guess('read_units') if row else ''}{units:,.0f}"
    return read, f"{row.guess(*OWN)}{row.spent.own:,.4f}" if row else "?"


def _units(throughput: Throughput | None, kind: str = "read") -> str:
    if throughput is None:
        return "?"
    return str(getattr(throughput, kind) or "on demand")
