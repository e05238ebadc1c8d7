"""The benchmark of copying: each contender copies all of a small table, and ratios are those of rounds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflow_dynamodb_emr.local.dynamodb.items.store import HASHES, hash_of
from benchmarks.copying import connector
from benchmarks.copying.bench import Bench, bench, ratio
from benchmarks.copying.jobs import Job, Taken
from benchmarks.copying.skew import ITEMS, SHAPES
from reference.maven import Missing

SMALL = 2_000


@pytest.fixture(scope="module")
def at() -> Iterator[Bench]:
    with bench() as running:
        yield running


def taken(items: int, cpu_seconds: float) -> Taken:
    return Taken(items=items, cpu_seconds=cpu_seconds, seconds=9, memory_before=0, memory=0)


@pytest.mark.parametrize("contender", ["alone", "boto3_dump", "raw_dump", "raw_dump_plainly", "raw_dump_connector_form"])
def test_who_dumps_copies_every_item(at: Bench, contender: str) -> None:
    found = at.dump(contender, SMALL)

    assert found.items == SMALL and found.cpu_seconds > 0 and found.memory >= found.memory_before > 10_000_000


def test_the_connectors_library_copies_every_item(at: Bench) -> None:
    try:
        found = connector.dump(at.recorded, SMALL)
    except Missing as missing:
        pytest.skip(f"not measured beside AWS's own software: {missing}")

    assert found.items == SMALL and found.cpu_seconds > 0


@pytest.mark.parametrize(("contender", "dumper"), [("boto3_load", "boto3_dump"), ("boto3_batch_writer", "boto3_dump"), ("raw_load", "raw_dump")])
def test_who_loads_writes_every_item(at: Bench, contender: str, dumper: str) -> None:
    folder = at.folder()
    at.run(Job(contender=dumper, table=f"T{SMALL}", folder=folder), SMALL)

    assert at.load(contender, {contender: (folder, SMALL)}).items == SMALL


def test_a_copy_of_another_number_of_items_is_no_measurement(at: Bench) -> None:
    with pytest.raises(RuntimeError, match="alone copied 10 items of 11"):
        at.run(Job(contender="alone", table="T10", folder=""), 11)


def test_a_copy_that_fails_is_no_measurement(at: Bench) -> None:
    with pytest.raises(RuntimeError, match="raw_dump of T10 ended with exit code 1"):
        at.run(Job(contender="raw_dump", table="T10", folder="s3://no-such-bucket/folder"), 10)


def test_a_ratio_is_the_middle_one_of_those_of_rounds() -> None:
    """Of which the last two were on a machine that was half as fast, and in one something else came between."""
    mine = [taken(1000, 1), taken(1000, 2), taken(1000, 8)]
    theirs = [taken(10, 0.1), taken(10, 0.2), taken(10, 0.2)]

    assert ratio({"mine": mine, "theirs": theirs}, "mine", "theirs") == pytest.approx(10)


def test_skewed_tables_have_nine_tenths_of_their_items_in_one_place() -> None:
    collections = [SHAPES["collection"](n)["id"]["S"] for n in range(ITEMS)]
    segments = [hash_of(SHAPES["one_segment"](n)["id"]["S"].encode()) * 8 // HASHES for n in range(ITEMS)]
    even = [hash_of(SHAPES["even"](n)["id"]["S"].encode()) * 8 // HASHES for n in range(ITEMS)]

    assert collections.count("customer-1") == pytest.approx(0.9 * ITEMS, abs=1)
    assert 0.9 * ITEMS <= segments.count(0) < 0.93 * ITEMS
    assert max(map(even.count, range(8))) < 0.2 * ITEMS


def test_every_item_of_a_skewed_table_has_a_key_of_its_own() -> None:
    for name, key in SHAPES.items():
        assert len({(key(n)["id"]["S"], key(n)["at"]["S"]) for n in range(ITEMS)}) == ITEMS, name
