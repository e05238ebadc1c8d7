from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core.charge import Charge, told
from airflow_dynamodb_emr.core.documents import decode, encode
from airflow_dynamodb_emr.core.verdict import Verdict, worst
from airflow_dynamodb_emr.core.verification import Fault, TableVerification, Verification, doubted, held, lowered, merged, of_here

from .makers import NOON, backup, judged

VALID, INVALID, INCOMPLETE, UNVERIFIED = Verdict.VALID, Verdict.INVALID, Verdict.INCOMPLETE, Verdict.UNVERIFIED
LATER, EARLIER = NOON + timedelta(hours=1), NOON - timedelta(hours=1)
WRONG = Fault(part="a/1/x", reason="it is not there")


def seen(name: str = "a", verdict: Verdict = VALID, deep: bool = False, **more: object) -> TableVerification:
    return TableVerification(name=name, verdict=verdict, deep=deep, **{"at": LATER, **more})  # type: ignore[arg-type]


def look(*tables: TableVerification, reasons: Sequence[Fault] = (), **more: object) -> Verification:
    verdict = INVALID if reasons else worst(table.verdict for table in tables)
    about = {"uri": "s3://b/x", "at": LATER, "judged": NOON, **more}
    return Verification(verdict=verdict, tables=list(tables), reasons=list(reasons), **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "now", "holds"),
    [
        pytest.param(None, (VALID, False), "now", id="nobody has looked"),
        pytest.param((VALID, False), (INVALID, False), "now", id="shallow after shallow"),
        pytest.param((INVALID, True), (VALID, False), "before", id="shallow takes back no damage"),
        pytest.param((INCOMPLETE, True), (VALID, False), "before", id="nor what is missing"),
        pytest.param((INVALID, True), (INCOMPLETE, False), "before", id="nor changes it"),
        pytest.param((VALID, True), (VALID, False), "before", id="a deep VALID holds"),
        pytest.param((VALID, True), (UNVERIFIED, False), "before", id="also where shallow cannot tell"),
        pytest.param((VALID, True), (INCOMPLETE, False), "now", id="until something is lost"),
        pytest.param((INVALID, True), (VALID, True), "now", id="deep replaces bad"),
        pytest.param((VALID, True), (INVALID, True), "now", id="deep replaces good"),
    ],
)
def test_which_look_holds(before: tuple[Verdict, bool] | None, now: tuple[Verdict, bool], holds: str) -> None:
    known = look(seen("a", *before, at=NOON)) if before else None
    latest = look(seen("a", *now))

    made = held(known, latest.tables[0])

    assert [made] == (latest.tables if holds == "now" else known and known.tables)


def test_tables_that_were_not_looked_at_keep_theirs_and_count() -> None:
    made = merged(look(seen("a", INVALID), seen("b")), look(seen("b", deep=True)))

    assert [(table.name, table.verdict, table.deep) for table in made.tables] == [("a", INVALID, False), ("b", VALID, True)]
    assert made.verdict is INVALID


def test_what_a_look_had_from_the_record_is_no_news_for_it() -> None:
    """While it looked, somebody else has found more."""
    from_before = seen("a", deep=True, at=EARLIER)
    newer = look(seen("a", INVALID, deep=True, at=NOON))

    assert merged(newer, look(from_before)).tables == newer.tables
    assert merged(None, look(from_before)).tables == [from_before], "a record that was lost meanwhile"


def test_a_shallow_look_that_knew_nothing_of_a_deep_one_takes_nothing_back() -> None:
    """Both began when nobody had looked."""
    deep, shallow = look(seen("a", INVALID, deep=True)), look(seen("a"))

    assert merged(merged(None, deep), shallow).tables == merged(merged(None, shallow), deep).tables == deep.tables


@pytest.mark.parametrize("verdict", [VALID, INVALID])
def test_a_look_at_another_dump_holds_for_none_of_this(verdict: Verdict) -> None:
    before, now = look(seen("a", verdict, deep=True, manifest_sha256="x")), seen("a", UNVERIFIED, manifest_sha256="y")

    assert held(before, now) == now


def test_what_was_written_over_since_a_deep_look_is_not_whole_for_that() -> None:
    before, now = look(seen("a", deep=True, listed_sha256="x")), seen("a", UNVERIFIED, listed_sha256="y")

    assert held(before, now) == now
    assert held(look(seen("a", INVALID, deep=True, listed_sha256="x")), now).verdict is INVALID


LOOKS = st.lists(st.tuples(st.sampled_from([VALID, INVALID, INCOMPLETE, UNVERIFIED]), st.booleans()), min_size=1, max_size=6)


@given(LOOKS)
def test_after_any_looks_a_table_is_not_better_than_the_last_deep_one_found_it(looks: list[tuple[Verdict, bool]]) -> None:
    record = None
    for verdict, deep in looks:
        record = merged(record, look(held(record, seen("a", verdict, deep))))

    last_deep = next((verdict for verdict, deep in reversed(looks) if deep), None)
    assert record
    if last_deep in (INVALID, INCOMPLETE):
        assert record.tables[0].verdict is last_deep
    if looks[-1][1]:
        assert record.tables[0].verdict is looks[-1][0]


def test_a_backup_is_what_the_last_look_leaves_of_it() -> None:
    whole = backup(judged("a", engines=["worker"]), judged("b"), judged("c", INCOMPLETE, reasons=["its step is FAILED"]))
    record = look(seen("a", deep=True, engines=["connector", "worker"]), seen("b", INVALID, reasons=[WRONG]), seen("c"))

    found = lowered(whole, record)

    assert [table.verdict for table in found.tables] == [VALID, INVALID, INCOMPLETE] and found.verdict is INVALID
    assert found.missing == {"b": "a/1/x: it is not there", "c": "its step is FAILED"}
    assert (found.tables[0].engines, found.tables[0].verified) == (["connector", "worker"], LATER)


def test_a_look_at_another_verdict_or_dump_says_nothing_of_this_whatever_the_clocks_say() -> None:
    whole = backup(judged("a", manifest_sha256="x"))
    record = look(seen("a", INCOMPLETE), reasons=[WRONG], judged=EARLIER)

    assert lowered(whole, record) == whole == lowered(whole, None)
    assert lowered(whole, structs.replace(record, judged=None)) == whole, "it was forgotten then, and has come back"


@pytest.mark.parametrize("at", [EARLIER, LATER])
def test_damage_counts_also_where_the_clock_of_who_found_it_was_wrong(at: datetime) -> None:
    whole = backup(judged("a", manifest_sha256="x"))

    assert lowered(whole, look(seen("a", INVALID, at=at, manifest_sha256="x"), at=at)).verdict is INVALID


def test_damage_counts_also_after_its_run_was_cleared_for_another_tables_sake() -> None:
    """Its own dump is what it was."""
    whole = structs.replace(backup(judged("a", manifest_sha256="x"), judged("b")), ended=LATER)

    assert lowered(whole, look(seen("a", INVALID, deep=True, manifest_sha256="x"), judged=NOON)).missing.keys() == {"a"}


def test_no_look_makes_a_backup_better_than_its_verdict() -> None:
    failed = structs.replace(backup(judged("a")), verdict=INCOMPLETE)

    assert lowered(failed, look(seen("a", deep=True))).verdict is INCOMPLETE


def test_where_looks_cannot_be_read_nobody_knows() -> None:
    assert (doubted(backup(judged("a")), "why").verdict, doubted(backup(judged("a")), "why").notes) == (UNVERIFIED, ["why"])
    assert doubted(backup(judged("a", INCOMPLETE)), "why").verdict is INCOMPLETE


def test_what_cannot_be_told_takes_nothing_away() -> None:
    whole = backup(judged("a", engines=["worker"]))

    assert lowered(whole, look(seen("a", UNVERIFIED, engines=["connector"]))) == whole


def test_what_is_wrong_with_the_whole_counts_for_the_whole() -> None:
    found = lowered(backup(judged("a")), look(seen("a"), reasons=[WRONG]))

    assert found.verdict is INVALID and found.notes == ["a/1/x: it is not there"]


def test_of_another_folders_record_only_damage_is_believed() -> None:
    record = look(seen("a"), seen("b", INVALID), seen("c", UNVERIFIED))

    assert of_here(record, "s3://b/x") is record
    assert [table.name for table in of_here(record, "s3://copy/x").tables] == ["b"]


def test_a_record_comes_back_from_its_file() -> None:
    record = look(seen("a", INVALID, reasons=[WRONG]), notes=["a note"])

    assert decode(encode(record), Verification, "it") == record
    assert decode(b'{"verdict":"VALID","uri":"s3://b/x","tables":[]}', Verification, "it").at is None


def test_of_a_great_many_things_that_are_wrong_the_first_are_told() -> None:
    faults = told([Charge(INVALID, f"a/1/{number}", "it is not there") for number in range(1003)])

    assert len(faults) == 1001 and faults[-1] == Fault(reason="3 more things are wrong")
