"""The page: what can be restored, what to do where something cannot, what to look at, and what it took."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pkgutil import get_data

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.page.markup import Markup, joined, tag
from airflow_dynamodb_emr.core.page.sections import sections
from airflow_dynamodb_emr.core.runreport import Report
from airflow_dynamodb_emr.core.spent import PARTS
from airflow_dynamodb_emr.core.words import counted, duration, size

STYLE, SCRIPT = ((get_data(__package__, name) or b"").decode() for name in ("style.css", "script.js"))  # read once, with the module's own code
_DO = (
    "In Airflow, clear the failed tasks of these tables with everything downstream of them: what is done is not done again, and this page is "
    "written anew. The tables that are not named here can be restored from this backup."
)

_PUT_BACK = ("The task reset, or else dynamodb_janitor, puts it back; ", tag("code", "dynamodb-emr raised"), " tells what is raised now.")


def page(report: Report) -> str:
    """A whole document; nothing in it comes from anywhere else, and its policy forbids that anything could."""
    head = joined(
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">'),
        tag("title", f"{headline(report)}: {report.prefix}* at {_time(report)}"),
        tag("style", Markup(STYLE)),
    )
    body = tag("body", tag("main", _top(report), _totals(report), sections(report)), tag("script", Markup(SCRIPT)))
    return f'<!doctype html>\n<html lang="en">{tag("head", head)}{body}</html>\n'


def headline(report: Report) -> str:
    tables, failed = report.totals.tables, report.totals.failed
    if failed:
        return f"{failed} of {counted(tables, 'table')} cannot be restored"
    return f"All {counted(tables, 'table')} can be restored" if tables > 1 else "Its one table can be restored"


def _policy() -> str:
    script = b64encode(sha256(SCRIPT.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"


def _top(report: Report) -> Iterator[Markup]:
    yield tag("h1", headline(report), class_="bad" if report.totals.failed else "good")
    yield tag("p", f"Backup of {report.prefix}* in {report.region}, {_time(report)}", class_="soft")
    yield tag("p", tag("code", report.uri), class_="soft")
    missing = [row.table for row in report.tables if row.table.reasons]
    if missing:
        named = tag("ul", (tag("li", tag("b", each.name), f": {'; '.join(each.reasons)}") for each in missing))
        yield tag("div", named, tag("p", _DO), _instead(report), class_="bad-list")
    if report.raised:
        words = f"The read capacity of {', '.join(report.raised)} was still raised when this was written, and is paid for."
        yield tag("div", tag("p", words), tag("p", *_PUT_BACK), class_="bad-list")


def _instead(report: Report) -> Markup:
    return tag("p", "The newest whole backup before this one: ", tag("code", report.compared_with)) if report.before_was_whole else Markup()


def _totals(report: Report) -> Markup:
    totals = report.totals
    tables = f"{totals.failed} failed" if totals.failed else "all whole"
    units = "?" if totals.read_units is None else f"{report.guess('read_units')}{totals.read_units:,.0f}"
    return tag(
        "dl",
        _tile("tables", f"{totals.tables:,}", tables),
        _tile("items", f"{totals.items:,}", ""),
        _tile("stored", size(totals.bytes), f"{cost.amount(report.storage_month_dollars)} a month in S3"),
        _tile("time", duration(totals.seconds), f"{report.started:%H:%M} to {report.ended:%H:%M} UTC"),
        _tile("read units", units, ""),
        _tile("cost", _dollars(report), _parts(report)),
    )


def _tile(name: str, value: str, more: str) -> Markup:
    return tag("div", tag("dt", name), tag("dd", value, tag("small", more) if more else ""))


def _dollars(report: Report) -> str:
    return "not known" if report.totals.dollars is None else f"{report.guess(*PARTS)}{cost.amount(report.totals.dollars)}"


def _parts(report: Report) -> str:
    spent = report.spent
    machines = "price of the machines not known" if spent.clusters is None else f"machines {cost.amount(spent.clusters)}" if spent.clusters else ""
    others = {"capacity": spent.capacity, "reads": spent.requests, "exports": spent.exports, "Serverless": spent.jobs}
    return ", ".join(filter(None, [machines, *(f"{name} {cost.amount(dollars)}" for name, dollars in others.items() if dollars)]))


def _time(report: Report) -> str:
    return f"{report.totals.time:%Y-%m-%d %H:%M} UTC"
