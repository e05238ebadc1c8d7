"""The recorded answers: whoever reads them reads every item once, and what is written is counted."""

from __future__ import annotations

import http.client
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import msgspec
import pytest
from botocore.exceptions import ClientError

from benchmarks.recorded.answers import PAGE_BYTES, RING, Recording
from benchmarks.recorded.items import ITEM_BYTES, recorded
from benchmarks.recorded.process import recorded_answers


@pytest.fixture(scope="module")
def recording() -> Recording:
    return Recording()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with recorded_answers() as running:
        yield running


@pytest.fixture(scope="module")
def dynamodb(url: str) -> Any:
    return boto3.client("dynamodb", endpoint_url=url, region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")


def scanned(dynamodb: Any, **request: Any) -> Counter[str]:
    pages = dynamodb.get_paginator("scan").paginate(**request)
    return Counter(item["id"]["S"] for page in pages for item in page["Items"])


@pytest.mark.parametrize("limit", [{}, {"Limit": 77}], ids=["whole pages", "limited pages"])
@pytest.mark.parametrize("segments", [1, 3, 8])
def test_segments_hold_every_item_once(dynamodb: Any, segments: int, limit: dict[str, int]) -> None:
    found = sum((scanned(dynamodb, TableName="T2500", Segment=n, TotalSegments=segments, **limit) for n in range(segments)), Counter())

    assert set(found.values()) == {1} and sorted(found) == [f"{n:012d}" for n in range(2500)]


def test_a_table_larger_than_the_ring_goes_round_it(dynamodb: Any) -> None:
    found = scanned(dynamodb, TableName=f"T{RING + 100}")

    assert [found[f"{n:012d}"] for n in (0, 99, 100, RING - 1)] == [2, 2, 1, 1]


def test_items_are_of_nine_attributes_and_the_size_that_megabytes_are_counted_by() -> None:
    items = recorded(RING)

    assert {len(msgspec.json.decode(item)) for item in items} == {9}
    assert sum(map(len, items)) / RING == pytest.approx(ITEM_BYTES, abs=0.5)


def test_a_page_is_as_large_as_dynamodb_makes_it(recording: Recording) -> None:
    answer = msgspec.json.decode(recording.answer("Scan", b'{"TableName":"T9999"}').body)
    units = answer["ConsumedCapacity"]["CapacityUnits"]

    assert PAGE_BYTES / 8192 - 1 < units <= PAGE_BYTES / 8192 and answer["Count"] == len(answer["Items"])


def test_a_connection_is_kept_and_its_answers_tell_their_checksum(url: str) -> None:
    connection, socks = http.client.HTTPConnection(urlsplit(url).netloc), []
    for _ in range(2):
        connection.request("POST", "/", b'{"TableName":"T10"}', {"X-Amz-Target": "DynamoDB_20120810.Scan"})
        answer = connection.getresponse()
        assert answer.headers["x-amz-crc32"] == str(zlib.crc32(answer.read()))
        socks.append(connection.sock)
    connection.close()

    assert socks[0] is socks[1] is not None


def test_what_is_written_is_taken_and_counted_by_table(dynamodb: Any) -> None:
    puts = [{"PutRequest": {"Item": {"id": {"S": "PutRequest"}}}}] * 7

    answers = [dynamodb.batch_write_item(RequestItems={"mine": puts}) for _ in range(2)]

    assert [answer["UnprocessedItems"] for answer in answers] == [{}, {}]
    assert dynamodb.describe_table(TableName="mine")["Table"]["ItemCount"] == 14
    assert dynamodb.describe_table(TableName="other")["Table"]["ItemCount"] == 0


def test_a_key_of_another_segment_is_refused(dynamodb: Any) -> None:
    start = dynamodb.scan(TableName="T100", Segment=0, TotalSegments=2, Limit=1)["LastEvaluatedKey"]

    with pytest.raises(ClientError, match="Invalid ExclusiveStartKey"):
        dynamodb.scan(TableName="T100", Segment=1, TotalSegments=2, ExclusiveStartKey=start)
