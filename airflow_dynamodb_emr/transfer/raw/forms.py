"""The lines that items are written as, from the bytes that DynamoDB sent: none is decoded where that can be helped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

DYNAMODB_JSON, CONNECTOR = "dynamodb-json", "connector"

TYPES = {"S": "s", "N": "n", "B": "b", "SS": "sS", "NS": "nS", "BS": "bS", "M": "m", "L": "l", "BOOL": "bOOL", "NULL": "nULL"}
# A type is followed by the first sign of its value, an attribute's name by an object: these are types, whatever attributes are called.
_TYPE_SIGNS = [("S", '"'), ("N", '"'), ("B", '"'), ("SS", "["), ("NS", "["), ("BS", "["), ("L", "["), ("BOOL", "t"), ("BOOL", "f"), ("NULL", "t")]
_RENAMES = [(f'{{"{kind}":{sign}'.encode(), f'{{"{TYPES[kind]}":{sign}'.encode()) for kind, sign in [*_TYPE_SIGNS, ("M", "{")]]
# `{"M":{` is a map, unless what follows says that it is, or may be, an attribute called M.
_MAYBE_NAME = re.compile(rb'\{"M":\{"(?:M":\{|(?:[SNBL]|[SNB]S|BOOL|NULL)":["\[tf])')
_DENSE = re.compile(rb'\{"(?:[^"\\]|\\.)*":\{"[A-Z]+":\S')  # as DynamoDB writes JSON, without blanks


def dynamodb_lines(items: Sequence[Any]) -> bytes:
    """As ImportTable, Glue and native exports have them: `{"Item":{"id":{"S":"k1"}}}`."""
    text = b'{"Item":' + b'}\n{"Item":'.join(items) + b"}\n"
    if text.count(b"\n") == len(items):
        return text
    return dynamodb_lines([bytes(item).replace(b"\n", b" ") for item in items])  # one that stands between tokens: within a string it is written \n


def connector_lines(items: Sequence[Any]) -> bytes:
    """As the connector 5.x writes them: `{"id":{"s":"k1"}}`."""
    text = b"\n".join(items) + b"\n"
    if all(map(_DENSE.match, items)) and not _MAYBE_NAME.search(text):
        return _renamed(text)
    return b"".join(map(_connector_line, items))


def _connector_line(item: Any) -> bytes:
    line = bytes(item)
    if _DENSE.match(line) and not _MAYBE_NAME.search(line):
        return _renamed(line) + b"\n"
    values = {name: _to_connector(value) for name, value in json.loads(line).items()}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _renamed(text: bytes) -> bytes:
    for of_dynamodb, of_connector in _RENAMES:
        text = text.replace(of_dynamodb, of_connector)
    return text


def _to_connector(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, inner),) = value.items()
    if kind == "M":
        inner = {name: _to_connector(each) for name, each in inner.items()}
    elif kind == "L":
        inner = [_to_connector(each) for each in inner]
    return {TYPES[kind]: inner}


LINES: dict[str, Callable[[Sequence[Any]], bytes]] = {DYNAMODB_JSON: dynamodb_lines, CONNECTOR: connector_lines}
