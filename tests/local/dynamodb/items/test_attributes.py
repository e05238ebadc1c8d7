"""Attribute values: what is accepted, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, refusal


def put_and_get(dynamodb: Any, table: str, value: dict[str, Any]) -> Any:
    dynamodb.put_item(TableName=table, Item={"id": {"S": "x"}, "v": value})
    return dynamodb.get_item(TableName=table, Key={"id": {"S": "x"}})["Item"]["v"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"S": 'ü ☃ 𝄞 "quoted" \\ \x07\n\t'}, id="text"),
        pytest.param({"S": ""}, id="empty text"),
        pytest.param({"N": "12345678901234567890123456789012345678"}, id="38 digits"),
        pytest.param({"B": b"\x00\xff"}, id="binary"),
        pytest.param({"BOOL": False}, id="false"),
        pytest.param({"NULL": True}, id="null"),
        pytest.param({"L": []}, id="empty list"),
        pytest.param({"M": {}}, id="empty map"),
        pytest.param({"L": [{"M": {"S": {"S": "S"}, "M": {"M": {}}}}, {"L": [{"N": "1"}]}]}, id="nested"),
        pytest.param({"SS": ["b", "a"]}, id="strings"),
        pytest.param({"NS": ["2", "1.5"]}, id="numbers"),
        pytest.param({"BS": [b"\x01", b"\x02"]}, id="binaries"),
    ],
)
def test_every_value_comes_back_as_it_went_in(dynamodb: Any, make_table: MakeTable, value: dict[str, Any]) -> None:
    assert put_and_get(dynamodb, make_table(), value) == value


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1.50", "1.5"), ("1e3", "1000"), ("-0", "0"), ("007", "7"), ("-0.0", "0"), ("1E-130", "0." + "0" * 129 + "1"), ("1e125", "1" + "0" * 125)],
)
def test_numbers_are_normalised(dynamodb: Any, make_table: MakeTable, written: str, kept: str) -> None:
    assert put_and_get(dynamodb, make_table(), {"N": written}) == {"N": kept}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param({"N": "1" * 39}, "38 significant digits", id="39 digits"),
        pytest.param({"N": "1e126"}, "Number overflow", id="too big"),
        pytest.param({"N": "1e-131"}, "Number underflow", id="too small"),
        pytest.param({"N": "one"}, "cannot be converted to a numeric value", id="no number"),
        pytest.param({"SS": []}, "may not be empty", id="empty set"),
        pytest.param({"NS": ["1", "1.0"]}, "contains duplicates", id="equal numbers in a set"),
        pytest.param({"NULL": False}, "Null attribute value types must have the value of true", id="null that is not"),
        pytest.param({"S": "x" * 410_000}, "Item size has exceeded", id="too large"),
    ],
)
def test_a_bad_value_is_refused(dynamodb: Any, make_table: MakeTable, value: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message) as error:
        put_and_get(dynamodb, make_table(), value)

    assert refusal(error) == "ValidationException"


@pytest.mark.parametrize("value", [{"NULL": True}, {"L": [{"M": {"w": {"NULL": True}}}]}], ids=["on top", "nested"])
def test_an_empty_attribute_value_is_refused_in_the_words_of_aws(shared: StandIn, make_table: MakeTable, value: dict[str, Any]) -> None:
    careless = shared.client("dynamodb")
    careless.meta.events.register("before-call.dynamodb.PutItem", _empty_the_nulls)

    with pytest.raises(ClientError, match="Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"):
        careless.put_item(TableName=make_table(), Item={"id": {"S": "x"}, "v": value})


def _empty_the_nulls(params: dict[str, Any], **_: Any) -> None:
    params["body"] = params["body"].replace(b'{"NULL": true}', b"{}")
