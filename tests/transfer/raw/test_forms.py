from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from any_item import ITEMS
from hypothesis import example, given
from hypothesis import strategies as st

from airflow_dynamodb_emr.transfer import lines
from airflow_dynamodb_emr.transfer.raw.forms import CONNECTOR, DYNAMODB_JSON, LINES

AMBIGUOUS: list[dict[str, Any]] = [
    {"M": {"S": "x"}},
    {"M": {"M": {}}},
    {"M": {"M": {"M": {"M": {}}}}},
    {"M": {"M": {"M": {"S": "x"}}}},
    {"a": {"M": {"M": {"M": {"S": {"S": "x"}}}}}},
    {"a": {"M": {"M": {"L": []}}}},
    {"a": {"M": {"S": {"S": "M"}, "M": {"NULL": True}}}},
    {"a": {"L": [{"M": {}}, {"M": {"M": {"BOOL": False}}}]}},
    {"S": {"N": "1"}, "L": {"L": [{"M": {"L": {"L": []}}}]}},
    {'{"M":{"S":"': {"S": '{"M":{"S":"x"}}'}, "SS": {"SS": ['{"S":"', "BOOL"]}},
]
# as DynamoDB writes JSON, and as nobody would: what is copied must be right all the same
WRITTEN: dict[str, dict[str, Any]] = {
    "dense": {"separators": (",", ":"), "ensure_ascii": False},
    "escaped": {"separators": (",", ":")},
    "with blanks": {},
    "over several lines": {"indent": 1},
}


def raw(items: list[dict[str, Any]], ways: list[str]) -> list[Any]:
    plain = msgspec.json.decode(msgspec.json.encode(items))
    texts = [json.dumps(item, **WRITTEN[ways[n % len(ways)]]).encode() for n, item in enumerate(plain)]
    return [msgspec.Raw(text) if n % 2 else text for n, text in enumerate(texts)]


@given(st.lists(ITEMS | st.sampled_from(AMBIGUOUS), min_size=1, max_size=5), st.lists(st.sampled_from(sorted(WRITTEN)), min_size=1, max_size=3))
@example(AMBIGUOUS, ["dense"])
@example([{"a": {"S": "x"}}, {"a": {"S": "y"}}], ["dense", "with blanks"])
def test_each_line_is_the_item_that_was_sent(items: list[dict[str, Any]], ways: list[str]) -> None:
    sent = raw(items, ways)

    for form in (DYNAMODB_JSON, CONNECTOR):
        text = LINES[form](sent)
        assert text.endswith(b"\n") and text.count(b"\n") == len(items)
        assert [lines.item(line) for line in text.splitlines()] == items


@given(st.lists(ITEMS | st.sampled_from(AMBIGUOUS), min_size=1, max_size=3), st.sampled_from(sorted(WRITTEN)))
def test_the_connectors_form_is_the_connectors_to_the_type(items: list[dict[str, Any]], way: str) -> None:
    text = LINES[CONNECTOR](raw(items, [way]))

    assert [json.loads(line) for line in text.splitlines()] == [json.loads(lines.connector_line(item)) for item in items]


def test_bytes_are_copied_as_they_are_in_our_own_form() -> None:
    assert LINES[DYNAMODB_JSON]([b'{"a":{"N":"1.50"}}', b'{"b":{"S":"\\u00e4"}}']) == b'{"Item":{"a":{"N":"1.50"}}}\n{"Item":{"b":{"S":"\\u00e4"}}}\n'


@pytest.mark.parametrize("text", ["\u2028", "\x0b", "\x85", "\\n", "\n", "\r\n", '"'])
def test_only_a_newline_ends_a_line_and_none_is_within_one(text: str) -> None:
    sent = [json.dumps({"a": {"S": text}}, ensure_ascii=False, separators=(",", ":")).encode()]

    for form in LINES.values():
        assert form(sent).count(b"\n") == 1
