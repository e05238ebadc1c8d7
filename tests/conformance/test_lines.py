"""Our lines and the emulated connector, held against the library that AWS wrote."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from any_item import ITEMS, LOADABLE_ITEMS
from hypothesis import HealthCheck, Phase, given, settings

from airflow_dynamodb_emr.local.connector.hadoop import JavaError
from airflow_dynamodb_emr.local.connector.items import item_as_read
from airflow_dynamodb_emr.transfer.lines import connector_can_load, connector_line, item, read

# Each example is a question to another process: quick, but not to be shrunk by thousands of them.
many = settings(max_examples=150, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])


def as_json(each: dict[str, Any]) -> Any:
    return msgspec.json.decode(msgspec.json.encode(each))


@many
@given(each=ITEMS)
def test_a_line_of_ours_is_to_aws_the_same_item(oracle: Any, each: dict[str, Any]) -> None:
    found = oracle.ask(do="read", line=connector_line(each).decode())["item"]

    assert (found == as_json(each)) == connector_can_load(each)


@many
@given(each=ITEMS)
def test_the_emulation_reads_a_line_as_aws_does_with_its_mistakes(oracle: Any, each: dict[str, Any]) -> None:
    line = connector_line(each).decode()

    assert item_as_read(line) == oracle.ask(do="read", line=line)["item"]


@many
@given(each=LOADABLE_ITEMS)
def test_a_line_of_aws_is_to_us_the_same_item(oracle: Any, each: dict[str, Any]) -> None:
    line = oracle.ask(do="read", line=connector_line(each).decode())["line"].encode()

    assert read(line).item == each
    assert read(line).connector_can_load


@many
@given(each=LOADABLE_ITEMS)
def test_aws_writes_the_line_that_the_emulation_writes(oracle: Any, each: dict[str, Any]) -> None:
    ours = connector_line(each)

    assert msgspec.json.decode(oracle.ask(do="read", line=ours.decode())["line"]) == msgspec.json.decode(ours)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param('{"z":{"nULL":true}}', {"z": {"NULL": True}}, id="null of 5.x"),
        pytest.param('{"z":{"nULLValue":true}}', {"z": {}}, id="null of 4.x"),
        pytest.param(
            '{"z":{"NULL":true},"t":{"BOOL":true},"x":{"SS":["a"]}}', {"z": {"NULL": True}, "t": {"BOOL": True}, "x": {"SS": ["a"]}}, id="upper case"
        ),
        pytest.param('{"l":{"l":[]}}', {"l": {}}, id="empty list"),
        pytest.param('{"m":{"m":{}}}', {"m": {}}, id="empty map"),
        pytest.param('{"l":{"l":[{"m":{}}]}}', {"l": {"L": [{}]}}, id="empty map in a list"),
        pytest.param('{"Item":{"id":{"S":"x"}}}', {"Item": {}}, id="DynamoDB JSON"),
        pytest.param("", {}, id="blank"),
        pytest.param('  {"id":{"s":"x"}}  ', {"id": {"S": "x"}}, id="blanks around"),
    ],
)
def test_what_aws_makes_of_a_spelling_the_emulation_makes_too(oracle: Any, line: str, expected: dict[str, Any]) -> None:
    assert oracle.ask(do="read", line=line)["item"] == expected
    assert item_as_read(line) == expected


@pytest.mark.parametrize("line", ['{"id":{"s":', '{"id":{"l":{}}}', '{"id":{"m":[]}}', '{"id":{"s":["x","y"]}}', "[]"])
def test_what_aws_cannot_read_the_emulation_cannot_either(oracle: Any, line: str) -> None:
    assert "failed" in oracle.ask(do="read", line=line)
    with pytest.raises(JavaError):
        item_as_read(line)


def test_we_read_the_null_of_the_connector_4_which_aws_loses(oracle: Any) -> None:
    line = '{"id":{"s":"x"},"z":{"nULLValue":true}}'

    assert oracle.ask(do="read", line=line)["item"] == {"id": {"S": "x"}, "z": {}}
    assert item(line.encode()) == {"id": {"S": "x"}, "z": {"NULL": True}}
    assert not read(line.encode()).connector_can_load
