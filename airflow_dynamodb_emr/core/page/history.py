"""How the backups of a prefix have grown: a small plot for each of a few numbers, over the runs that a report remembers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.page.drawing import AXIS, drawing, text
from airflow_dynamodb_emr.core.page.markup import Markup, joined, percent, tag
from airflow_dynamodb_emr.core.page.scale import Clock, Scale
from airflow_dynamodb_emr.core.runreport import Past, Report
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.words import duration, size

_HEIGHT, _TOP = 96.0, 20.0
_LEFT = 0.2  # of the width is for what the levels say


class Quantity(NamedTuple):
    title: str
    of: Callable[[Past], float | None]
    words: Callable[[float], str]
    base: float = 10


QUANTITIES = (
    Quantity("Items", lambda past: past.items, lambda value: f"{value:,.0f}"),
    Quantity("Stored", lambda past: past.bytes, size, 1024),
    Quantity("Time", lambda past: past.seconds, duration, 60),
    Quantity("Cost", lambda past: past.dollars, cost.amount),
)


def history(report: Report) -> list[Markup]:
    """None while there is nothing to compare with."""
    runs = [*report.history, report.totals]
    plots = [_plot(quantity, runs) for quantity in QUANTITIES] if len(runs) > 1 else []
    return [plot for plot in plots if plot]


def _plot(quantity: Quantity, runs: Sequence[Past]) -> Markup:
    known = [(past, value) for past in runs if (value := quantity.of(past)) is not None]
    if len(known) < 2:
        return Markup()
    clock, scale = Clock.of(past.time for past, _ in known), Scale.of([value for _, value in known], 2, quantity.base)
    points = [(_across(clock.share(past.time)), _height(scale, value)) for past, value in known]
    lines = [_line(one, other) for one, other in pairwise(points)]
    dots = [_dot(past, quantity.words(value), *point) for (past, value), point in zip(known, points, strict=True)]
    last = quantity.words(known[-1][1])
    words = f"From {quantity.words(known[0][1])} on {known[0][0].time:%Y-%m-%d} to {last} on {known[-1][0].time:%Y-%m-%d}, {len(known)} runs."
    drawn = drawing(quantity.title, words, _TOP + _HEIGHT + AXIS, _levels(scale), _days(clock), lines, dots, _words(scale, quantity))
    return tag("figure", tag("figcaption", tag("b", quantity.title), f" {last}"), drawn)


def _days(clock: Clock) -> Markup:
    """The first and the last: so small a plot has no room for more."""
    y = _TOP + _HEIGHT + 15
    return joined(text(_LEFT, y, f"{clock.start:%Y-%m-%d}", class_="tick"), text(1, y, f"{clock.end:%Y-%m-%d}", "end", "tick"))


def _levels(scale: Scale) -> Markup:
    heights = (f"{_height(scale, value):.1f}" for _, value in scale.ticks)
    return joined(tag("line", x1="0", x2="100%", y1=y, y2=y, class_="grid") for y in heights)


def _words(scale: Scale, quantity: Quantity) -> Markup:
    return joined(text(0, _height(scale, value) - 3, quantity.words(value) if value else "0", class_="tick") for _, value in scale.ticks)


def _across(share: float) -> float:
    return _LEFT + (1 - _LEFT) * share


def _height(scale: Scale, value: float) -> float:
    return _TOP + _HEIGHT * (1 - scale.share(value))


def _line(one: tuple[float, float], other: tuple[float, float]) -> Markup:
    return tag("line", x1=percent(one[0]), y1=f"{one[1]:.1f}", x2=percent(other[0]), y2=f"{other[1]:.1f}", class_="line")


def _dot(past: Past, words: str, share: float, y: float) -> Markup:
    """One that failed is larger and hollow: not told apart by its colour alone."""
    good = past.verdict is Verdict.VALID
    title = f"{past.time:%Y-%m-%d %H:%M} UTC: {words}{'' if good else f', {past.failed} of {past.tables} tables failed'}"
    return tag("circle", tag("title", title), cx=percent(share), cy=f"{y:.1f}", r="3" if good else "5", class_="dot" if good else "bad-dot")
