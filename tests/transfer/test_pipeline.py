from __future__ import annotations

from typing import Any

import msgspec
import pytest
from any_item import ITEMS
from hypothesis import given

from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.lines import Item, connector_line, item, read


def pipeline_line(item: Item) -> bytes:
    """As Hive writes it: the names as they are, each value as the connector writes it."""
    values = msgspec.json.decode(connector_line(item), type=dict[str, msgspec.Raw])
    return b"\x02".join(name.encode() + b"\x03" + bytes(value) for name, value in values.items())


def can_be_held(item: Item) -> bool:
    """No name can have what separates names and lines."""
    return not any(set("\x02\x03\n") & set(name) for name in item)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(b'id\x03{"s":"k1"}\x02n\x03{"n":"0.10"}', {"id": {"S": "k1"}, "n": {"N": "0.10"}}, id="two attributes"),
        pytest.param(b'tags\x03{"sS":["a","b"]}', {"tags": {"SS": ["a", "b"]}}, id="a set"),
        pytest.param(b'my key\x03{"s":"x"}\x02a:b/c#d=e,"f"\x03{"s":"y"}', {"my key": {"S": "x"}, 'a:b/c#d=e,"f"': {"S": "y"}}, id="signs of JSON"),
        pytest.param(b'{"id"\x03{"s":"x"}', {'{"id"': {"S": "x"}}, id="a name that begins as JSON does"),
        pytest.param(b'Item\x03{"m":{"id":{"s":"x"}}}', {"Item": {"M": {"id": {"S": "x"}}}}, id="Item is a name here"),
        pytest.param(b'z\x03{"nULLValue":true}\x02e\x03{"l":[]}', {"z": {"NULL": True}, "e": {"L": []}}, id="an old null, and an empty list"),
    ],
)
def test_a_line_is_split_on_the_control_characters(line: bytes, expected: Item) -> None:
    assert item(line) == expected
    assert not read(line).connector_can_load


@given(ITEMS.filter(can_be_held))
def test_every_item_that_such_a_line_can_hold_is_read_exactly(given_item: dict[str, Any]) -> None:
    assert item(pipeline_line(given_item)) == given_item


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param(b'id\x03{"s":"k1"}\x02n', "has no ETX between name and value", id="no value"),
        pytest.param(b'id\x03{"s":"k1"}\x02id\x03{"s":"k2"}', "has the attribute 'id' twice", id="a name twice"),
        pytest.param(b'id\x03{"s":"k1"', "'id': ", id="cut short"),
        pytest.param(b'\xff\x03{"s":"k1"}', "codec can't decode", id="no UTF-8"),
        pytest.param(b'id\x03{"x":"k1"}', "no attribute type is called 'x'", id="no type"),
        pytest.param(b'id\x03{"s":"a\x02b"}', "'id': ", id="a value that was not escaped"),
    ],
)
def test_what_is_damaged_is_no_item(line: bytes, why: str) -> None:
    with pytest.raises(DataDamaged, match=r"this line is no item: .*") as refused:
        item(line)

    assert why in refused.value.facts
