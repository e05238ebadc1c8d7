from __future__ import annotations

import gzip
import hashlib

import pytest

from airflow_dynamodb_emr.transfer.raw.forms import dynamodb_lines
from airflow_dynamodb_emr.transfer.raw.output import Output
from tests.transfer.raw.fake_s3 import FakeS3, refusal

ITEMS = [b'{"id":{"S":"%d"}}' % number for number in range(100)]


def test_a_part_is_counted_packed_and_hashed_while_it_is_written(fake_s3: FakeS3) -> None:
    output = Output(fake_s3.place().upload, dynamodb_lines, "07", 10**6, [])
    lines = b"".join(dynamodb_lines(ITEMS))

    assert output.write(ITEMS[:60]) + output.write(ITEMS[60:]) == len(lines)
    output.close_part()

    (part,) = output.parts
    stored = fake_s3.objects["night/orders/data/part-07-0000.json.gz"]
    assert gzip.decompress(stored) == lines
    assert (part.key, part.items, part.content_bytes, part.bytes) == ("data/part-07-0000.json.gz", 100, len(lines), len(stored))
    assert (part.sha256, part.content_sha256) == (hashlib.sha256(stored).hexdigest(), hashlib.sha256(lines).hexdigest())
    assert part.etag == fake_s3.etags["night/orders/" + part.key]


def test_parts_are_numbered_behind_those_that_are_there(fake_s3: FakeS3) -> None:
    first = Output(fake_s3.place().upload, dynamodb_lines, "0", 10, [])
    first.write(ITEMS[:1])
    assert first.is_full
    first.close_part()

    second = Output(fake_s3.place().upload, dynamodb_lines, "0", 10**6, first.parts)
    second.write(ITEMS[1:])
    assert not second.is_full
    second.close_part()

    assert [part.key for part in second.parts] == ["data/part-0-0000.json.gz", "data/part-0-0001.json.gz"]
    assert [part.items for part in second.parts] == [1, 99]
    assert len(first.parts) == 1


def test_no_items_are_no_part(fake_s3: FakeS3) -> None:
    output = Output(fake_s3.place().upload, dynamodb_lines, "0", 10, [])

    assert output.write([]) == 0 and not output.is_full
    output.close_part()

    assert not output.parts and not fake_s3.calls


def test_a_part_that_s3_refuses_can_be_aborted(fake_s3: FakeS3) -> None:
    output = Output(fake_s3.place().upload, dynamodb_lines, "0", 10, [])
    output.write(ITEMS)
    fake_s3.before = lambda *_: (_ for _ in ()).throw(refusal("AccessDenied"))

    with pytest.raises(Exception, match="AccessDenied"):
        output.close_part()
    output.abort()

    assert not output.parts and not fake_s3.objects
