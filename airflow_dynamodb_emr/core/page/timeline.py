"""The time line: which cluster worked on which table when, which tables were raised meanwhile, and what failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import NamedTuple

from airflow_dynamodb_emr.core.page.drawing import AXIS, bar, drawing, text, times
from airflow_dynamodb_emr.core.page.markup import Markup, joined
from airflow_dynamodb_emr.core.page.scale import Clock
from airflow_dynamodb_emr.core.page.spikes import HEIGHT, area, levels
from airflow_dynamodb_emr.core.runreport import Report
from airflow_dynamodb_emr.core.spent import Life, Try
from airflow_dynamodb_emr.core.steps import COMPLETED
from airflow_dynamodb_emr.core.words import counted, duration

_HEAD, _GAP, _FEW_ROWS = 22, 8, 48
_LETTER = 0.0085  # of the width of a usual window


class Strip(NamedTuple):
    """One bar."""

    start: datetime
    end: datetime
    class_: str
    words: str
    label: str = ""
    raised: bool = False


class Group(NamedTuple):
    title: str
    rows: list[list[Strip]]
    height: float  # of a row


def timeline(report: Report) -> Markup:
    """Nothing where nothing is known to have happened."""
    clock = _clock(report)
    if clock is None:
        return Markup()
    groups = list(_groups(report, clock))
    heights = [_HEAD + len(group.rows) * group.height + _GAP for group in groups]
    tops = [sum(heights[:number]) for number in range(len(groups))]
    bottom = sum(heights)
    drawn = [_group(group, top, clock) for group, top in zip(groups, tops, strict=True)]
    raised = levels(report)
    if raised:
        drawn.append(area(raised, clock, bottom))
        bottom += HEIGHT
    where = f" on {counted(len(report.clusters), 'cluster')}" if report.clusters else ""
    words = f"{counted(len(report.tries), 'dump')}{where}, from {_time(clock.start)} to {_time(clock.end)} UTC."
    return drawing("Tables on clusters over time", words, bottom + AXIS, times(clock, 0, bottom), drawn)


def packed(strips: Iterable[Strip]) -> list[list[Strip]]:
    """Onto as few rows as there were at once, each onto the first that is free."""
    rows: list[list[Strip]] = []
    for strip in sorted(strips):
        free = next((row for row in rows if row[-1].end <= strip.start), None)
        if free is None:
            rows.append([strip])
        else:
            free.append(strip)
    return rows


def _clock(report: Report) -> Clock | None:
    """Of all that is drawn."""
    spans = [*((each.started, each.ended) for each in report.tries), *((row.raised.start, row.raised.end) for row in report.tables if row.raised)]
    lives = [moment for life in report.clusters for moment in (life.created, life.ready, life.ended) if moment]
    moments = [*lives, *(moment for span in spans for moment in span)]
    return Clock.of(moments) if moments else None


def _groups(report: Report, clock: Clock) -> Iterator[Group]:
    strips = _Strips(report, clock)
    found = [(life, packed([*strips.start_of(life), *strips.of(life.id)])) for life in report.clusters]
    alone = packed(strips.of(""))
    height = 18.0 if sum(len(rows) for _, rows in found) + len(alone) <= _FEW_ROWS else 9.0
    yield from (Group(_title(life, several=len(found) > 1), rows, height) for life, rows in found)
    if alone:
        yield Group("without a cluster", alone, height)


class _Strips:
    """One for each try."""

    def __init__(self, report: Report, clock: Clock) -> None:
        self.report, self.clock = report, clock
        self.raised = {row.table.name for row in report.tables if row.added_units}

    def of(self, cluster: str) -> list[Strip]:
        return [self._strip(each) for each in self.report.tries if each.cluster == cluster]

    def _strip(self, each: Try) -> Strip:
        good, again = each.state == COMPLETED, f", try {each.number}" if each.number > 1 else ""
        words = f"{each.table}{again}: {_time(each.started)} to {_time(each.ended)} UTC, {duration(each.seconds)}{'' if good else f', {each.state}'}"
        return Strip(each.started, each.ended, "dump" if good else "failed", words, self._label(each), each.table in self.raised)

    def _label(self, each: Try) -> str:
        """Its name without what all of them begin with, where there is room for it."""
        short = each.table.removeprefix(self.report.prefix) or each.table
        return short if self._fits(short, each.started, each.ended) else ""

    def _fits(self, words: str, start: datetime, end: datetime) -> bool:
        return self.clock.share(end) - self.clock.share(start) > _LETTER * (len(words) + 1)

    def start_of(self, life: Life) -> Iterator[Strip]:
        until = life.ready or life.ended
        if life.created and until:
            words = f"cluster {life.id} starts: {duration((until - life.created).total_seconds())}{life.words and f', {life.words}'}"
            yield Strip(life.created, until, "starting", words, "starting" if self._fits("starting", life.created, until) else "")


def _title(life: Life, several: bool) -> str:
    which = f"cluster {life.lane + 1}" if several else "cluster"
    lived = f"lived {duration(life.seconds)}" if life.seconds is not None else "its end is not known"
    return f"{which} · {life.id} · {lived}"


def _group(group: Group, top: float, clock: Clock) -> Markup:
    def place(strip: Strip, row: int) -> Markup:
        y, label = top + _HEAD + row * group.height, strip.label if group.height > 12 else ""
        return bar(clock.share(strip.start), clock.share(strip.end), y, group.height - 2, strip.class_, strip.words, label, strip.raised)

    bars = [place(strip, number) for number, row in enumerate(group.rows) for strip in row]
    return joined(text(0, top + 15, group.title, class_="head"), bars)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(timezone.utc):%H:%M:%S}"
