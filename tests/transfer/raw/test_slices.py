from __future__ import annotations

import json
from typing import Any

import pytest

from airflow_dynamodb_emr.transfer.raw.slices import WAYS, Keys, Slice, last_of_collection, segments_of

KEYS = Keys("id", "at")


def key(at: str, hashed: str = "big") -> bytes:
    return json.dumps({"id": {"S": hashed}, "at": {"N": at}}).encode()


def item(at: str) -> dict[str, Any]:
    return {"id": {"S": "big"}, "at": {"N": at}, "more": {"S": "x"}}


def bounds(slices: list[Slice]) -> list[tuple[str, str]]:
    """Of ranges: above which sort key, up to which."""
    return [(json.loads(each.start)["at"]["N"], json.loads(each.end)["N"]) for each in slices if each.collection]


def test_a_segment_is_scanned_from_its_beginning_or_from_behind_a_key() -> None:
    operation, body = Slice("3", 3, 8).request("orders", KEYS, 0, b"")
    again = json.loads(Slice("3", 3, 8).request("orders", KEYS, 50, key("7"))[1])

    assert operation == "Scan"
    assert json.loads(body) == {"TableName": "orders", "ReturnConsumedCapacity": "TOTAL", "Segment": 3, "TotalSegments": 8}
    assert (again["Limit"], again["ExclusiveStartKey"]) == (50, json.loads(key("7")))


def test_one_segment_alone_is_none() -> None:
    assert "Segment" not in json.loads(segments_of(1)[0].request("orders", KEYS, 0, b"")[1])


def test_a_range_of_a_collection_is_queried_above_its_start_up_to_its_end() -> None:
    part = Slice("3", 3, 8).divided(key("0"), item("80"), KEYS)[1]

    operation, body = part.request("orders", KEYS, 0, part.start.encode())

    assert operation == "Query"
    assert json.loads(body) == {
        "TableName": "orders",
        "ReturnConsumedCapacity": "TOTAL",
        "KeyConditionExpression": "#h = :h AND #r BETWEEN :low AND :high",
        "ExpressionAttributeNames": {"#h": "id", "#r": "at"},
        "ExpressionAttributeValues": {":h": {"S": "big"}, ":low": {"N": "10"}, ":high": {"N": "20"}},
        "ExclusiveStartKey": {"id": {"S": "big"}, "at": {"N": "10"}},
    }


def test_a_collection_is_given_up_as_ranges_and_its_segment_from_behind_it() -> None:
    *ranges, rest = Slice("3", 3, 8).divided(key("0"), item("80"), KEYS)

    assert len(ranges) == WAYS and bounds(ranges) == [(str(n), str(n + 10)) for n in range(0, 80, 10)]
    assert (rest.collection, json.loads(rest.start)) == ("", json.loads(key("80")))
    assert {(each.segment, each.segments) for each in [*ranges, rest]} == {(3, 8)}


def test_a_range_that_is_large_itself_is_divided_and_nothing_is_left_of_it() -> None:
    part = Slice("3", 3, 8).divided(key("0"), item("80"), KEYS)[1]

    assert bounds(part.divided(key("12"), {}, KEYS)) == [(str(n), str(n + 1)) for n in range(12, 20)]


@pytest.mark.parametrize("last", ["7", "8"], ids=["it was the last", "what was behind it and itself are deleted meanwhile"])
def test_a_collection_that_has_ended_leaves_its_segment_from_behind_what_was_read(last: str) -> None:
    (rest,) = Slice("0").divided(key("8"), item(last), KEYS)

    assert (rest.collection, json.loads(rest.start)) == ("", json.loads(key("8")))


def test_names_are_in_the_order_of_a_scan_and_stay_short() -> None:
    slice_, names = segments_of(10)[3], []
    for _ in range(1000):
        *ranges, rest = slice_.divided(key("0"), item("80"), KEYS)
        names += [slice_.name, ranges[0].name, *(each.name for each in ranges[0].divided(key("2"), {}, KEYS)), *(each.name for each in ranges[1:])]
        slice_ = rest

    assert names == sorted(names) and len(set(names)) == len(names)
    assert max(map(len, names)) < 20
    assert names[:3] == ["3", "3.0000.1", "3.0000.1.1"]
    assert [each.name for each in segments_of(11)][::5] == ["00", "05", "10"]


def test_a_name_ends_where_a_key_of_s3_would_be_too_long() -> None:
    part = Slice("0").divided(key("0"), item("80"), KEYS)[0]
    while part.may_be_divided:
        part = part._replace(start=key("0").decode(), end='{"N":"10"}').divided(key("5"), {}, KEYS)[0]

    assert len(f"data/part-{part.name}-0000.json.gz") < 300


@pytest.mark.parametrize(
    ("slice_", "before", "after", "within"),
    [
        pytest.param(Slice("0"), key("1"), key("2"), True, id="one hash key"),
        pytest.param(Slice("0"), key("1"), key("1", "other"), False, id="two hash keys"),
        pytest.param(Slice("0"), b"", key("1"), False, id="the first page"),
        pytest.param(Slice("0"), key("1"), b"", False, id="the last page"),
        pytest.param(Slice("0", collection='{"S":"big"}'), key("1"), key("2"), True, id="a range"),
    ],
)
def test_what_lies_within_one_collection(slice_: Slice, before: bytes, after: bytes, within: bool) -> None:
    assert slice_.is_within(before, after, KEYS) is within


def test_without_a_sort_key_there_are_no_collections() -> None:
    assert not Slice("0").is_within(key("1"), key("1"), Keys("id"))


def test_the_last_item_of_a_collection_is_asked_for_backwards() -> None:
    operation, body = last_of_collection("orders", key("1"), KEYS)

    asked = json.loads(body)
    assert (operation, asked["ScanIndexForward"], asked["Limit"]) == ("Query", False, 1)
    assert asked["ExpressionAttributeValues"] == {":h": {"S": "big"}}
