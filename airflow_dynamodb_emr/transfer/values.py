"""Attribute values out of decoded JSON: any spelling of the type names in, DynamoDB's own out, nothing let through that DynamoDB could not hold."""

from __future__ import annotations

import re
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Callable
from typing import Any

from airflow_dynamodb_emr.errors import DataDamaged

OLD_NULL = "nullvalue"  # the connector 4.x writes nULLValue

# lower-cased spelling -> type; the connector reads its type names in any case
TYPES = {name.lower(): name for name in ("S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL")} | {OLD_NULL: "NULL"}

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


class Damage(DataDamaged):
    """What is wrong with a value."""


def read_map(found: Any) -> dict[str, Any]:
    """`{"a": {"s": "x"}}` -> `{"a": {"S": "x"}}`; raises Damage naming the attribute, outermost first."""
    if not isinstance(found, dict):
        raise Damage(f"expected a map of attributes, found {found!r:.50}")
    values = {}
    for name, value in found.items():
        try:
            values[name] = _read(value)
        except Damage as damage:
            raise Damage(f"{name!r}: {damage}") from None
    return values


def _read(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) != 1:
        raise Damage(f"expected one type and its value, found {value!r:.50}")
    ((name, inner),) = value.items()
    kind = TYPES.get(name.lower())
    if kind is None:
        raise Damage(f"no attribute type is called {name!r}")
    return {kind: _READERS[kind](inner)}


def _string(inner: Any) -> str:
    if not isinstance(inner, str):
        raise Damage(f"expected a string, found {inner!r:.50}")
    return inner


def _number(inner: Any) -> str:
    if not isinstance(inner, str) or not _NUMBER.fullmatch(inner):
        raise Damage(f"expected a number in quotes, found {inner!r:.50}")
    return inner


def _binary(inner: Any) -> bytes:
    try:
        return _base64(_string(inner))
    except (NotBase64, ValueError):
        raise Damage(f"expected base64, found {inner!r:.50}") from None


def _base64(text: str) -> bytes:
    # a2b_base64 skips what it does not know, where `strict_mode` needs Python 3.11: damage must not pass for other bytes
    if len(text) % 4 or not _BASE64.fullmatch(text):
        raise ValueError(text)
    return a2b_base64(text)


_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)


def _bool(inner: Any) -> bool:
    if not isinstance(inner, bool):
        raise Damage(f"expected true or false, found {inner!r:.50}")
    return inner


def _null(inner: Any) -> bool:
    if inner is not True:
        raise Damage(f"expected true, found {inner!r:.50}")
    return True


def _list(inner: Any) -> list[Any]:
    if not isinstance(inner, list):
        raise Damage(f"expected a list, found {inner!r:.50}")
    return [_read(value) for value in inner]


def _set_of(read: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    def read_set(inner: Any) -> list[Any]:
        if not isinstance(inner, list) or not inner:
            raise Damage(f"expected a list of at least one, found {inner!r:.50}")
        return [read(value) for value in inner]

    return read_set


_READERS: dict[str, Callable[[Any], Any]] = {
    "S": _string,
    "N": _number,
    "B": _binary,
    "SS": _set_of(_string),
    "NS": _set_of(_number),
    "BS": _set_of(_binary),
    "M": read_map,
    "L": _list,
    "BOOL": _bool,
    "NULL": _null,
}
