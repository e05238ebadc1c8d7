from __future__ import annotations

from typing import Any

import msgspec
import pytest
from any_item import ITEMS
from hypothesis import given

from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.lines import connector_can_load, connector_line, dynamodb_line, item, read

EVERY_TYPE = {
    "s": {"S": "héllo"},
    "n": {"N": "0.1"},
    "b": {"B": b"\x00\x01\x02"},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2.5"]},
    "bs": {"BS": [b"\xff", b"\x00\x00"]},
    "f": {"BOOL": False},
    "nul": {"NULL": True},
    "m": {"M": {"S": {"N": "1"}}},
    "l": {"L": [{"S": "x"}, {"M": {"L": {"L": [{"NULL": True}]}}}]},
}


@given(ITEMS)
def test_an_item_comes_back_from_its_line(each: dict[str, Any]) -> None:
    assert item(connector_line(each)) == each
    assert item(dynamodb_line(each)) == each


@given(ITEMS)
def test_a_line_is_one_line(each: dict[str, Any]) -> None:
    assert b"\n" not in connector_line(each) + dynamodb_line(each)


def test_the_connectors_spelling_is_read() -> None:
    line = (
        '{"s":{"s":"héllo"},"n":{"n":"0.1"},"b":{"b":"AAEC"},"ss":{"sS":["a","b"]},"ns":{"nS":["1","2.5"]},"bs":{"bS":["/w==","AAA="]},'
        '"f":{"bOOL":false},"nul":{"nULL":true},"m":{"m":{"S":{"n":"1"}}},"l":{"l":[{"s":"x"},{"m":{"L":{"l":[{"nULL":true}]}}}]}}'
    ).encode()

    assert item(line) == EVERY_TYPE
    assert connector_line(EVERY_TYPE) == line


def test_dynamodb_json_is_read() -> None:
    line = dynamodb_line(EVERY_TYPE)

    assert line.startswith('{"Item":{"s":{"S":"héllo"},'.encode())
    assert item(line) == EVERY_TYPE


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(b'{"z":{"nULLValue":true}}', {"z": {"NULL": True}}, id="null of the connector 4.x"),
        pytest.param(b'{"z":{"NULL":true},"t":{"BOOL":true}}', {"z": {"NULL": True}, "t": {"BOOL": True}}, id="upper case"),
        pytest.param(
            b'{"S":{"s":"M"},"M":{"m":{"M":{"m":{"s":{"s":"l"}}}}}}',
            {"S": {"S": "M"}, "M": {"M": {"M": {"M": {"s": {"S": "l"}}}}}},
            id="types as names",
        ),
        pytest.param(b'{"Item":{"s":"x"}}', {"Item": {"S": "x"}}, id="an attribute called Item"),
        pytest.param(b'{"Item":{"m":{}}}', {"Item": {"M": {}}}, id="an empty map called Item"),
        pytest.param(b'{"Item":{"m":{"m":{}}}}', {"m": {"M": {}}}, id="an item with an empty map called m"),
        pytest.param(b'{"Item":{"s":{"s":"x"}}}', {"s": {"S": "x"}}, id="an item with a string called s"),
        pytest.param(b'{"Item":{"M":{"M":{"S":{"S":"x"}}}}}', {"M": {"M": {"S": {"S": "x"}}}}, id="an item with a map called M"),
        pytest.param(b'{"Item":{"m":{"m":{"s":"x"}}}}', {"Item": {"M": {"m": {"S": "x"}}}}, id="a map called Item with a string called m"),
        pytest.param(b'{"Item":{"S":"x"},"id":{"S":"y"}}', {"Item": {"S": "x"}, "id": {"S": "y"}}, id="Item beside others"),
    ],
)
def test_each_spelling_means_one_item(line: bytes, expected: dict[str, Any]) -> None:
    assert item(line) == expected


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        pytest.param(b"", "no JSON", id="blank"),
        pytest.param(b'{"id":{"s":"x"}', "no JSON", id="cut short"),
        pytest.param(b'{"id":{"s":"\xff"}}', "no JSON", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "no JSON", id="nested without end"),
        pytest.param(b"[]", "no JSON object", id="a list"),
        pytest.param(b"{}", "no attributes", id="no attributes"),
        pytest.param(b'{"Item":{}}', "no attributes", id="an item without attributes"),
        pytest.param(b'{"id":"x"}', "'id': expected one type and its value, found 'x'", id="no type"),
        pytest.param(b'{"id":{"s":"x","n":"1"}}', "'id': expected one type and its value", id="two types"),
        pytest.param(b'{"id":{"q":"x"}}', "'id': no attribute type is called 'q'", id="unknown type"),
        pytest.param(b'{"a":{"m":{"b":{"l":[{"s":1}]}}}}', "'a': 'b': expected a string, found 1", id="deep inside"),
        pytest.param(b'{"a":{"n":1}}', "expected a number in quotes, found 1", id="a bare number"),
        pytest.param(b'{"a":{"n":"one"}}', "expected a number in quotes, found 'one'", id="no number"),
        pytest.param(b'{"a":{"b":"x"}}', "expected base64", id="no base64"),
        pytest.param(b'{"a":{"b":"AA=A"}}', "expected base64", id="padding within base64"),
        pytest.param(b'{"a":{"bOOL":"true"}}', "expected true or false", id="a bool in quotes"),
        pytest.param(b'{"a":{"nULL":false}}', "expected true", id="null is false"),
        pytest.param(b'{"a":{"sS":[]}}', "expected a list of at least one", id="an empty set"),
        pytest.param(b'{"a":{"m":[]}}', "expected a map", id="a list for a map"),
        pytest.param(b'{"a":{"l":{}}}', "expected a list", id="a map for a list"),
        pytest.param(b'{"Metadata":{"W":{"N":"1"}},"Keys":{"id":{"S":"x"}}}', "'Metadata': no attribute type is called 'W'", id="incremental export"),
    ],
)
def test_a_line_that_is_no_item_says_what_is_wrong(line: bytes, facts: str) -> None:
    with pytest.raises(DataDamaged, match=r"^this line is no ") as raised:
        item(line)

    assert facts in raised.value.facts


@pytest.mark.parametrize(
    "line", [b'{"name":{"s":"Somebody"}', b'{"name":{"s":"Somebody"},"x":{"q":1}}', b'["Somebody"]'], ids=["json", "item", "list"]
)
def test_what_is_said_of_a_line_does_not_hold_what_is_in_it(line: bytes) -> None:
    with pytest.raises(DataDamaged, match=rf": {len(line)} bytes$") as raised:
        item(line)

    assert "Somebody" not in raised.value.facts


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(connector_line(EVERY_TYPE), True, id="every type"),
        pytest.param(b'{"a":{"S":"x"},"z":{"NULL":true}}', True, id="upper case"),
        pytest.param(b'{"a":{"l":[]}}', False, id="empty list"),
        pytest.param(b'{"a":{"m":{ }}}', False, id="empty map"),
        pytest.param(b'{"a":{"l":[{"m":{"b":{"l":[ ]}}}]}}', False, id="empty list deep inside"),
        pytest.param(b'{"a":{"l":[{"m":{"b":{"nULLValue":true}}}]}}', False, id="null of 4.x deep inside"),
        pytest.param(b'{"Item":{"id":{"S":"x"}}}', False, id="DynamoDB JSON"),
        pytest.param(b'{"nULLValue":{"s":"[] {} nULLValue"}}', True, id="only names and texts that look like trouble"),
    ],
)
def test_what_the_connector_can_load(line: bytes, expected: bool) -> None:
    assert read(line).connector_can_load is expected


@given(ITEMS)
def test_an_item_is_judged_as_its_line_is(each: dict[str, Any]) -> None:
    assert connector_can_load(each) == read(connector_line(each)).connector_can_load


def test_numbers_stay_as_they_are_written() -> None:
    line = b'{"a":{"n":"0.10"},"b":{"nS":["1e3","-0","12345678901234567890123456789012345678"]}}'

    assert connector_line(item(line)) == line
    assert msgspec.json.decode(dynamodb_line(item(line)))["Item"]["a"] == {"N": "0.10"}
