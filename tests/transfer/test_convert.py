"""What is converted is the same items, byte for byte where DynamoDB wrote them; what is broken off is taken up; nothing is lost silently."""

from __future__ import annotations

import gzip
from itertools import chain
from typing import Any

import pytest
from any_item import ITEMS, LOADABLE_ITEMS
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import parse_connector_manifest
from airflow_dynamodb_emr.errors import BadInput, CopyFailed, DataDamaged
from airflow_dynamodb_emr.transfer import dumps, lines, parts
from airflow_dynamodb_emr.transfer.convert import convert
from airflow_dynamodb_emr.transfer.dumps import Found
from airflow_dynamodb_emr.transfer.lines import Item, connector_line, dynamodb_line, json_of
from airflow_dynamodb_emr.transfer.raw.forms import CONNECTOR, DYNAMODB_JSON
from tests.transfer.raw.fake_s3 import BUCKET, FakeS3, refusal
from tests.transfer.test_pipeline import can_be_held, pipeline_line

FROM, INTO = S3Uri(BUCKET, "from"), S3Uri(BUCKET, "into")
EMPTY: Item = {"id": {"S": "e"}, "deep": {"L": [{"M": {"l": {"L": []}}}]}}
ORDERS: list[Item] = [{"id": {"S": f"k{number}"}, "n": {"N": "0.10"}, "M": {"M": {"M": {"S": "{}"}}}} for number in range(5)]


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


def dump(s3: FakeS3, items: list[Item], line: Any = connector_line, size: int = 2) -> Found:
    for number in range(0, len(items), size):
        text = b"".join(line(each) + b"\n" for each in items[number : number + size])
        s3.put_object(Bucket=BUCKET, Key=(FROM / f"{number:04}.gz").key, Body=gzip.compress(text))
    return dumps.of_files(s3, FROM)  # type: ignore[arg-type]


def held(s3: FakeS3, found: Found) -> list[Item]:
    return [lines.item(raw) for raw in dumps.flat(found.items(s3))]  # type: ignore[arg-type]


def converted(s3: FakeS3, folder: S3Uri = INTO) -> list[Item]:
    found = dumps.copied(s3, folder)  # type: ignore[arg-type]
    assert found
    return held(s3, found)


def deepest() -> Item:
    value: dict[str, Any] = {"B": b"\xff"}
    for depth in range(31):
        value = {"M": {"M": value}} if depth % 2 else {"L": [value]}
    return {"id": {"S": "deep"}, "a": value}


@pytest.mark.parametrize("line", [connector_line, dynamodb_line, json_of, pipeline_line], ids=lambda line: line.__name__)
@settings(max_examples=20, deadline=None)
@given(st.lists(ITEMS.filter(can_be_held), min_size=1, max_size=4))
def test_each_form_becomes_each_other_and_back(line: Any, items: list[Item]) -> None:
    s3 = FakeS3()
    found = dump(s3, [*items, deepest()], line)

    for form in (DYNAMODB_JSON, CONNECTOR):
        told, _ = convert(s3, found, FROM / form, form, anyway=True)
        assert converted(s3, FROM / form) == [*items, deepest()] == held(s3, found)
        assert told["items"] == len(items) + 1
        back = dumps.copied(s3, FROM / form)  # type: ignore[arg-type]
        assert back
        convert(s3, back, FROM / form / "back", DYNAMODB_JSON)
        assert converted(s3, FROM / form / "back") == [*items, deepest()]


@settings(max_examples=20, deadline=None)
@given(st.lists(LOADABLE_ITEMS, min_size=1, max_size=4))
def test_what_the_connector_gets_without_being_forced_it_can_load(items: list[Item]) -> None:
    s3 = FakeS3()

    _, empties = convert(s3, dump(s3, items, dynamodb_line), INTO, CONNECTOR)

    written = chain.from_iterable(parts.lines(s3, uri) for uri in named(s3))  # type: ignore[arg-type]
    assert empties == 0
    assert all(lines.read(line).connector_can_load for line in written)


def named(s3: FakeS3) -> list[S3Uri]:
    return parse_connector_manifest(s3.objects[(INTO / "manifest").key])


def test_the_connector_is_told_of_each_part(s3: FakeS3) -> None:
    told, _ = convert(s3, dump(s3, ORDERS), INTO, CONNECTOR)

    assert [str(uri) for uri in named(s3)] == [f"{INTO}/{part['key']}" for part in told["parts"]]
    assert (told["items"], len(told["parts"]), told["engine"]) == (5, 3, "convert")
    assert s3.written()[-2:] == ["into/manifest", "into/manifest.json"]


def test_what_the_connector_cannot_load_is_refused_before_anything_is_written(s3: FakeS3) -> None:
    found = dump(s3, [*ORDERS, EMPTY], dynamodb_line)

    with pytest.raises(BadInput, match=r"s3://backups/from has 1 item with empty lists or maps.*\nHINT: take dynamodb-json, .*--anyway"):
        convert(s3, found, INTO, CONNECTOR)

    assert not s3.written("into")
    assert not [key for key in s3.objects if key.startswith("into")]


def test_anyway_it_is_written_and_counted(s3: FakeS3) -> None:
    _, empties = convert(s3, dump(s3, [*ORDERS, EMPTY], dynamodb_line), INTO, CONNECTOR, anyway=True)

    assert empties == 1
    assert converted(s3) == [*ORDERS, EMPTY]


def test_a_dump_of_nothing_becomes_a_dump_of_nothing(s3: FakeS3) -> None:
    told, _ = convert(s3, Found(folder=FROM, parts=[], form=""), INTO, CONNECTOR)

    assert (told["items"], named(s3), converted(s3)) == (0, [], [])


@pytest.mark.parametrize("at", range(0, 22, 3))
def test_what_was_broken_off_is_taken_up(s3: FakeS3, at: int) -> None:
    found, left = dump(s3, ORDERS), [at]

    def broken(operation: str, _: dict[str, Any]) -> None:
        if operation.startswith(("put", "complete")):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt

    s3.after = broken
    with pytest.raises(KeyboardInterrupt):
        while True:  # until it breaks: a run has fewer calls than the longest wait
            convert(s3, found, INTO, CONNECTOR)
            for key in [key for key in s3.objects if key.startswith("into/")]:
                del s3.objects[key]
    s3.after = lambda *_: None
    finished = "into/manifest.json" in s3.objects
    done = {key for key in s3.objects if "_progress/slice" in key}

    before = len(s3.calls)
    if not finished:
        convert(s3, found, INTO, CONNECTOR)

    assert converted(s3) == ORDERS
    rewritten = [key for call, key in s3.calls[before:] if call == "put_object" and "/data/" in key]
    assert not {f"into/_progress/slice-{key.split('-')[1]}.json" for key in rewritten} & done
    assert finished or not [key for key in s3.objects if "_progress" in key]


def test_what_was_begun_of_another_dump_is_refused(s3: FakeS3) -> None:
    found = dump(s3, ORDERS)
    s3.after = raising(KeyboardInterrupt(), "into/manifest")
    with pytest.raises(KeyboardInterrupt):
        convert(s3, found, INTO, CONNECTOR)
    s3.after = lambda *_: None

    for other in (dump(s3, [*ORDERS[:4], EMPTY]), found):
        with pytest.raises(BadInput, match="another dump was begun here"):
            convert(s3, other, INTO, DYNAMODB_JSON)


def test_a_damaged_dump_becomes_none(s3: FakeS3) -> None:
    found = dump(s3, ORDERS)
    s3.objects["from/0002.gz"] = s3.objects["from/0002.gz"][:-8]

    with pytest.raises(DataDamaged, match=r"from/0002\.gz is no whole gzip file"):
        convert(s3, found, INTO, DYNAMODB_JSON)

    assert "into/manifest.json" not in s3.objects


def test_a_dump_that_is_finished_is_never_written_over(s3: FakeS3) -> None:
    found = dump(s3, ORDERS)
    convert(s3, found, INTO, DYNAMODB_JSON)

    with pytest.raises(BadInput, match="holds a dump already"):
        convert(s3, found, INTO, DYNAMODB_JSON)


def test_what_s3_refuses_is_told(s3: FakeS3) -> None:
    found = dump(s3, ORDERS)
    s3.before = raising(refusal("AccessDenied"), "into/_progress/job.json")

    with pytest.raises(CopyFailed, match="could not be written"):
        convert(s3, found, INTO, DYNAMODB_JSON)


def raising(error: BaseException, key: str) -> Any:
    """At each call about this object."""

    def mood(_: str, asked: dict[str, Any]) -> None:
        if asked.get("Key") == key and "Body" in asked:
            raise error

    return mood
