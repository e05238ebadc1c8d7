"""The lines that items are written as, from the bytes that DynamoDB sent: none is decoded where that can be helped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

DYNAMODB_JSON, CONNECTOR = "dynamodb-json", "connector"

TYPES = {"S": "s", "N": "n", "B": "b", "SS": "sS", "NS": "nS", "BS": "bS", "M": "m", "L": "l", "BOOL": "bOOL", "NULL": "nULL"}
# A type is followed by the first sign of its value, an attribute's name by an object: these are types, whatever attributes are called.
_TYPE_SIGNS = [("S", '"'), ("N", '"'), ("B", '"'), ("SS", "["), ("NS", "["), ("BS", "["), ("L", "["), ("BOOL", "t"), ("BOOL", "f"), ("NULL", "t")]
_RENAMES = [(f'{{"{kind}":{sign}'.encode(), f'{{"{TYPES[kind]}":{sign}'.encode()) for kind, sign in [*_TYPE_SIGNS, ("M", "{")]]
# `{"M":{` is a map, unless what follows says that it is, or may be, an attribute called M.
_MAYBE_NAME = re.compile(rb'\{"M":\{"(?:M":\{|(?:[SNBL]|[SNB]S|BOOL|NULL)":["\[tf])')
_DENSE = re.compile(rb'\{"(?:[^"\\]|\\.)*":\{"[A-Z]+":\S')  # as DynamoDB writes JSON, without blanks

_AT_ONCE = 256  # items: their lines stay in the processor's cache while they are hashed and packed, and take little memory


def dynamodb_lines(items: Sequence[Any]) -> Iterator[bytes]:
    """As ImportTable, Glue and native exports have them: `{"Item":{"id":{"S":"k1"}}}`. No item has a newline in it: `pages.py` sees to that."""
    for some in _some(items):
        yield b'{"Item":' + b'}\n{"Item":'.join(some) + b"}\n"


def connector_lines(items: Sequence[Any]) -> Iterator[bytes]:
    """As the connector 5.x writes them: `{"id":{"s":"k1"}}`."""
    for some in _some(items):
        text = b"\n".join(some) + b"\n"
        dense = all(map(_DENSE.match, some)) and not _MAYBE_NAME.search(text)
        yield _renamed(text) if dense else b"".join(map(_connector_line, some))


def _some(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


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


LINES: dict[str, Callable[[Sequence[Any]], Iterator[bytes]]] = {DYNAMODB_JSON: dynamodb_lines, CONNECTOR: connector_lines}
