from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from airflow_dynamodb_emr.errors import BadInput, CopyFailed
from airflow_dynamodb_emr.transfer.raw import dumped
from airflow_dynamodb_emr.transfer.raw.copying import Job, Progress
from airflow_dynamodb_emr.transfer.raw.dumped import Source
from airflow_dynamodb_emr.transfer.raw.output import Part
from airflow_dynamodb_emr.transfer.raw.slices import Keys, Slice
from tests.transfer.raw.fake_s3 import FakeS3
from tests.transfer.raw.tables import KEYS, Straight, Table

BEGAN = datetime(2026, 11, 23, 4, 26, tzinfo=timezone.utc)
ENDED = BEGAN + timedelta(seconds=90)
SOURCE = Source("orders", "arn:x", "t1", KEYS, 5, 500, 10)
JOB = Job("orders", KEYS, segments=2)


def test_a_source_is_the_table_as_it_is() -> None:
    table = Table("SN")
    table.put([{"id": {"S": "a"}, "at": {"N": "1"}}])
    told: Any = table.service.call("DescribeTable", {"TableName": "orders"})["Table"]  # type: ignore[index, call-overload]

    source = Source.of(Straight(table), "orders")  # type: ignore[arg-type]

    assert source == Source("orders", told["TableArn"], told["TableId"], KEYS, 1, len("idaat") + 2, 0, "ACTIVE")


def test_a_table_of_another_account_keeps_the_arn_that_it_is_asked_for_by() -> None:
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"

    assert Source.of(Straight(Table("S")), arn)[:2] == (arn, arn)  # type: ignore[arg-type]


def test_a_table_without_a_sort_key_has_one_key() -> None:
    assert Source.of(Straight(Table("S")), "orders").keys == Keys("id")  # type: ignore[arg-type]


def test_a_table_that_is_not_there_is_bad_input() -> None:
    with pytest.raises(BadInput, match="table nowhere is not there\nHINT: look at its name"):
        Source.of(Straight(Table("S")), "nowhere")  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", [b"{}", b"[]", b'{"Table":{}}', b'{"Table":{"KeySchema":[{}]}}', b'{"Table":[]}'])
def test_what_is_no_description_is_no_answer(answer: bytes) -> None:
    with pytest.raises(ValueError, match="no description of a table"):
        dumped._described(answer)


@pytest.mark.parametrize(
    ("now", "facts"),
    [
        pytest.param([("DeleteTable", {"TableName": "orders"})], "table orders was deleted while it was copied", id="deleted"),
        pytest.param([], "", id="still there"),
    ],
)
def test_a_table_is_the_same_in_the_end(now: list[Any], facts: str) -> None:
    table = Table("SN")
    wire: Any = Straight(table)
    source = Source.of(wire, "orders")

    for call in now:
        table.service.call(*call)

    if facts:
        with pytest.raises(CopyFailed, match=f"{facts}\nHINT: "):
            source.refuse_another(wire)
    else:
        source.refuse_another(wire)


@pytest.mark.parametrize(
    ("changed", "facts"),
    [
        pytest.param({"id": "t0"}, "table orders was deleted and made anew while it was copied", id="made anew"),
        pytest.param({"status": "DELETING"}, "table orders is being deleted while it is copied", id="going"),
    ],
)
def test_another_table_of_that_name_is_refused(monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], facts: str) -> None:
    monkeypatch.setattr(Source, "of", lambda *_: SOURCE._replace(**changed))

    with pytest.raises(CopyFailed, match=f"{facts}\nHINT: "):
        SOURCE.refuse_another(None)  # type: ignore[arg-type]


def test_a_folder_that_is_free_is_taken(fake_s3: FakeS3) -> None:
    place = fake_s3.place()
    place.put("data/part-0-0000.json.gz", b"")  # by an earlier try, as are these
    place.put("data/part-03.0001.8.2-12345.json.gz", b"")
    place.put("_progress/job.json", b"")

    dumped.refuse_taken(place)


def test_a_folder_with_a_dump_is_taken(fake_s3: FakeS3) -> None:
    fake_s3.place().put("manifest.json", b"")

    with pytest.raises(BadInput, match="s3://backups/night/orders holds a dump already\nHINT: name another folder"):
        dumped.refuse_taken(fake_s3.place())


@pytest.mark.parametrize(
    "name",
    ["part-00000-4f3a-c000.json.gz", "part-0.json.gz", "x", "part-0-0000.json.gz.bak", "part-0-0000.json", "deeper/part-0-0000.json.gz"],
)
def test_what_would_be_taken_for_data_and_is_not_ours_is_refused_and_left_alone(fake_s3: FakeS3, name: str) -> None:
    place = fake_s3.place()
    place.put(f"data/{name}", b"somebody's")

    with pytest.raises(BadInput, match=f"s3://backups/night/orders holds data/{name}, which is no part of a dump\nHINT: name an empty folder"):
        dumped.refuse_taken(place)

    assert place.read(f"data/{name}") == b"somebody's"


def part(s3: FakeS3, name: str, data: bytes = b"x") -> Part:
    made = s3.place().upload(f"data/part-{name}-0000.json.gz")
    made.write(data)
    made.close()
    return Part(f"data/part-{name}-0000.json.gz", len(data), made.etag, 10, "sha", "content", 100)


def finish(s3: FakeS3, *slices: Progress) -> dict[str, Any]:
    return dumped.finish(s3.place(), JOB, SOURCE, "worker", slices, BEGAN, ENDED)


def test_the_manifest_is_what_the_slices_say_in_the_order_of_a_scan(fake_s3: FakeS3) -> None:
    second = Progress(Slice("1", 1, 2), [part(fake_s3, "1", b"bb")], units=2.5, done=True, began="2026-11-23T04:27:00+00:00")
    first = Progress(Slice("0", 0, 2), [part(fake_s3, "0")], units=1.5, done=True, began="2026-11-20T00:00:00+00:00")

    manifest = finish(fake_s3, second, first)

    assert json.loads(fake_s3.objects["night/orders/manifest.json"]) == manifest
    assert manifest["parts"] == [each._asdict() for each in first.parts + second.parts]
    assert {name: manifest[name] for name in ("items", "bytes", "content_bytes", "read_units", "slices", "seconds")} == {
        "items": 20,
        "bytes": 3,
        "content_bytes": 200,
        "read_units": 4.0,
        "slices": 2,
        "seconds": 90.0,
    }
    facts = ("table", "table_id", "keys", "engine", "form", "format")
    assert [manifest[name] for name in facts] == ["orders", "t1", ["id", "at"], "worker", "dynamodb-json", 1]
    assert (manifest["started"], manifest["ended"]) == ("2026-11-20T00:00:00+00:00", "2026-11-23T04:27:30+00:00")


def test_what_an_earlier_try_has_left_is_dropped(fake_s3: FakeS3) -> None:
    ours = part(fake_s3, "0")
    part(fake_s3, "0.0000.3")
    fake_s3.create_multipart_upload(Bucket="backups", Key="night/orders/data/part-1-0000.json.gz")

    finish(fake_s3, Progress(Slice("0"), [ours], done=True))

    assert sorted(fake_s3.objects) == ["night/orders/data/part-0-0000.json.gz", "night/orders/manifest.json"]
    assert not fake_s3.uploads


def test_an_empty_table_is_a_dump_without_parts(fake_s3: FakeS3) -> None:
    assert finish(fake_s3, Progress(Slice("0"), done=True))["parts"] == []


@pytest.mark.parametrize("meanwhile", [b"y", b"xx"], ids=["other bytes", "more bytes"])
def test_a_part_that_somebody_has_written_over_is_told(fake_s3: FakeS3, meanwhile: bytes) -> None:
    done = Progress(Slice("0"), [part(fake_s3, "0")], done=True)
    part(fake_s3, "0", meanwhile)

    with pytest.raises(CopyFailed, match=r"s3://backups/night/orders/data/part-0-0000\.json\.gz was written over since it was written"):
        finish(fake_s3, done)

    assert "night/orders/manifest.json" not in fake_s3.objects


def test_a_part_that_somebody_has_deleted_is_told(fake_s3: FakeS3) -> None:
    done = Progress(Slice("0"), [part(fake_s3, "0")], done=True)
    fake_s3.place().delete(["data/part-0-0000.json.gz"])

    with pytest.raises(CopyFailed, match="is gone since it was written"):
        finish(fake_s3, done)


def test_a_dump_that_another_try_has_finished_is_left_as_it_is(fake_s3: FakeS3) -> None:
    ours = Progress(Slice("0"), [part(fake_s3, "0")], done=True)
    theirs = Progress(Slice("0"), [part(fake_s3, "9")], done=True)
    finish(fake_s3, theirs)
    before = dict(fake_s3.objects)

    with pytest.raises(CopyFailed, match="s3://backups/night/orders: another dump was finished here meanwhile"):
        finish(fake_s3, ours)

    assert fake_s3.objects == before


def test_no_part_is_written_into_a_dump_that_is_finished(fake_s3: FakeS3) -> None:
    finish(fake_s3, Progress(Slice("0"), [part(fake_s3, "0")], done=True))

    with pytest.raises(CopyFailed, match="another dump was finished here meanwhile"):
        part(fake_s3, "0", b"of a try that was taken for dead")

    assert fake_s3.objects["night/orders/data/part-0-0000.json.gz"] == b"x"


def test_a_manifest_that_was_written_without_an_answer_is_ours(fake_s3: FakeS3) -> None:
    done = Progress(Slice("0"), [part(fake_s3, "0")], done=True)

    def lose(call: str, asked: dict[str, Any]) -> None:
        """botocore makes the call a second time, and S3 refuses that."""
        if call == "put_object" and asked.get("IfNoneMatch"):
            fake_s3.after = lambda *_: None
            fake_s3.put_object(**asked)

    fake_s3.after = lose

    assert finish(fake_s3, done)["items"] == 10


def test_two_that_finish_at_once_do_not_both(fake_s3: FakeS3) -> None:
    done = Progress(Slice("0"), [part(fake_s3, "0")], done=True)

    def another(call: str, asked: dict[str, Any]) -> None:
        if call == "put_object" and asked["Key"].endswith("manifest.json"):
            fake_s3._put(asked["Key"], b"theirs", "etag")

    fake_s3.before = another

    with pytest.raises(CopyFailed, match="another dump was finished here meanwhile"):
        finish(fake_s3, done)

    assert fake_s3.objects["night/orders/manifest.json"] == b"theirs"
