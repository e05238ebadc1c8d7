"""What makes two items the same: sets and maps have no order, numbers are their value, lists keep their order, binary is its bytes."""

from __future__ import annotations

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


def key_of(item: dict[str, Any], keys: Sequence[str]) -> bytes:
    """The same bytes for the same primary key; they are JSON, to be shown to people. Raises DataDamaged when *item* lacks a key attribute."""
    try:
        return _encode({name: _canonical(item[name]) for name in keys})
    except KeyError as missing:
        raise DataDamaged(f"an item lacks the key attribute {missing}: {_encode(item)[:200].decode(errors='replace')}") from None


def digest_of(item: dict[str, Any]) -> bytes:
    """Sixteen bytes, the same for the same content."""
    return blake2b(_encode({name: _canonical(value) for name, value in item.items()}), digest_size=16).digest()


@lru_cache(maxsize=1 << 16)
def number(text: str) -> str:
    """`1.50` -> `1.5`, `-0` -> `0`, `1E2` and `100` -> `1E+2`."""
    return str(Decimal(text).normalize(_EXACT) or 0)


def _canonical(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, inner),) = value.items()
    change = _CHANGES.get(kind)
    return {kind: change(inner)} if change else value


_CHANGES: dict[str, Callable[[Any], Any]] = {
    "N": number,
    "SS": lambda texts: sorted(set(texts)),
    "BS": lambda each: sorted(set(each)),
    "NS": lambda numbers: sorted({number(text) for text in numbers}),
    "L": lambda values: [_canonical(value) for value in values],
    "M": lambda values: {name: _canonical(value) for name, value in values.items()},
}
