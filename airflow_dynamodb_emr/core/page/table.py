"""The table of tables, the largest first, and the words of a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.page.capacity import capacities
from airflow_dynamodb_emr.core.page.markup import Markup, tag
from airflow_dynamodb_emr.core.runreport import Report, Row
from airflow_dynamodb_emr.core.spent import OWN
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.words import duration, size


class Column(NamedTuple):
    title: str
    words: Callable[[Row], str]
    key: Callable[[Row], float] | None = None  # of a number: what it is ordered by, and it stands on the right


COLUMNS = (
    Column("table", lambda row: row.table.name),
    Column("verdict", lambda row: row.table.verdict.value),
    Column("engine", lambda row: row.table.engine),
    Column("items", lambda row: _dumped(row, f"{row.table.items:,}{' changes' if row.partial else ''}"), lambda row: row.table.items),
    Column("stored", lambda row: _dumped(row, size(row.table.bytes)), lambda row: row.table.bytes),
    Column("time", lambda row: _dumped(row, duration(row.table.seconds)), lambda row: row.table.seconds),
    Column("try", lambda row: str(row.table.attempt or ""), lambda row: row.table.attempt),
    Column("capacity", capacities),
    Column("after", lambda row: _after(row)),
    Column("units read", lambda row: _read(row), lambda row: -1 if row.read_units is None else row.read_units),
    Column("its cost", lambda row: _own(row), lambda row: row.spent.own),
    Column("of the cluster", lambda row: _share(row), lambda row: row.spent.clusters or 0),
)


def table(report: Report) -> Markup:
    rows = sorted(report.tables, key=lambda row: (row.table.verdict is Verdict.VALID, -row.table.bytes, row.table.name))
    head = tag("tr", (tag("th", column.title, scope="col", class_="number" if column.key else None) for column in COLUMNS))
    body = tag("tbody", map(_row, rows))
    return tag("div", tag("table", tag("thead", head), body), class_="wide", tabindex="0", role="region", aria_label="All tables")


def _row(row: Row) -> Markup:
    good = row.table.verdict is Verdict.VALID
    first, *others = COLUMNS
    return tag("tr", tag("th", first.words(row), scope="row"), (_cell(column, row) for column in others), class_=None if good else "bad")


def _cell(column: Column, row: Row) -> Markup:
    if column.key is None:
        return tag("td", column.words(row))
    return tag("td", column.words(row), class_="number", data_key=f"{column.key(row):.12g}")


def _dumped(row: Row, words: str) -> str:
    """Nothing where there is no dump that counts: a zero would look like an empty table."""
    return words if row.table.attempt else ""


def _after(row: Row) -> str:
    after, raised = row.table.throughput.after, " still raised" if row.table.raised else ""
    return f"{'?' if after is None else f'{after.read:,}' if after.read else 'on demand'}{raised}"


def _read(row: Row) -> str:
    return "?" if row.read_units is None else f"{row.guess('read_units')}{row.read_units:,.0f}"


def _own(row: Row) -> str:
    """Without its share of the cluster."""
    return _about(row, OWN, row.spent.own)


def _share(row: Row) -> str:
    if row.spent.clusters is None:
        return "?"
    return _about(row, ["clusters"], row.spent.clusters) if row.spent.clusters else ""


def _about(row: Row, parts: Sequence[str], dollars: float) -> str:
    """What is told as less than something needs no mark."""
    told = cost.amount(dollars)
    return told if told.startswith("<") else f"{row.guess(*parts)}{told}"
