"""What makes two items the same: sets and maps have no order, numbers are their value, lists keep their order, binary is its bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_AS_IT_IS = rb"(?:0|-?[1-9]\d{0,39}|-?(?:0|[1-9]\d{0,39})\.\d{0,139}[1-9])"  # what `number` leaves so
# In the JSON of an item: sets, and numbers that may be written otherwise. These are values and nothing else: within a string quotes are escaped,
# and behind the name of an attribute an object stands.
_MAY_DIFFER = re.compile(rb'\{"(?:([SNB])S":\[(%s(?:,%s)*)\]|N":"(?!%s"\})([^"]*)")' % (_STRING, _STRING, _AS_IT_IS))
_each = re.compile(_STRING).findall


def key_of(item: dict[str, Any], keys: Sequence[str]) -> bytes:
    """The same bytes for the same primary key; they are JSON, to be shown to people. Raises DataDamaged when *item* lacks a key attribute."""
    try:
        return _text_of({name: item[name] for name in keys})
    except KeyError as missing:
        raise DataDamaged(f"an item lacks the key attribute {missing}") from None


def digest_of(item: dict[str, Any], size: int = 16) -> bytes:
    """So many bytes, the same for the same content. Binary may be bytes, or base64 as DynamoDB writes it."""
    return blake2b(_text_of(item), digest_size=size).digest()


@lru_cache(maxsize=1 << 16)
def number(text: str) -> str:
    """`1.50` -> `1.5`, `-0` -> `0`, `1E2` -> `100`."""
    value = Decimal(text).normalize(_EXACT) or Decimal(0)
    return f"{value:f}" if abs(value.adjusted()) < _LONGEST else str(value)


def _text_of(item: dict[str, Any]) -> bytes:
    """JSON; in order of names, at every depth."""
    return _MAY_DIFFER.sub(_alike, _encode(item))


def _alike(found: re.Match[bytes]) -> bytes:
    kind, elements, text = found.groups()
    if kind is None:
        return b'{"N":"%s"' % number(text.decode()).encode()
    each: list[bytes] = _each(elements)
    if kind == b"N":
        each = [b'"%s"' % number(value[1:-1].decode()).encode() for value in each]
    return b'{"%sS":[%s]' % (kind, b",".join(sorted(set(each))))
