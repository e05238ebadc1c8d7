"""What makes two items the same: sets and maps have no order, numbers are their value, lists keep their order, binary is its bytes."""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from airflow_dynamodb_emr.errors import DataDamaged

_encode = msgspec.json.Encoder(order="sorted").encode
# DynamoDB has 38 digits, and exponents to 125; what is beyond is damage, and must neither look equal for being rounded nor end in an error
_EXACT = Context(prec=500, Emax=MAX_EMAX, Emin=MIN_EMIN)
_LONGEST = 200  # digits that a number is written out with
_AS_IT_IS = rb"(?:0|-?[1-9]\d{0,39}|-?(?:0|[1-9]\d{0,39})\.\d{0,139}[1-9])"  # what `number` leaves so
# In the text of an item: a set, or a number that may be written otherwise. A type stands first in its object, and what is in a string is escaped.
_MAY_DIFFER = re.compile(rb'\{"(?:[SNB]S":\[|N":"(?!%s"))' % _AS_IT_IS)


def key_of(item: dict[str, Any], keys: Sequence[str]) -> bytes:
    """The same bytes for the same primary key; they are JSON, to be shown to people. Raises DataDamaged when *item* lacks a key attribute."""
    try:
        return _encode({name: _canonical(item[name]) for name in keys})
    except KeyError as missing:
        raise DataDamaged(f"an item lacks the key attribute {missing}: {_encode(item)[:200].decode(errors='replace')}") from None


def digest_of(item: dict[str, Any], size: int = 16) -> bytes:
    """So many bytes, the same for the same content. Binary may be bytes, or base64 as DynamoDB writes it."""
    text = _encode(item)
    if _MAY_DIFFER.search(text):
        text = _encode({name: _canonical(value) for name, value in item.items()})
    return blake2b(text, digest_size=size).digest()


@lru_cache(maxsize=1 << 16)
def number(text: str) -> str:
    """`1.50` -> `1.5`, `-0` -> `0`, `1E2` -> `100`."""
    value = Decimal(text).normalize(_EXACT) or Decimal(0)
    return f"{value:f}" if abs(value.adjusted()) < _LONGEST else str(value)


def _canonical(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, inner),) = value.items()
    change = _CHANGES.get(kind)
    return {kind: change(inner)} if change else value


def _base64(binary: Any) -> str:
    return binary if isinstance(binary, str) else b2a_base64(binary, newline=False).decode()


_CHANGES: dict[str, Callable[[Any], Any]] = {
    "N": number,
    "SS": lambda texts: sorted(set(texts)),
    "BS": lambda each: sorted({_base64(binary) for binary in each}),
    "NS": lambda numbers: sorted({number(text) for text in numbers}),
    "L": lambda values: [_canonical(value) for value in values],
    "M": lambda values: {name: _canonical(value) for name, value in values.items()},
}
