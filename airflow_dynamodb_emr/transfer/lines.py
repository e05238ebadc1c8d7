"""One line of a dump, and the item it stands for; exact for every attribute type and every spelling.

An *item* is what a boto3 client speaks: `{"id": {"S": "k1"}, "price": {"N": "0.1"}, "photo": {"B": b"..."}}`, numbers as strings,
binary as bytes. A *line* is bytes without the newline, in one of these spellings:

    {"id":{"s":"k1"},"none":{"nULL":true}}           the connector 5.x and 6.x
    {"id":{"s":"k1"},"none":{"nULLValue":true}}      the connector 4.x
    {"id":{"S":"k1"},"none":{"NULL":true}}           type names as DynamoDB has them, which the connector reads too
    {"Item":{"id":{"S":"k1"}}}                       DynamoDB JSON, as native exports have it
    id ETX {"s":"k1"}                                Data Pipeline's first format, see `pipeline.py`

Types are told from names by walking: an attribute may itself be called `S`, `M`, `l` or `Item`.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer import pipeline
from airflow_dynamodb_emr.transfer.values import OLD_NULL, TYPES, Damage, read_map

Item = dict[str, Any]

_CONNECTOR = {"S": "s", "N": "n", "B": "b", "SS": "sS", "NS": "nS", "BS": "bS", "M": "m", "L": "l", "BOOL": "bOOL", "NULL": "nULL"}
_SUSPECT = re.compile(rb"\[\s*\]|\{\s*\}|nullvalue", re.IGNORECASE)  # without one of these no line troubles the connector
_encode = msgspec.json.Encoder().encode  # bytes become base64


class Line(msgspec.Struct, frozen=True):
    """An item, and whether the connector's import reads the line it came from without loss."""

    item: Item
    connector_can_load: bool


def item(line: bytes) -> Item:
    """The item on *line*; raises DataDamaged, saying what is wrong, when there is none."""
    return read(line).item


def read(line: bytes) -> Line:
    """As `item`, and says whether the connector can load this very line."""
    of_pipeline = pipeline.is_line(line)
    try:
        found = pipeline.decode(line) if of_pipeline else decode(line)
        wrapped, inner = (False, found) if of_pipeline else unwrapped(found)
        value = read_map(inner)
        if not value:
            raise Damage("it has no attributes")
    except Damage as damage:
        raise DataDamaged(f"this line is no item: {damage}: {told(line)}") from None
    # Of Data Pipeline's lines it reads those whose names have no sign that means something to it: nobody should count on that
    loads = not (wrapped or of_pipeline) and (not _SUSPECT.search(line) or (connector_can_load(value) and not _has_old_null(found)))
    return Line(value, loads)


def unwrapped(found: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
    """Of a line's JSON: whether the item in it is wrapped in `Item`, and the item."""
    wrapped = found.keys() == {"Item"} and isinstance(found["Item"], dict) and not is_value(found["Item"])
    return wrapped, found["Item"] if wrapped else found


def connector_line(item: Item) -> bytes:
    """As the connector 5.x writes it."""
    return _encode({name: _to_connector(value) for name, value in item.items()})


def dynamodb_line(item: Item) -> bytes:
    """As a native export has it."""
    return _encode({"Item": item})


def json_of(item: Item) -> bytes:
    """As DynamoDB takes it in a request."""
    return _encode(item)


def connector_can_load(item: Item) -> bool:
    """False where an empty list or map stands anywhere in *item*: the connector writes these and cannot read them back."""
    return all(_connector_can_load(value) for value in item.values())


def decode(line: bytes) -> dict[str, Any]:
    """The JSON object on *line*, types in its own spelling; raises DataDamaged."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DataDamaged(f"this line is no JSON: {error}: {told(line)}") from None
    if not isinstance(found, dict):
        raise DataDamaged(f"this line is no item: it is no JSON object: {told(line)}")
    return found


def is_value(found: Any) -> bool:
    """Is *found* one attribute's value (`{"s":"x"}`), rather than a map of names to values? Never both; decided by what stands innermost."""
    if not isinstance(found, dict) or len(found) != 1:
        return False
    ((name, inner),) = found.items()
    kind = TYPES.get(name.lower())
    if not isinstance(inner, dict):
        return kind is not None
    return kind == "M" and not is_value(inner)


def _to_connector(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, inner),) = value.items()
    if kind == "M":
        inner = {name: _to_connector(each) for name, each in inner.items()}
    elif kind == "L":
        inner = [_to_connector(each) for each in inner]
    return {_CONNECTOR[kind]: inner}


def _connector_can_load(value: dict[str, Any]) -> bool:
    ((kind, inner),) = value.items()
    if kind == "M":
        return bool(inner) and connector_can_load(inner)
    if kind == "L":
        return bool(inner) and all(_connector_can_load(each) for each in inner)
    return True


def _has_old_null(found: dict[str, Any]) -> bool:
    """In an item as it was decoded, types still in the line's spelling: does the null of the connector 4.x stand anywhere?"""
    return any(_is_old_null(value) for value in found.values())


def _is_old_null(value: dict[str, Any]) -> bool:
    ((name, inner),) = value.items()
    kind = name.lower()
    if kind == "m":
        return _has_old_null(inner)
    return any(_is_old_null(each) for each in inner) if kind == "l" else kind == OLD_NULL


def told(line: bytes) -> str:
    """Of a line that is damaged, without what is in it: this ends up in logs, documents and mail, and a line is somebody's data."""
    return f"{len(line):,} bytes"
