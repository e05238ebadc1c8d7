"""Scans of the stand-in's DynamoDB: segments and pages lose nothing and repeat nothing."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.helpers import MakeTable, refusal

KEYS = {"S": lambda n: {"S": f"ü{n}"}, "N": lambda n: {"N": str(n - 50)}, "B": lambda n: {"B": bytes([n, 255])}}


def fill(dynamodb: Any, table: str, keys: str, items: int, **attributes: Any) -> None:
    made = [{**{name: KEYS[kind](n) for name, kind in zip(("id", "at"), keys, strict=False)}, **attributes} for n in range(items)]
    for start in range(0, items, 25):
        dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in made[start : start + 25]]})


def ids(dynamodb: Any, table: str, **request: Any) -> list[str]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, **request)
    return [repr(item["id"]) for page in pages for item in page["Items"]]


@pytest.mark.parametrize("keys", ["S", "N", "B", "SN", "NB", "BS"])
@pytest.mark.parametrize("segments", [1, 3, 1000])
def test_segments_hold_every_item_once(dynamodb: Any, make_table: MakeTable, keys: str, segments: int) -> None:
    table = make_table(keys=keys)
    fill(dynamodb, table, keys, 60)

    found = Counter(one for segment in range(min(segments, 100)) for one in ids(dynamodb, table, Segment=segment, TotalSegments=segments, Limit=7))

    assert max(found.values()) == 1
    assert len(found) == 60 or segments == 1000


def test_a_thousand_segments_are_all_used(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table()
    fill(dynamodb, table, "S", 200)

    late = [len(ids(dynamodb, table, Segment=segment, TotalSegments=400)) for segment in range(300, 400)]

    assert sum(late) > 0


def test_a_page_ends_before_a_mebibyte(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table()
    fill(dynamodb, table, "S", 12, body={"S": "x" * 200_000})

    pages = list(dynamodb.get_paginator("scan").paginate(TableName=table))

    assert [page["Count"] for page in pages] == [5, 5, 2]
    assert "LastEvaluatedKey" not in pages[-1]


def test_a_limit_that_ends_with_the_table_still_says_there_may_be_more(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table()
    fill(dynamodb, table, "S", 2)

    page = dynamodb.scan(TableName=table, Limit=2)

    assert dynamodb.scan(TableName=table, ExclusiveStartKey=page["LastEvaluatedKey"])["Count"] == 0


def test_a_scan_goes_on_after_a_key_that_is_gone(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table()
    fill(dynamodb, table, "S", 10)
    first = dynamodb.scan(TableName=table, Limit=4)
    dynamodb.delete_item(TableName=table, Key=first["LastEvaluatedKey"])

    rest = dynamodb.scan(TableName=table, ExclusiveStartKey=first["LastEvaluatedKey"])

    assert rest["Count"] == 6


def test_range_keys_are_in_order(dynamodb: Any, make_table: MakeTable) -> None:
    table = make_table(keys="SN")
    for number in ("10", "-2", "9", "0.5"):
        dynamodb.put_item(TableName=table, Item={"id": {"S": "x"}, "at": {"N": number}})

    assert [item["at"]["N"] for item in dynamodb.scan(TableName=table)["Items"]] == ["-2", "0.5", "9", "10"]


@pytest.mark.parametrize(("segment", "segments"), [(3, 3), (0, 1_000_001)])
def test_a_segment_that_cannot_be_is_refused(dynamodb: Any, make_table: MakeTable, segment: int, segments: int) -> None:
    with pytest.raises(ClientError, match="Segment"):
        dynamodb.scan(TableName=make_table(), Segment=segment, TotalSegments=segments)


@pytest.mark.parametrize("more", [{}, {"FilterExpression": "attribute_exists(id)"}], ids=["plain", "with a filter"])
def test_a_scan_starts_only_after_a_key_of_its_own_segment(dynamodb: Any, make_table: MakeTable, more: dict[str, str]) -> None:
    table = make_table()
    fill(dynamodb, table, "S", 20)
    start = dynamodb.scan(TableName=table, Segment=0, TotalSegments=3, Limit=1)["LastEvaluatedKey"]
    correct = "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "

    with pytest.raises(ClientError, match=f"{correct}TotalSegments: 3 Segment: 1") as error:
        dynamodb.scan(TableName=table, Segment=1, TotalSegments=3, ExclusiveStartKey=start, **more)

    assert refusal(error) == "ValidationException"
    assert dynamodb.scan(TableName=table, Segment=0, TotalSegments=3, ExclusiveStartKey=start, **more)["Count"] > 0
