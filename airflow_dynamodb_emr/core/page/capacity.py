"""What of its throughput each table used: what it had, what it was raised to, what was read."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_dynamodb_emr.core.page.drawing import AXIS, bar, drawing, text
from airflow_dynamodb_emr.core.page.markup import Markup, joined, percent, tag
from airflow_dynamodb_emr.core.page.scale import Scale
from airflow_dynamodb_emr.core.runreport import Report, Row
from airflow_dynamodb_emr.core.words import counted

MOST = 20  # tables that are drawn: those with the most
_ROW, _NAME = 34.0, 15.0


def drawn_rows(report: Report) -> list[Row]:
    """Those that were raised first, because they cost; then by what was read."""
    known = [row for row in report.tables if _most(row)]
    return sorted(known, key=lambda row: (not row.added_units, -_most(row), row.table.name))[:MOST]


def throughput(report: Report) -> Markup:
    rows = drawn_rows(report)
    if not rows:
        return Markup()
    scale = Scale.of([_most(row) for row in rows])
    bottom = _ROW * len(rows) + 4
    words = f"{counted(len(rows), 'table')}, up to {max(map(_most, rows)):,.0f} read units a second."
    bars = [part for number, row in enumerate(rows) for part in _row(row, number * _ROW, scale)]
    return drawing("Read units a second of each table", words, bottom + AXIS, _axis(scale, bottom), bars)


def capacities(row: Row) -> str:
    """In words: `10, raised to 105`."""
    seen = row.table.throughput
    if seen.before is None:
        return "?"
    if not seen.before.read:
        return "on demand"
    return f"{seen.before.read:,}, raised to {seen.during.read:,}" if row.added_units and seen.during else f"{seen.before.read:,}"


def _row(row: Row, top: float, scale: Scale) -> Iterator[Markup]:
    """The name above, and under it one in the other: what it had, what was added, what was used."""
    seen, used = row.table.throughput, row.units_a_second
    read = f"{row.guess('read_units')}{used:,.{0 if used >= 10 else 1}f} read" if used else ""
    words = f"{row.table.name}: {', '.join(filter(None, [capacities(row), read]))}"
    before, during = (seen.before.read if seen.before else 0), (seen.during.read if seen.during else 0)
    yield text(0, top + 12, words, class_="name")
    if before:
        yield bar(0, scale.share(before), top + _NAME + 2, 12, "had", words)
    if during > before:
        yield bar(scale.share(before), scale.share(during), top + _NAME + 2, 12, "raised", words)
    if used:
        yield bar(0, scale.share(used), top + _NAME + 5.5, 5, "used", words)


def _axis(scale: Scale, bottom: float) -> Markup:
    ticks = []
    for share, value in scale.ticks:
        anchor = "start" if share == 0 else "end" if share == 1 else "middle"
        ticks.append(tag("line", x1=percent(share), x2=percent(share), y1="0", y2=f"{bottom:.1f}", class_="grid"))
        ticks.append(text(share, bottom + 15, f"{value:,g}" if value < 1e6 else f"{value:,.0f}", anchor, "tick"))
    return joined(ticks)


def _most(row: Row) -> float:
    seen = row.table.throughput
    return max(row.units_a_second or 0.0, *(units.read if units else 0 for units in (seen.before, seen.during)))
