"""An item, and values to ask it by."""

from __future__ import annotations

from typing import Any

ITEM: dict[str, Any] = {
    "id": {"S": "x"},
    "n": {"N": "5"},
    "t": {"S": "hello"},
    "b": {"B": b"\x01\xff"},
    "l": {"L": [{"N": "1"}, {"S": "two"}, {"M": {"deep": {"S": "y"}}}]},
    "m": {"M": {"S": {"S": "s"}}},
    "tags": {"SS": ["a", "b"]},
}


VALUES: dict[str, Any] = {
    ":5": {"N": "5.0"},
    ":4": {"N": "4"},
    ":10": {"N": "10"},
    ":h": {"S": "he"},
    ":S": {"S": "S"},
    ":a": {"S": "a"},
    ":one": {"N": "1"},
    ":bytes": {"B": b"\x01"},
    ":set": {"SS": ["b", "a"]},
}


def used(expression: str) -> dict[str, Any]:
    return {name: value for name, value in VALUES.items() if name in expression.replace("(", " ").replace(")", " ").replace(",", " ").split()}
