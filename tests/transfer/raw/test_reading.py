from __future__ import annotations

import gzip
import hashlib
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from airflow_dynamodb_emr.errors import CopyFailed, DataDamaged
from airflow_dynamodb_emr.transfer.raw import compression, reading
from airflow_dynamodb_emr.transfer.raw.forms import dynamodb_lines
from airflow_dynamodb_emr.transfer.raw.output import Output, Part
from airflow_dynamodb_emr.transfer.raw.reading import items
from tests.transfer.raw.fake_s3 import FakeS3, refusal

ITEMS = [b'{"id":{"S":"%d"},"x":{"S":"%s"}}' % (number, b"\xe2\x80\xa8}" * number) for number in range(300)]
KEY = "data/part-0-0000.json.gz"


@pytest.fixture
def part(fake_s3: FakeS3) -> Part:
    output = Output(fake_s3.place().upload, dynamodb_lines, "0", 10**9, [])
    output.write(ITEMS)
    output.close_part()
    return output.parts[0]


def put(s3: FakeS3, data: bytes, **facts: Any) -> Part:
    s3.put_object(Bucket="backups", Key=f"night/orders/{KEY}", Body=data)
    return Part(KEY, len(data), "", **{"items": 2, "sha256": hashlib.sha256(data).hexdigest(), "content_sha256": "", "content_bytes": 0, **facts})


@pytest.mark.parametrize("fast", [True, False], ids=["isal", "zlib"])
@pytest.mark.parametrize("block", [1, 100, 2**18])
def test_items_come_back_as_the_bytes_they_were(fake_s3: FakeS3, part: Part, monkeypatch: pytest.MonkeyPatch, block: int, fast: bool) -> None:
    monkeypatch.setattr(reading, "_BLOCK_BYTES", block)
    monkeypatch.setattr(reading, "_UNPACKED_BYTES", block * 2)
    if not fast:
        monkeypatch.setattr(compression, "fast", None)

    assert list(items(fake_s3.place(), part)) == ITEMS


def test_the_last_line_needs_no_newline(fake_s3: FakeS3) -> None:
    part = put(fake_s3, gzip.compress(b'{"Item":{"a":1}}\n{"Item":{"b":2}}'))

    assert list(items(fake_s3.place(), part)) == [b'{"a":1}', b'{"b":2}']


LINES = b'{"Item":{"a":1}}\n{"Item":{"b":2}}\n'


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        pytest.param(gzip.compress(LINES)[:-9], "is cut short", id="cut"),
        pytest.param(gzip.compress(LINES)[:-4], "is cut short", id="cut within its end"),
        pytest.param(b"", "is cut short", id="empty"),
        pytest.param(LINES, "is no gzip file", id="not packed"),
        pytest.param(gzip.compress(LINES)[:10] + b"\xff" * 20, "is no gzip file", id="damaged"),
        pytest.param(gzip.compress(LINES)[:-8] + b"\x01\x02\x03\x04" + gzip.compress(LINES)[-4:], "is no gzip file", id="of another checksum"),
        pytest.param(gzip.compress(b'{"Item":{"a":1}}\n{"a":1}\n'), "line 2 is no item", id="a line that is no item"),
        pytest.param(gzip.compress(LINES + b"\n"), "line 3 is no item", id="a blank line"),
        pytest.param(gzip.compress(b'{"Item":{"a":1}}\n'), "is not what was written: 1 items", id="an item is missing"),
    ],
)
def test_a_part_that_is_damaged_is_named(fake_s3: FakeS3, data: bytes, facts: str) -> None:
    part = put(fake_s3, data)

    with pytest.raises(DataDamaged, match=f"s3://backups/night/orders/{KEY}.* {facts}") as raised:
        list(items(fake_s3.place(), part))

    assert raised.value.hint


@pytest.mark.parametrize("wrong", [pytest.param({"items": 3}, id="items"), pytest.param({"sha256": "0" * 64}, id="checksum")])
def test_a_part_that_is_not_the_one_that_was_written_is_told_at_its_end(fake_s3: FakeS3, wrong: dict[str, Any]) -> None:
    part = put(fake_s3, gzip.compress(LINES), **wrong)
    read = items(fake_s3.place(), part)

    assert [next(read), next(read)] == [b'{"a":1}', b'{"b":2}']
    with pytest.raises(DataDamaged, match="is not what was written"):
        next(read)


def test_something_behind_the_end_is_damage(fake_s3: FakeS3) -> None:
    good = gzip.compress(LINES)
    part = put(fake_s3, good + b"more", sha256=hashlib.sha256(good).hexdigest())

    with pytest.raises(DataDamaged, match="is not what was written"):
        list(items(fake_s3.place(), part))


def test_a_line_without_end_does_not_fill_the_memory(fake_s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_UNPACKED_BYTES", 2**16)
    part = put(fake_s3, gzip.compress(b"x" * 10**7))
    unpacked: list[int] = []
    split = reading._unpacked
    monkeypatch.setattr(reading, "_unpacked", lambda stored: (unpacked.append(len(text)) or text for text in split(stored)))

    with pytest.raises(DataDamaged, match="holds a line of more than 4000000 bytes"):
        list(items(fake_s3.place(), part))

    assert sum(unpacked) < 4_000_000 + 2**17


def test_a_part_that_is_not_there_is_named(fake_s3: FakeS3) -> None:
    with pytest.raises(DataDamaged, match=f"s3://backups/night/orders/{KEY} is not there"):
        list(items(fake_s3.place(), Part(KEY, 0, "", 0, "", "", 0)))


@pytest.mark.parametrize("error", [refusal("AccessDenied", "GetObject"), EndpointConnectionError(endpoint_url="http://x")], ids=["denied", "silent"])
def test_a_bucket_that_refuses_is_named_and_what_helps(fake_s3: FakeS3, part: Part, error: Exception) -> None:
    fake_s3.before = lambda *_: (_ for _ in ()).throw(error)

    with pytest.raises(CopyFailed, match=f"s3://backups/night/orders/{KEY} could not be read") as raised:
        list(items(fake_s3.place(), part))

    assert raised.value.hint.startswith("allow s3:GetObject")
