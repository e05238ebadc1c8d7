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
    shared, size = _differing(low, high)
    alphabets = [_alphabet(low[at : at + 1], high[at : at + 1]) or sorted({*low, *high}) for at in range(shared, shared + size)]
    first, last = ([bisect_left(alphabet, sign) for alphabet, sign in zip(alphabets, text[shared:])] for text in (low, high))
    inner = _sequences(first, last, list(map(len, alphabets)), count)
    found = (low[:shared] + "".join(alphabet[sign] for alphabet, sign in zip(alphabets, each)) for each in inner)
    return [text for text in found if low < text < high and len(text.encode()) <= _BYTES_AT_MOST]


def _alphabet(one: str, other: str) -> list[str]:
    """The signs that stand at a place where these two do: between `2026-01-31T08` and `2026-12-01T09` there are digits where they have digits, and a
    hyphen or a T where both have one. None where both have ended."""
    if one == other and not one.isdigit():
        return [one] if one else []
    kinds = (kind for kind in (digits, ascii_lowercase, ascii_uppercase) if not set(kind).isdisjoint(one + other))
    return sorted({*one, *other}.union(*kinds))


def _binaries(low: str, high: str, count: int) -> list[str]:
    first, last = b64decode(low), b64decode(high)
    shared, size = _differing(first, last)
    found = (first[:shared] + bytes(each) for each in _sequences(first[shared:], last[shared:], [256] * size, count))
    return [b64encode(each).decode() for each in found if first < each < last and len(each) <= _BYTES_AT_MOST]


def _differing(low: Sequence[Any], high: Sequence[Any]) -> tuple[int, int]:
    """How many signs both begin with, and how many of those behind are looked at."""
    shared = next((n for n, (a, b) in enumerate(zip(low, high)) if a != b), min(len(low), len(high)))
    return shared, min(max(len(low), len(high)) - shared, _SIGNS_AT_MOST) + 1


def _sequences(low: Sequence[int], high: Sequence[int], bases: Sequence[int], count: int) -> list[list[int]]:
    """They sort as in a dictionary, as fractions do, each of whose digits has a base of its own."""
    first, last = _as_number(low, bases), _as_number(high, bases)
    inner = dict.fromkeys(first + (last - first) * n // (count + 1) for n in range(1, count + 1))
    return [_as_signs(value, bases) for value in inner]


def _as_number(signs: Sequence[int], bases: Sequence[int]) -> int:
    value = 0
    for n, base in enumerate(bases):
        value = value * base + (signs[n] if n < len(signs) else 0)
    return value


def _as_signs(value: int, bases: Sequence[int]) -> list[int]:
    signs = []
    for base in reversed(bases):
        value, sign = divmod(value, base)
        signs.append(sign)
    return signs[::-1]


_SPLITTERS = {"N": _numbers, "S": _texts, "B": _binaries}
_ORDERS: dict[str, Callable[[str], Any]] = {"N": Decimal, "S": str, "B": b64decode}
