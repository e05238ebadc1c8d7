"""The sections of the page: what to look at, plots, tables, notes, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_dynamodb_emr.core.page.capacity import MOST, throughput
from airflow_dynamodb_emr.core.page.history import history
from airflow_dynamodb_emr.core.page.markup import Child, Markup, tag
from airflow_dynamodb_emr.core.page.table import table
from airflow_dynamodb_emr.core.page.timeline import timeline
from airflow_dynamodb_emr.core.runreport import Report
from airflow_dynamodb_emr.core.steps import COMPLETED


def sections(report: Report) -> Iterator[Markup]:
    if report.compared_with:
        found = tag("ul", (tag("li", point.words) for point in report.points)) if report.points else tag("p", "Nothing that stands out.")
        yield _section("Compared with the backup before", found, tag("p", "Compared with ", tag("code", report.compared_with), class_="soft"))
    drawn = timeline(report)
    if drawn:
        yield _section("Time line", _legend(_used(report)), drawn)
    drawn = throughput(report)
    if drawn:
        which = f"The {MOST} with the most of {len(report.tables)} tables. " if len(report.tables) > MOST else ""
        words = "Read units a second; what was read is the average over the time of the table's dump."
        legend = _legend({"had": "had before and after", "raised": "raised by", "used": "read"})
        yield _section("Throughput", tag("p", which + words, class_="soft"), legend, drawn)
    plots = history(report)
    runs = (
        tag("div", plots, class_="small")
        if plots
        else tag("p", "This is the first backup on record; from the next one on there is something to draw.")
    )
    yield _section("Over time", runs)
    yield tag("section", tag("h2", "Tables"), table(report), class_="all")
    yield from _rest(report)


def _used(report: Report) -> dict[str, str]:
    told = {"starting": "a cluster starts", "dump": "a table is dumped", "failed": "a try that failed", "raised": "its read capacity is raised"}
    failed, raised = any(each.state != COMPLETED for each in report.tries), any(row.raised for row in report.tables)
    absent = {"starting": not report.clusters, "failed": not failed, "raised": not raised}
    return {name: words for name, words in told.items() if not absent.get(name)}


def _legend(told: dict[str, str]) -> Markup:
    def chip(class_: str) -> Markup:
        return tag("svg", tag("rect", width="100%", height="100%", rx="2", class_=class_), width="22", height="12", aria_hidden="true")

    return tag("div", (tag("span", chip(class_), words) for class_, words in told.items()), class_="legend")


def _section(title: str, *children: Child) -> Markup:
    return tag("section", tag("h2", title), *children)


def _rest(report: Report) -> Iterator[Markup]:
    points = {point.words for point in report.points}
    lines = [note for note in report.notes if note not in points] + [f"{name} is excluded by {pattern}" for name, pattern in report.excluded.items()]
    if lines:
        yield _section("Notes", tag("ul", (tag("li", line) for line in lines)))
    yield _section(
        "About the numbers",
        tag("p", f"Dollars go by {report.prices}. They are without discounts, and no bill."),
        tag("p", "What has a ~ before it is an estimate: docs/reports.md of airflow-dynamodb-emr says how it is made."),
        tag("p", f"Run {report.run}, airflow-dynamodb-emr {report.tool}.", class_="soft"),
    )
