"""What a person reads about the backups there are."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from airflow_dynamodb_emr.core.catalogue import Entry, Window
from airflow_dynamodb_emr.core.listing import Listed, listed_lines, shown_lines
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.core.verification import TableVerification, Verification

from .makers import NOON, backup, judged

NOW = NOON + timedelta(hours=5)


def entry(verdict: Verdict = Verdict.VALID, time: datetime = NOON, **more: object) -> Entry:
    known = {"prefix": "PROD_", "region": "us-east-1", "tables": 2, "items": 1234, "bytes": 2048, "run": "a/b", **more}
    return Entry(uri=f"s3://b/{time:%H}", time=time, verdict=verdict, **known)  # type: ignore[arg-type]


def lines(*entries: Entry, newest_good: Entry | None = None, window: Window | None = None) -> list[str]:
    listed = Listed(prefix="PROD_", region="us-east-1", entries=list(entries), newest_good=newest_good)
    return listed_lines(listed, window or Window(), NOW)


def test_the_newest_good_one_and_its_age_come_first() -> None:
    good = entry()

    assert lines(good, newest_good=good) == [
        "PROD_ in us-east-1: the newest good backup was made 5 hours ago: s3://b/12",
        "  made (UTC)               age  verdict  tables  items   stored  backup",
        "  2026-11-23 12:00:00  5 hours  VALID         2  1,234  2.0 KiB  s3://b/12",
    ]


def test_where_there_is_no_good_one_it_is_said_of_which_times() -> None:
    assert lines(window=Window(since=NOON)) == ["PROD_ in us-east-1 since 2026-11-23 12:00:00 UTC: no good backup"]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        pytest.param(entry(kept=True, verified=NOON, stands_on=["s3://b/1"]), "kept; every part was read 5 hours ago; stands on 1 other", id="marks"),
        pytest.param(entry(older=True), "of the older system", id="the older system's"),
        pytest.param(entry(Verdict.INVALID, reason="backup.json is cut"), "backup.json is cut", id="reason"),
    ],
)
def test_what_else_is_known_stands_at_the_end(made: Entry, words: str) -> None:
    assert lines(made)[-1].endswith(f"s3://b/12  {words}")


def test_what_nobody_has_counted_is_not_called_nothing() -> None:
    assert lines(entry(Verdict.IN_PROGRESS, run="", items=0, bytes=0))[-1].split()[-3:] == ["?", "?", "s3://b/12"]


def test_a_backup_is_shown_with_a_line_a_table() -> None:
    made = backup(judged(items=3, bytes=10, engines=["connector", "worker"]), judged("events", Verdict.INCOMPLETE, reasons=["its step is FAILED"]))

    assert shown_lines(made, None, NOW) == [
        "backup of PROD_* in eu-west-1: INCOMPLETE, made at 2026-11-23 12:00:00 UTC, 5 hours ago",
        "  2 tables, 3 items, 10 B in s3://backups/dynamodb/eu-west-1/PROD_/2026/11/23/12_00.00",
        "  nobody has looked at it since: `dynamodb-emr verify` does",
        "  table   engine     items  stored  verdict     can be loaded by   looked at (UTC)",
        "  orders  connector      3    10 B  VALID       connector, worker",
        "  events  connector      0     0 B  INCOMPLETE",
        "  events: its step is FAILED",
    ]


def looks(*deep: bool) -> Verification:
    tables = [TableVerification(name=str(number), verdict=Verdict.VALID, deep=each, at=NOON) for number, each in enumerate(deep)]
    return Verification(verdict=Verdict.VALID, uri="", tables=tables)


def test_the_last_look_is_told_table_by_table() -> None:
    shown = shown_lines(backup(judged("0"), judged("1"), judged("2")), looks(True, False), NOW)

    assert shown[2] == "  last looked at 5 hours ago; every part was read of 1 of 3 tables"
    assert [line.partition("VALID")[2].strip() for line in shown[4:]] == [
        "2026-11-23 12:00:00, every part read",
        "2026-11-23 12:00:00, parts listed",
        "",
    ]


@pytest.mark.parametrize(
    ("deep", "words"),
    [
        ([True, True], "every part was read"),
        ([False, False], "its parts were listed, not read"),
        ([True, False], "every part was read of 1 of 2 tables"),
    ],
)
def test_what_nobody_has_read_is_not_called_read(deep: list[bool], words: str) -> None:
    assert shown_lines(backup(judged("0"), judged("1")), looks(*deep), NOW)[2].endswith(f" ago; {words}")


def test_no_engine_is_said_to_load_what_is_damaged() -> None:
    assert "worker" not in shown_lines(backup(judged(verdict=Verdict.INVALID, engines=["worker"])), None, NOW)[4]


def test_each_thing_that_is_wrong_has_a_line_and_thousands_are_counted() -> None:
    shown = shown_lines(backup(judged(verdict=Verdict.INVALID, reasons=[f"line {number}" for number in range(3000)])), None, NOW)

    assert shown[5:7] == ["  orders: line 0", "  orders: line 1"]
    assert shown[-1] == "  orders: and 2,990 more"


def test_of_the_older_system_no_items_are_claimed() -> None:
    shown = shown_lines(backup(judged(verdict=Verdict.UNVERIFIED, bytes=10)), None, NOW)

    assert shown[1].startswith("  1 table, items not counted, 10 B")
    assert shown[4].split()[2] == "?"
