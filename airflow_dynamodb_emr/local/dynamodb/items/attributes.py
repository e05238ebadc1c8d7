"""Attribute values: what DynamoDB accepts, how it writes numbers, and what size it counts."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from airflow_dynamodb_emr.local.dynamodb.items.numbers import normal_number, number_size
from airflow_dynamodb_emr.local.http.protocol import Refused, invalid, wrong_json

LARGEST_ITEM_BYTES = 400 * 1024
_DEEPEST = 32


def item_size(item: Any) -> int:
    """Bytes that DynamoDB counts for *item*; brings the numbers in it into DynamoDB's form."""
    if type(item) is not dict:
        raise wrong_json(item)
    size = 0
    for name, value in item.items():
        size += len(name) if name.isascii() else len(name.encode())
        text = value.get("S") if type(value) is dict and len(value) == 1 else None
        if type(text) is str:  # by far the most; the rest is what _value_size is for
            size += len(text) if text.isascii() else len(text.encode())
        else:
            size += _value_size(value, 1)
    if size > LARGEST_ITEM_BYTES:
        raise invalid("Item size has exceeded the maximum allowed size")
    return size


def key_bytes(value: dict[str, str]) -> bytes:
    """What a key is hashed by, and, but for numbers, ordered by."""
    ((kind, content),) = value.items()
    return b64decode(content) if kind == "B" else content.encode()


def _value_size(value: Any, depth: int) -> int:
    if type(value) is not dict:
        raise wrong_json(value)
    if len(value) != 1:
        raise _not_one(value)
    ((kind, content),) = value.items()
    if kind == "S" and type(content) is str:
        return _text_size(content)
    if kind == "N":
        value["N"] = number = normal_number(content)
        return number_size(number)
    if kind not in _SIZES:
        raise _not_one({})
    return _SIZES[kind](value, content, depth)


def _text_size(text: Any) -> int:
    if type(text) is not str:
        raise wrong_json(text)
    return len(text) if text.isascii() else len(text.encode())


def _binary_size(content: Any) -> int:
    try:
        return len(b64decode(content, validate=True))
    except (binascii.Error, TypeError, ValueError) as error:
        raise Refused("SerializationException", "Base64 encoded length is unexpected, or a wrong character in it") from error


def _list_size(_value: Any, content: Any, depth: int) -> int:
    _check_depth(content, list, depth)
    return 3 + sum(1 + _value_size(one, depth + 1) for one in content)


def _map_size(_value: Any, content: Any, depth: int) -> int:
    _check_depth(content, dict, depth)
    return 3 + sum(1 + _text_size(name) + _value_size(one, depth + 1) for name, one in content.items())


def _check_depth(content: Any, kind: type, depth: int) -> None:
    if type(content) is not kind:
        raise wrong_json(content)
    if depth > _DEEPEST:
        raise invalid("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit")


def _truth_size(value: Any, content: Any, _depth: int) -> int:
    if type(content) is not bool:
        raise wrong_json(content)
    if "NULL" in value and not content:
        raise invalid("One or more parameter values were invalid: Null attribute value types must have the value of true")
    return 1


def _set_size(value: Any, content: Any, _depth: int) -> int:
    ((kind, _),) = value.items()
    if type(content) is not list:
        raise wrong_json(content)
    if not content:
        word = {"SS": "string", "NS": "number", "BS": "binary"}[kind]
        raise invalid(f"One or more parameter values were invalid: An {word} set  may not be empty")
    if kind == "NS":
        value["NS"] = content = [normal_number(number) for number in content]
    size = sum(map(_MEMBER_SIZES[kind], content))
    if len(set(content)) != len(content):
        raise invalid(f"One or more parameter values were invalid: Input collection [{', '.join(content)}] contains duplicates.")
    return size


_MEMBER_SIZES: dict[str, Callable[[Any], int]] = {"SS": _text_size, "NS": number_size, "BS": _binary_size}
_SIZES: dict[str, Callable[[Any, Any, int], int]] = {
    "S": lambda _value, content, _depth: _text_size(content),
    "B": lambda _value, content, _depth: _binary_size(content),
    "BOOL": _truth_size,
    "NULL": _truth_size,
    "L": _list_size,
    "M": _map_size,
    "SS": _set_size,
    "NS": _set_size,
    "BS": _set_size,
}


def _not_one(value: dict[str, Any]) -> Refused:
    if not value:
        return invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
    return invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
