from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core import documents, verdict
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.reckoning import MOST_PAST, Facts, report
from airflow_dynamodb_emr.core.runreport import Past, Report, numbers
from airflow_dynamodb_emr.core.spent import Life, Try
from airflow_dynamodb_emr.core.verdict import Seen, Verdict

from .makers import NOON, manifest, plan, table

MINUTE = timedelta(minutes=1)
LIFE = Life(id="j-1", lane=0, created=NOON, ready=NOON + 5 * MINUTE, ended=NOON + 30 * MINUTE)


def tried(name: str, number: int, state: str, start: int, end: int) -> Try:
    return Try(table=name, number=number, cluster="j-1", lane=0, state=state, started=NOON + start * MINUTE, ended=NOON + end * MINUTE)


def made(manifests: dict[str, TableManifest], tries: list[Try], **more: object) -> Report:
    """Of tables `a`, 8 GiB, and `b`, on demand."""
    planned = plan(table("a", read=10, bytes=8192 * 10**6), table("b", read=0, write=0, bytes=8192 * 1000))
    tables = [
        verdict.whole(found, b"", Seen(), False) if (found := manifests.get(dump.name)) else verdict.missing(dump, "its step is FAILED", Seen(), True)
        for dump in planned.tables
    ]
    backup = verdict.backup(planned, tables, NOON + 40 * MINUTE, ["a note"])
    return report(planned, backup, Facts(manifests=manifests, tries=tries, clusters=[LIFE], **more))  # type: ignore[arg-type]


def dumped(name: str, start: int, end: int, **more: object) -> TableManifest:
    times = {"started": NOON + start * MINUTE, "ended": NOON + end * MINUTE, "seconds": (end - start) * 60.0, "cluster": "j-1"}
    return structs.replace(manifest(name), **{**times, **more})


GOOD = {"a": dumped("a", 5, 25, attempt=2, read_units=1_200_000.0), "b": dumped("b", 5, 10)}
TRIES = [tried("a", 1, "FAILED", 5, 6), tried("a", 2, "COMPLETED", 6, 25), tried("b", 1, "COMPLETED", 5, 10)]


def test_it_has_the_totals_of_the_verdict_and_what_they_cost() -> None:
    found = made(GOOD, TRIES)

    assert (found.verdict, found.totals.tables, found.totals.failed, found.totals.items, found.totals.seconds) == (Verdict.VALID, 2, 0, 6, 2400)
    assert found.totals.read_units == pytest.approx(1_201_000)
    assert found.totals.dollars == pytest.approx(found.spent.dollars) and found.spent.clusters == pytest.approx(0.24 * 2 / 2)
    assert found.prices == "list prices of us-east-1, July 2026" and found.notes == ["a note"]


def test_each_table_says_what_it_took_and_what_of_that_is_estimated() -> None:
    a, b = sorted(made(GOOD, TRIES).tables, key=lambda row: row.table.name)

    assert (a.read_units, a.units_a_second, a.guess("read_units"), a.table.attempt, a.cluster) == (1_200_000, 1000, "", 2, "j-1")
    assert (b.read_units, b.guess("read_units"), b.estimated) == (1000, "~", ["requests", "read_units"])


def test_the_tables_share_the_cluster_and_a_failed_try_counts_too() -> None:
    a, b = sorted(made(GOOD, TRIES).tables, key=lambda row: row.table.name)

    assert a.spent.clusters == pytest.approx(0.24 * 20 / 25) and b.spent.clusters == pytest.approx(0.24 * 5 / 25)


def test_a_table_that_failed_is_there_with_its_tries_and_its_reason() -> None:
    found = made({"b": GOOD["b"]}, TRIES[:1] + TRIES[2:])
    row = next(row for row in found.tables if row.table.name == "a")

    assert (found.totals.failed, found.raised) == (1, ["a"])
    assert (row.table.reasons, row.started, row.read_units, row.cluster) == (["its step is FAILED"], NOON + 5 * MINUTE, None, "j-1")
    assert row.spent.clusters == pytest.approx(0.24 / 6)


def test_what_needed_no_cluster_is_on_the_time_line_too() -> None:
    found = made({**GOOD, "b": structs.replace(GOOD["b"], cluster="")}, TRIES[:2])

    assert [(each.table, each.cluster) for each in found.tries] == [("a", "j-1"), ("b", ""), ("a", "j-1")]


def test_without_a_price_for_the_machines_there_is_no_sum() -> None:
    forgotten = structs.replace(LIFE, created=None, ended=None)
    found = report(plan(table("a")), verdict.backup(plan(table("a")), [], NOON, []), Facts(clusters=[forgotten]))

    assert found.totals.dollars is None and numbers(found)["dollars"] is None


def test_it_remembers_the_totals_of_so_many_runs_before_it() -> None:
    past = [Past(time=NOON + number * MINUTE, verdict=Verdict.VALID, tables=1, items=number, bytes=1, seconds=1) for number in range(200)]

    assert [each.items for each in made(GOOD, TRIES, history=past).history] == list(range(200 - MOST_PAST, 200))


def test_it_can_be_written_and_read_back() -> None:
    found = made(GOOD, TRIES)

    assert documents.decode(documents.encode(found), Report, "report.json") == found


def test_the_numbers_for_programs_are_plain() -> None:
    told = numbers(made(GOOD, TRIES))

    assert told.keys() == {"tables", "failed", "items", "bytes", "seconds", "dollars", "read_units"}
    assert all(isinstance(value, int | float) for value in told.values())
