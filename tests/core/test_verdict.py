from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core import verdict
from airflow_dynamodb_emr.core.documents import decode, encode
from airflow_dynamodb_emr.core.manifest import Increment
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.verdict import Backup, Seen, Verdict, overall

from .makers import NOON, backup, judged, manifest, plan, table


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        pytest.param([], Verdict.INCOMPLETE, id="nothing at all"),
        pytest.param(["VALID", "VALID"], Verdict.VALID, id="all whole"),
        pytest.param(["VALID", "INCOMPLETE"], Verdict.INCOMPLETE, id="one missing"),
        pytest.param(["INCOMPLETE", "INVALID"], Verdict.INVALID, id="one damaged"),
        pytest.param(["INVALID", "IN_PROGRESS"], Verdict.IN_PROGRESS, id="one under way"),
    ],
)
def test_a_backup_is_as_good_as_its_worst_table(verdicts: list[str], worst: Verdict) -> None:
    assert overall([judged(str(number), Verdict(word)) for number, word in enumerate(verdicts)]) is worst


@given(st.lists(st.sampled_from(Verdict), min_size=1))
def test_only_whole_tables_make_a_good_backup(verdicts: list[Verdict]) -> None:
    good = overall([judged(str(number), one) for number, one in enumerate(verdicts)]) is Verdict.VALID

    assert good == all(one is Verdict.VALID for one in verdicts)


def test_a_backup_counts_items_and_bytes_and_names_what_is_missing_and_raised() -> None:
    made = backup(
        judged("a", items=3, bytes=10),
        judged("b", items=4, bytes=20, raised=True),
        judged("c", Verdict.INCOMPLETE, reasons=["no manifest", "no count"]),
    )

    assert (made.items, made.bytes) == (7, 30)
    assert made.missing == {"c": "no manifest; no count"}
    assert made.raised == ["b"]
    assert made.table("b") is made.tables[1] and made.table("d") is None


def test_a_whole_dump_is_told_from_its_manifest() -> None:
    seen = Seen(before=Throughput(read=5, write=5))

    made = verdict.whole(structs.replace(manifest(), read_units=4.5), b"{}", seen, raised=False)

    assert (made.verdict, made.items, made.bytes, made.attempt, made.seconds) == (Verdict.VALID, 3, 10, 1, 1.5)
    assert made.engines == ["connector", "worker"] and made.throughput is seen and made.reasons == []
    assert (made.manifest_sha256, made.read_units) == ("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", 4.5)


def test_a_missing_dump_says_why() -> None:
    made = verdict.missing(plan().tables[0], "its step is FAILED", Seen(), raised=True)

    assert (made.verdict, made.reasons, made.raised, made.items) == (Verdict.INCOMPLETE, ["its step is FAILED"], True, 0)


def test_a_verdict_says_which_backup_it_is_of_and_comes_back_from_its_file() -> None:
    of = plan(table("a"))

    made = verdict.backup(of, [judged("a")], NOON, ["a note"])

    assert (made.run, made.prefix, made.uri, made.time, made.notes) == (of.run, of.prefix, of.folder, NOON, ["a note"])
    assert decode(encode(made), Backup, "it") == made
    assert made.stands_on == []


def test_a_verdict_names_the_backups_that_its_increments_need() -> None:
    def since(day: int) -> Increment:
        base = f"s3://b/x/2026/11/{day}/12_00.00/tables/a.json"
        return Increment(base=base, base_time=NOON, start=NOON, end=NOON)

    of = structs.replace(plan(table("a")), increments={"a": since(22), "b": since(22), "c": since(21)})

    assert verdict.backup(of, [], NOON, []).stands_on == ["s3://b/x/2026/11/21/12_00.00", "s3://b/x/2026/11/22/12_00.00"]
