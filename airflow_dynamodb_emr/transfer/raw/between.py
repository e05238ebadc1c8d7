"""Values between two values of a sort key, in DynamoDB's order: where a large item collection is divided.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html: numbers sort by value, strings by their UTF-8
bytes, which is by code point, binary by its bytes. No item need have such a value for it to be a bound.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

_NUMBERS, _WIDE = Context(prec=38), Context(prec=300)
_SMALLEST = Decimal("1E-130")
_SIGNS_AT_MOST = 12  # after those that both have in common
_BYTES_AT_MOST = 1024  # of a sort key, and so of a bound


def between(low: dict[str, str], high: dict[str, str], count: int) -> list[dict[str, str]]:
    """Up to *count* values, rising, all above *low* and below *high*: evenly apart, as far as that can be said of strings."""
    ((kind, first),), ((_, last),) = low.items(), high.items()
    return [{kind: value} for value in _SPLITTERS[kind](first, last, count)]


def later(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """That which sorts behind the other."""
    return other if order(one) < order(other) else one


def order(value: dict[str, str]) -> Any:
    """What values of one type sort by."""
    ((kind, text),) = value.items()
    return _ORDERS[kind](text)


def _numbers(low: str, high: str, count: int) -> list[str]:
    first, last = Decimal(low), Decimal(high)
    step = _WIDE.divide(_WIDE.subtract(last, first), Decimal(count + 1))
    found = [_NUMBERS.create_decimal(_WIDE.add(first, _WIDE.multiply(step, Decimal(n)))) for n in range(1, count + 1)]
    inner = (value for value in dict.fromkeys(found) if first < value < last)
    return [str(value) if value else "0" for value in inner if not value or abs(value) >= _SMALLEST]


def _texts(low: str, high: str, count: int) -> list[str]:
    alphabet = _alphabet(low + high)
    first, last = ([bisect_left(alphabet, sign) for sign in text] for text in (low, high))
    found = ("".join(alphabet[sign] for sign in each) for each in _sequences(first, last, len(alphabet), count))
    return [text for text in found if len(text.encode()) <= _BYTES_AT_MOST]


def _alphabet(seen: str) -> list[str]:
    """The signs that are *seen*, and those of their kind: between `2026-01-31` and `2026-12-01` lie digits, and next to nothing else."""
    kinds = (kind for kind in (digits, ascii_lowercase, ascii_uppercase) if not set(kind).isdisjoint(seen))
    return sorted(set(seen).union(*kinds))


def _binaries(low: str, high: str, count: int) -> list[str]:
    found = _sequences(b64decode(low), b64decode(high), 256, count)
    return [b64encode(bytes(each)).decode() for each in found if len(each) <= _BYTES_AT_MOST]


def _sequences(low: Sequence[int], high: Sequence[int], base: int, count: int) -> list[list[int]]:
    """They sort as in a dictionary, as fractions in that *base* do."""
    shared = next((n for n, (a, b) in enumerate(zip(low, high)) if a != b), min(len(low), len(high)))
    size = min(max(len(low), len(high)) - shared, _SIGNS_AT_MOST) + 1
    first, last = (_as_number(each[shared : shared + size], base, size) for each in (low, high))
    inner = dict.fromkeys(first + (last - first) * n // (count + 1) for n in range(1, count + 1))
    found = [[*high[:shared], *_as_signs(value, base, size)] for value in inner]
    return [each for each in found if list(low) < each < list(high)]


def _as_number(signs: Sequence[int], base: int, size: int) -> int:
    value = 0
    for n in range(size):
        value = value * base + (signs[n] if n < len(signs) else 0)
    return value


def _as_signs(value: int, base: int, size: int) -> list[int]:
    return [value // base ** (size - n) % base for n in range(1, size + 1)]


_SPLITTERS = {"N": _numbers, "S": _texts, "B": _binaries}
_ORDERS: dict[str, Callable[[str], Any]] = {"N": Decimal, "S": str, "B": b64decode}
