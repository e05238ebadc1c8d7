"""What all plots share: a drawing with its words for whoever cannot see it, and an axis of time under it."""

from __future__ import annotations

from airflow_dynamodb_emr.core.page.markup import Child, Markup, joined, percent, tag
from airflow_dynamodb_emr.core.page.scale import Clock

AXIS = 22  # pixels under a plot, for what its axis says


def drawing(title: str, description: str, height: float, *children: Child) -> Markup:
    """As wide as there is room. Wherever something is across is a share of that, upwards it is pixels."""
    words = joined(tag("title", title), tag("desc", description))
    return tag("svg", words, *children, class_="plot", width="100%", height=f"{height:.0f}", role="img", aria_label=f"{title}. {description}")


def text(share: float, y: float, words: str, anchor: str = "start", class_: str | None = None, dx: float = 0) -> Markup:
    """Near either end it stays within the drawing."""
    return tag("text", words, x=percent(share), y=f"{y:.1f}", dx=f"{dx:g}" if dx else None, text_anchor=anchor, class_=class_)


def bar(start: float, end: float, y: float, height: float, class_: str, words: str, label: str = "", marked: bool = False) -> Markup:
    """*words* appear under the pointer; *label* is written into it as far as there is room; *marked*: it has the mark of a table that is raised."""
    width = max(end - start, 0.0)
    box = tag("rect", width="100%", height="100%", rx="2", class_=class_)
    name = tag("text", label, x="4", y=f"{height / 2:.1f}", dominant_baseline="central", class_="in-bar") if label else ""
    mark = tag("rect", width="100%", y=f"{height - 3:.1f}", height="3", class_="raised") if marked else ""
    where = {"x": percent(start), "y": f"{y:.1f}", "width": percent(max(width, 0.0015)), "height": f"{height:.1f}"}
    return tag("svg", tag("title", words), box, name, mark, **where)


def times(clock: Clock, top: float, bottom: float) -> Markup:
    """The lines at round moments, and under them which these are."""
    drawn = []
    for share, words in clock.ticks():
        anchor = "start" if share < 0.04 else "end" if share > 0.96 else "middle"
        drawn.append(tag("line", x1=percent(share), x2=percent(share), y1=f"{top:.1f}", y2=f"{bottom:.1f}", class_="grid"))
        drawn.append(text(share, bottom + 15, words, anchor, "tick"))
    return joined(drawn)
