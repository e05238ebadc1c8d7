"""What a person reads about the backups there are, and about one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from airflow_dynamodb_emr.core.catalogue import Entry, Window
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.report import columns
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict, Verdict
from airflow_dynamodb_emr.core.verification import TableVerification, Verification
from airflow_dynamodb_emr.core.verified import SHOWN
from airflow_dynamodb_emr.core.words import age, counted, size

_HEAD = ("made (UTC)", "age", "verdict", "tables", "items", "stored", "backup", "")
_TABLE_HEAD = ("table", "engine", "items", "stored", "verdict", "can be loaded by", "looked at (UTC)")


class Listed(Noun, frozen=True, kw_only=True):
    """Of one prefix: its backups, newest first, and the newest good one, which need not be among them."""

    prefix: str
    region: str
    entries: list[Entry]
    newest_good: Entry | None


def listed_lines(listed: Listed, window: Window, now: datetime) -> list[str]:
    rows = columns([_HEAD, *(_row(entry, now) for entry in listed.entries)], {0, 2, 6, 7}) if listed.entries else []
    return [f"{listed.prefix} in {listed.region}{window}: {_newest(listed, now)}", *rows]


def shown_lines(backup: Backup, verification: Verification | None, now: datetime) -> list[str]:
    """A line a table, then what is wrong with it."""
    looks = {table.name: table for table in verification.tables} if verification else {}
    made = f"made at {backup.time:%Y-%m-%d %H:%M:%S} UTC, {_ago(backup.time, now)}"
    rows = [_TABLE_HEAD, *(_table(table, looks.get(table.name)) for table in backup.tables)]
    return [
        f"backup of {backup.prefix}* in {backup.region}: {backup.verdict.value}, {made}",
        f"  {counted(len(backup.tables), 'table')}, {_items(backup)}, {size(backup.bytes)} in {backup.uri}",
        f"  {_looked(backup, looks, now)}",
        *columns(rows, {0, 1, 4, 5, 6}),
        *(f"  {line}" for table in backup.tables for line in _faults(table)),
        *(f"  {name} was still raised" for name in backup.raised),
        *(f"  {name} was excluded by {pattern}" for name, pattern in backup.excluded.items()),
        *(f"  {note}" for note in backup.notes),
    ]


def _newest(listed: Listed, now: datetime) -> str:
    if listed.newest_good is None:
        return "no good backup"
    return f"the newest good backup was made {_ago(listed.newest_good.time, now)}: {listed.newest_good.uri}"


def _row(entry: Entry, now: datetime) -> tuple[str, ...]:
    sums = (f"{entry.items:,}", size(entry.bytes)) if entry.counted else ("?", "?")
    made = f"{entry.time:%Y-%m-%d %H:%M:%S}"
    return made, age(now - entry.time), entry.verdict.value, f"{entry.tables:,}", *sums, entry.uri, "; ".join(_more(entry, now))


def _more(entry: Entry, now: datetime) -> list[str]:
    kept = ["kept"] if entry.kept else []
    read = [f"every part was read {_ago(entry.verified, now)}"] if entry.verified else []
    stands = [f"stands on {counted(len(entry.stands_on), 'other')}"] if entry.stands_on else []
    reason = entry.reason or ("of the older system" if entry.older else "")
    return [*kept, *read, *stands, *([reason] if reason else [])]


def _table(table: TableVerdict, look: TableVerification | None) -> tuple[str, ...]:
    items = "?" if table.verdict is Verdict.UNVERIFIED else f"{table.items:,}"
    looked = f"{look.at:%Y-%m-%d %H:%M:%S}, {'every part read' if look.deep else 'parts listed'}" if look else ""
    engines = ", ".join(table.engines) if table.verdict is Verdict.VALID else ""
    return table.name, table.engine, items, size(table.bytes), table.verdict.value, engines, looked


def _faults(table: TableVerdict) -> list[str]:
    reasons, more = table.reasons[:SHOWN], len(table.reasons) - SHOWN
    return [f"{table.name}: {reason}" for reason in [*reasons, *([f"and {more:,} more"] if more > 0 else [])]]


def _items(backup: Backup) -> str:
    unknown = any(table.verdict is Verdict.UNVERIFIED for table in backup.tables)
    return "items not counted" if unknown else counted(backup.items, "item")


def _looked(backup: Backup, looks: Mapping[str, TableVerification], now: datetime) -> str:
    if not looks:
        return "nobody has looked at it since: `dynamodb-emr verify` does"
    deep, in_all = sum(looks[table.name].deep for table in backup.tables if table.name in looks), len(backup.tables)
    some = f" of {deep} of {counted(in_all, 'table')}" if deep < in_all else ""
    how = f"every part was read{some}" if deep else "its parts were listed, not read"
    return f"last looked at {_ago(max(look.at for look in looks.values()), now)}; {how}"


def _ago(time: datetime, now: datetime) -> str:
    return f"{age(now - time)} ago" if time <= now else "in the future"
