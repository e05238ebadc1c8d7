"""How much read capacity a run had raised at each moment, of all its tables together: what the account had to have room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from itertools import pairwise
from typing import NamedTuple

from airflow_dynamodb_emr.core.page.drawing import text
from airflow_dynamodb_emr.core.page.markup import Markup, joined, percent, tag
from airflow_dynamodb_emr.core.page.scale import Clock
from airflow_dynamodb_emr.core.runreport import Report
from airflow_dynamodb_emr.core.words import counted

HEIGHT, _HEAD = 76.0, 22.0


class Level(NamedTuple):
    start: datetime
    end: datetime
    tables: int
    units: int  # above what these tables had


def levels(report: Report) -> list[Level]:
    """In order, and none where nothing is raised."""
    spans = [(row.raised, row.added_units) for row in report.tables if row.raised]
    moments = sorted({moment for span, _ in spans for moment in (span.start, span.end)})
    found = []
    for start, end in pairwise(moments):
        units = [added for span, added in spans if span.start <= start and end <= span.end]
        if units:
            found.append(Level(start, end, len(units), sum(units)))
    return found


def area(found: Sequence[Level], clock: Clock, top: float) -> Markup:
    most = max(level.units for level in found)
    title = f"raised by up to {most:,} units a second · {counted(max(level.tables for level in found), 'table')} at once"
    return joined(text(0, top + 15, title, class_="head"), _steps(found, clock, top + _HEAD, HEIGHT - _HEAD, most or 1))


def _steps(found: Sequence[Level], clock: Clock, top: float, height: float, most: int) -> Iterator[Markup]:
    for level in found:
        words = f"{level.start.astimezone(timezone.utc):%H:%M:%S} UTC: {counted(level.tables, 'table')} raised by {level.units:,} read units a second"
        high = max(1.0, height * level.units / most)
        across = {"x": percent(clock.share(level.start)), "width": percent(clock.share(level.end) - clock.share(level.start))}
        yield tag("rect", tag("title", words), **across, y=f"{top + height - high:.1f}", height=f"{high:.1f}", class_="raised")
