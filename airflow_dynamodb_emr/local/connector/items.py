"""An item as the connector 5.x reads it off a line, its mistakes included.

A value for which it finds no content becomes one of no type, `{}`, which DynamoDB then refuses: an empty list or map, the null of the
connector 4.x, a value wrapped in `Item`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from airflow_dynamodb_emr.local.connector.hadoop import JavaError

NO_TYPE: dict[str, Any] = {}
_KINDS = {kind.lower(): kind for kind in ("B", "BS", "BOOL", "NULL", "N", "NS", "L", "M", "S", "SS")}
_MANY = {"BS": list, "NS": list, "SS": list, "L": list, "M": dict}
_CONTENT: dict[str, Any] = {kind: _MANY.get(kind, (str, bool, int, float)) for kind in _KINDS.values()}


def item_as_read(line: str) -> dict[str, Any]:
    """A blank line is an item without attributes; raises JavaError for what is no JSON."""
    text = line.strip()
    if not text:
        return {}
    try:
        found = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise JavaError("com.google.gson.JsonSyntaxException", str(error)) from None
    return {name: _value(value) for name, value in found.items()}


def _value(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        return NO_TYPE
    for name, inner in found.items():
        kind = _KINDS.get(name.lower())
        if kind and not isinstance(inner, _CONTENT[kind]):
            raise JavaError("java.lang.IllegalStateException", f"Not a value of type {kind}: {inner!r:.80}")
        if kind and (inner or kind not in _MANY):
            return {kind: _inner(kind, inner)}
    return NO_TYPE


def _inner(kind: str, inner: Any) -> Any:
    if kind == "L":
        return [_value(each) for each in inner]
    if kind == "M":
        return {name: _value(each) for name, each in inner.items()}
    return inner


def has_no_type(value: dict[str, Any]) -> bool:
    """Is there, here or inside, a value of no type?"""
    if not value:
        return True
    ((kind, inner),) = value.items()
    if kind == "L":
        return any(has_no_type(each) for each in inner)
    return kind == "M" and any(has_no_type(each) for each in inner.values())
