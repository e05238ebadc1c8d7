"""How attribute values compare: equality, order, and the functions of expressions."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from airflow_dynamodb_emr.local.dynamodb.expressions.paths import Value

Comparison: TypeAlias = Callable[[Any, Any], bool]

_SETS = {"SS": "S", "NS": "N", "BS": "B"}
COMPARISONS: dict[str, Comparison] = {
    "=": lambda one, other: equal(one, other),
    "<>": lambda one, other: not equal(one, other),
    "<": lambda one, other: _ordered(one, other) and order(one) < order(other),
    "<=": lambda one, other: _ordered(one, other) and order(one) <= order(other),
    ">": lambda one, other: _ordered(one, other) and order(one) > order(other),
    ">=": lambda one, other: _ordered(one, other) and order(one) >= order(other),
}


def equal(one: Value | None, other: Value | None) -> bool:
    if one is None or other is None:
        return False
    return one == other or any(kind in one and kind in other and set(one[kind]) == set(other[kind]) for kind in _SETS)


def order(value: Value) -> Any:
    """What values of one type are ordered by."""
    ((kind, content),) = value.items()
    if kind == "N":
        return Decimal(content)
    return b64decode(content) if kind == "B" else content.encode()


def begins_with(one: Value | None, start: Value | None) -> bool:
    return bool(_ordered(one, start) and one and start and "N" not in one and order(one).startswith(order(start)))


def contains(whole: Value | None, part: Value | None) -> bool:
    if not whole or not part:
        return False
    ((kind, content),) = whole.items()
    if kind in _SETS:
        return part.get(_SETS[kind]) in content
    if kind == "L":
        return any(equal(one, part) for one in content)
    return bool(kind in "SB" and kind in part and order(part) in order(whole))


def size(value: Value | None) -> Value | None:
    """Characters of text, bytes of binary, members of the others."""
    if not value:
        return None
    ((kind, content),) = value.items()
    if kind in ("N", "BOOL", "NULL"):
        return None
    return {"N": str(len(b64decode(content) if kind == "B" else content))}


def _ordered(one: Value | None, other: Value | None) -> bool:
    return bool(one and other and one.keys() == other.keys() and next(iter(one)) in "SNB")
