from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from any_item import ITEMS
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.transfer.raw.pages import read_page, read_plainly

READERS = pytest.mark.parametrize("read", [pytest.param(read_page, id="msgspec"), pytest.param(read_plainly, id="standard library")])
PAGE: dict[str, Any] = {"Count": 1, "Items": [{"id": {"S": "k1"}}]}


def told(**more: Any) -> bytes:
    return json.dumps({**PAGE, **more}).encode()


@READERS
@given(items=st.lists(ITEMS, max_size=3), key=st.none() | ITEMS, order=st.permutations(range(4)), dense=st.booleans(), ascii_only=st.booleans())
def test_items_are_the_bytes_that_came(
    read: Any, items: list[dict[str, Any]], key: dict[str, Any] | None, order: list[int], dense: bool, ascii_only: bool
) -> None:
    sent = msgspec.json.decode(msgspec.json.encode(items))  # binary as base64
    separators = (",", ":") if dense else None
    texts = [json.dumps(item, separators=separators, ensure_ascii=ascii_only).encode() for item in sent]
    last = json.dumps(msgspec.json.decode(msgspec.json.encode(key))).encode() if key else b""
    fields = [
        b'"Count":%d' % len(items),
        b'"Items" : [ ' + b" ,".join(texts) + b" ]",
        b'"ConsumedCapacity":{"TableName":"orders","CapacityUnits":2.5}',
        *([b'"LastEvaluatedKey":' + last] if key else [b'"ScannedCount":7']),
    ]

    page = read(b"{" + b", ".join(fields[n] for n in order) + b"}\n")

    assert [bytes(item) for item in page.items] == texts
    assert (page.last, page.units) == (last, 2.5)


@READERS
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>busy</html>", id="HTML"),
        pytest.param(b"{}", id="another answer"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"Count":0}', id="no items"),
        pytest.param(b'{"Items":[]}', id="no count"),
        pytest.param(told(Count=2), id="fewer items than announced"),
        pytest.param(told(Count="1"), id="a count that is no number"),
        pytest.param(told(Items={}), id="items that are no list"),
        pytest.param(told(LastEvaluatedKey=None), id="a key that is none"),
        pytest.param(told(ConsumedCapacity=[]), id="capacity that is none"),
        pytest.param(told() + b"{}", id="something behind it"),
        pytest.param(b'{"Count":1,"Items":[{"id":{"S":"\xff"}}],"x":"\xff', id="not UTF-8"),
        *[pytest.param(told(LastEvaluatedKey={"id": {"S": "k1"}})[:end], id=f"cut at {end}") for end in (1, 9, 12, 25, 40, 60, 80)],
    ],
)
def test_what_is_no_page_is_told(read: Any, answer: bytes) -> None:
    with pytest.raises(ValueError):
        read(answer)


@READERS
def test_what_is_not_needed_is_passed_over(read: Any) -> None:
    page = read(told(ScannedCount=9, New={"a": [1, "]}", {}]}, LastEvaluatedKey={"id": {"S": "}"}}))

    assert (len(page.items), json.loads(page.last), page.units) == (1, {"id": {"S": "}"}}, 0.0)
