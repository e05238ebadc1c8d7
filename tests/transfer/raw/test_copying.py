"""A slice is copied from a table that changes between any two pages, by a process that may die between any two."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.transfer.raw import copying
from airflow_dynamodb_emr.transfer.raw.copying import Job, Progress
from airflow_dynamodb_emr.transfer.raw.forms import dynamodb_lines
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter
from airflow_dynamodb_emr.transfer.raw.output import Output
from airflow_dynamodb_emr.transfer.raw.slices import RANGE_SHARES, Slice, segments_of
from tests.transfer.raw.fake_s3 import FakeS3
from tests.transfer.raw.tables import KEYS, Straight, Table

JOB = Job("orders", KEYS, segments=2, page_items=4, part_bytes=1200, share_bytes=600)
_ITEM = "x" * 40


class Crash(Exception):
    """The process is gone."""


def sort_keys(kind: str, chance: Random, count: int) -> list[dict[str, str]]:
    """Different ones; half of them far apart, half close together."""
    made: dict[str, dict[str, str]] = {}
    while len(made) < count:
        near = chance.random() < 0.5
        if kind == "N":
            text = f"{chance.randrange(-999, 999)}E{chance.choice([-3, 0, 5])}" if near else str(chance.randrange(-(10**30), 10**30))
        elif kind == "S":
            text = f"2026-{chance.randrange(10**4):04}" if near else "".join(chance.choices("aZ0-é☃𝄞\x00\uffff", k=chance.randrange(1, 9)))
        else:
            text = b64encode(b"same" * 9 + chance.randbytes(2) if near else chance.randbytes(chance.randrange(1, 12))).decode()
        made[str(float(text)) if kind == "N" else text] = {kind: text}
    return list(made.values())


def item(hashed: str, at: dict[str, str]) -> dict[str, Any]:
    return {"id": {"S": hashed}, "at": at, "x": {"S": _ITEM}}


def copy_all(
    table: Table, job: Job, s3: FakeS3, chance: Random, between: Callable[..., Any] = lambda *_: None, slices: Iterable[Slice] | None = None
) -> list[Progress]:
    """Every slice, in any order; one that crashes is taken up from the progress that was told last."""
    heap = list(slices or segments_of(job.segments))
    done = []
    while heap:
        at = Progress(heap.pop(chance.randrange(len(heap))))
        while not at.done:
            output = Output(s3.place().upload, dynamodb_lines, at.slice.name, job.part_bytes, at.parts)
            try:
                for at in copying.copy(Straight(table, between), job, at, output):  # type: ignore[arg-type]  # noqa: B020
                    at = Progress.from_json(at.to_json())
            except Crash:
                pass
        done.append(at)
        heap += at.divided
    return sorted(done, key=lambda each: each.slice.name)


def dumped(s3: FakeS3, done: list[Progress]) -> list[dict[str, Any]]:
    lines = [line for each in done for part in each.parts for line in gzip.decompress(s3.objects[s3.place().at(part.key)]).splitlines()]
    return [json.loads(line)["Item"] for line in lines]


def key_of(item: dict[str, Any]) -> str:
    return json.dumps([item["id"], item["at"]])


@pytest.mark.parametrize("kind", ["S", "N", "B"])
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_items_that_stay_are_copied_once_whatever_comes_and_goes_between_pages_and_however_often_it_is_begun_again(kind: str, seed: int) -> None:
    chance, table, s3 = Random(seed), Table(f"S{kind}"), FakeS3()
    everything = [item("large" if n % 3 else f"small{n % 12}", at) for n, at in enumerate(sort_keys(kind, chance, 120))]
    chance.shuffle(everything)
    stay, come, go = everything[:60], everything[60:90], everything[90:]
    table.put(stay + go)
    stored = {key_of(each) for each in table.items()}
    crashes = [chance.random() < 0.1 for _ in range(20)]

    def between(*_: Any) -> None:
        if crashes and crashes.pop():
            raise Crash
        for each in chance.sample(come + go, 2):
            if chance.random() < 0.5:
                table.put([each])
            else:
                table.delete({name: each[name] for name in ("id", "at")})

    done = copy_all(table, JOB, s3, chance, between)

    copies = Counter(map(key_of, dumped(s3, done)))
    assert set(copies.values()) == {1}
    gone = {key_of(each) for each in normal(go, kind)}
    assert {key for key in stored if key not in gone} <= copies.keys()
    assert not s3.uploads
    assert sum(part.items for each in done for part in each.parts) == len(copies)


def normal(items: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """As a table writes their numbers."""
    if kind != "N":
        return items
    table = Table("SN", "normal")
    table.put(items)
    return table.items()


def large(count: int = 200, kind: str = "N") -> Table:
    table = Table(f"S{kind}")
    table.put(item("large", {kind: f"{n:04}"}) for n in range(count))
    table.put(item(f"small{n}", {kind: "1"}) for n in range(20))
    return table


def cut_of(done: list[Progress]) -> Any:
    return [(part.key, part.content_sha256, part.items) for each in done for part in each.parts]


def test_a_table_gives_the_same_parts_in_whatever_order_its_slices_are_copied_and_by_however_many_tries() -> None:
    table, cuts = large(), []
    for seed in range(5):
        chance, s3 = Random(seed), FakeS3()

        def crash(*_: Any, chance: Random = chance, often: float = 0.05 * (seed > 2)) -> None:
            if chance.random() < often:
                raise Crash

        cuts.append(cut_of(copy_all(table, JOB, s3, chance, crash)))

    assert all(cut == cuts[0] for cut in cuts) and len(cuts[0]) > 15


def test_slices_in_the_order_of_their_names_are_the_items_in_the_order_of_a_scan() -> None:
    table, s3 = large(), FakeS3()

    done = copy_all(table, JOB._replace(segments=1), s3, Random(1))

    assert dumped(s3, done) == table.items()


def test_a_slice_gives_up_a_collection_after_its_share_and_small_ones_never() -> None:
    table, s3 = large(), FakeS3()

    divided = copy_all(table, JOB, s3, Random(1))
    whole = copy_all(table, JOB._replace(share_bytes=10**6), FakeS3(), Random(1))

    assert max(sum(part.content_bytes for part in each.parts) for each in divided if each.slice.collection) < 2 * RANGE_SHARES * JOB.share_bytes
    assert len(whole) == JOB.segments and not any(each.divided for each in whole)


def test_a_slice_is_cut_into_parts_of_a_page_more_than_they_shall_have_at_most() -> None:
    done = copy_all(large(), JOB._replace(share_bytes=10**6), FakeS3(), Random(1))

    sizes = [[part.content_bytes for part in each.parts] for each in done]
    page = 4 * len(b"".join(dynamodb_lines([json.dumps(item("large", {"N": "1000"}), separators=(",", ":")).encode()])))
    assert all(JOB.part_bytes <= size < JOB.part_bytes + page for of_slice in sizes for size in of_slice[:-1])
    assert max(map(len, sizes)) > 3


def test_an_empty_slice_has_no_parts() -> None:
    (done,) = copy_all(Table(), Job("orders", KEYS), FakeS3(), Random(1))

    assert done.done and not done.parts


@pytest.mark.parametrize(
    "left", [pytest.param([], id="all"), pytest.param([0, 1], id="the last ones, and where it was"), pytest.param(range(4), id="the last ones")]
)
def test_a_collection_whose_end_is_deleted_while_it_is_divided_is_copied(left: Iterable[int]) -> None:
    table, s3 = large(40), FakeS3()
    keep = {f"{n:04}" for n in left}

    def delete(operation: str, request: Any) -> None:
        if operation == "Query" and request.get("ScanIndexForward") is False:
            for each in table.items():
                if each["id"] == {"S": "large"} and f"{int(each['at']['N']):04}" not in keep:
                    table.delete({name: each[name] for name in ("id", "at")})

    done = copy_all(table, JOB._replace(segments=1, share_bytes=300), s3, Random(1), delete)

    copies = Counter(map(key_of, dumped(s3, done)))
    assert set(copies.values()) == {1} and len([key for key in copies if "small" in key]) == 20


def test_a_range_is_over_at_its_end_although_the_table_says_that_there_may_be_more() -> None:
    """Behind the end there is nothing to be asked for: DynamoDB refuses to start there."""
    table, s3, asked = large(), FakeS3(), list[Any]()

    class Eager(Straight):
        def until(self, operation: str, body: bytes, read: Callable[[bytes], Any]) -> Any:
            found = super().until(operation, body, read)
            range_ = "BETWEEN" in json.loads(body).get("KeyConditionExpression", "")
            asked.append(json.loads(body).get("ExclusiveStartKey"))
            last = {name: json.loads(bytes(found.items[-1]))[name] for name in ("id", "at")} if range_ and found.items else {}
            return found._replace(last=json.dumps(last).encode()) if last else found

    slices = [each for done in copy_all(table, JOB, s3, Random(1)) for each in [done.slice] if each.collection]
    for each in slices:
        asked.clear()
        output = Output(s3.place().upload, dynamodb_lines, each.name, 10**6, [])
        *_, done = copying.copy(Eager(table), JOB._replace(share_bytes=10**9), Progress(each), output)  # type: ignore[arg-type]

        assert done.done
        assert {"id": json.loads(each.collection), "at": json.loads(each.end)} not in asked


def test_what_an_open_part_has_is_nowhere_when_a_copy_ends_early() -> None:
    s3 = FakeS3()

    def crash(_: str, request: Any) -> None:
        if "ExclusiveStartKey" in request:
            raise Crash

    with pytest.raises(Crash):
        output = Output(s3.place().upload, dynamodb_lines, "0", 10**6, [])
        list(copying.copy(Straight(large(), crash), Job("orders", KEYS, page_items=4), Progress(Slice("0")), output))  # type: ignore[arg-type]

    assert not s3.objects and not s3.uploads


def test_units_are_those_of_every_page_and_the_limiter_has_them() -> None:
    table, told = large(), []
    limiter, output = Limiter(1e9), Output(FakeS3().place().upload, dynamodb_lines, "0", 10**6, [])
    taken: list[float] = []
    limiter.took = taken.append  # type: ignore[method-assign]

    (done,) = copying.copy(
        Straight(table),  # type: ignore[arg-type]
        Job("orders", KEYS, page_items=4),
        Progress(Slice("0")),
        output,
        limiter,
        lambda *counts: told.append(counts),
    )

    assert done.units == sum(taken) == sum(units for _, _, units in told) == 220 / 4 * 0.5 + 0.5
    assert sum(items for items, _, _ in told) == 220
    assert sum(size for _, size, _ in told) == sum(part.content_bytes for part in done.parts)


def test_progress_tells_when_the_first_try_began() -> None:
    first, *_ = copying.copy(Straight(large()), JOB, Progress(Slice("0")), Output(FakeS3().place().upload, dynamodb_lines, "0", 600, []))  # type: ignore[arg-type]

    taken_up = list(copying.copy(Straight(large()), JOB, first, Output(FakeS3().place().upload, dynamodb_lines, "0", 600, first.parts)))  # type: ignore[arg-type]

    assert first.began and {each.began for each in taken_up} == {first.began}


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"slice":[],"parts":[],"divided":[],"new":1}', b'{"slice":["0"],"parts":[[1]],"divided":[]}'])
def test_what_is_no_progress_is_told(data: bytes) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Progress.from_json(data)
