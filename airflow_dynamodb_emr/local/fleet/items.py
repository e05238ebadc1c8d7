"""The items of the fleet: made from a seeded random generator, so that every stand-in holds the same."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from random import Random
from typing import Any

Item = dict[str, Any]
Maker = Callable[[Random, int], Item]

_WORDS = ("order", "naïve", "Grüße", "東京", "emoji 🚀", 'quoted "so"', "it's", "back\\slash", "tab\tnew\nline", "bell\x07", "a/b", "<&>", "")
_NUMBERS = ("0", "-1", "0.1", "1.50", "1e3", "-9.9999999999999999999999999999999999999E+125", "1E-130")
_STATES = ("new", "paid", "packed", "sent", "back")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 " * 40


def plain(random: Random, number: int) -> Item:
    """About 350 bytes, as an application might keep them."""
    return {
        "status": {"S": random.choice(_STATES)},
        "total": {"N": f"{random.randrange(1, 10**7) / 100:.2f}"},
        "note": {"S": " ".join(random.choices(_WORDS, k=8))},
        "lines": {"L": [_line(random) for _ in range(1 + number % 3)]},
        "open": {"BOOL": number % 2 == 0},
        "text": {"S": _text(random, 100, 300)},
    }


def every_type(random: Random, number: int) -> Item:
    """All ten types, names that look like types, and numbers of 38 digits."""
    return {
        "string": {"S": random.choice(_WORDS)},
        "number": {"N": random.choice([*_NUMBERS, str(10**37 + number)])},
        "digits": {"N": "".join(random.choices("123456789", k=38))},
        "binary": {"B": _binary(random, number % 40)},
        "yes": {"BOOL": True},
        "null": {"NULL": True},
        "list": {"L": [{"S": random.choice(_WORDS)}, {"N": str(number)}, {"NULL": True}, {"L": [{"BOOL": False}]}, {"M": {"S": {"S": "S"}}}]},
        "map": {"M": {"S": {"N": "1"}, "M": {"M": {"L": {"L": [{"S": "L"}]}}}, "B": {"B": _binary(random, 3)}, "nULL": {"NULL": True}}},
        "strings": {"SS": sorted({*random.sample(_WORDS, 4)})},
        "numbers": {"NS": ["1", "2.5", str(100 + number), "-7"]},
        "binaries": {"BS": [_binary(random, 4), b64encode(b"\xff").decode()]},
        "S": {"S": "an attribute called S"},
        "M": {"M": {"s": {"S": "an attribute called M"}}},
        "L": {"L": [{"M": {"L": {"S": "an attribute called L"}}}]},
        "s": {"S": "lower case"},
        "Item": {"M": {"Item": {"S": "x"}}},
        'odd "name"\n': {"S": _text(random, 10, 30)},
        "größe.x-y z": {"N": "-0.0"},
        "long": {"S": _text(random, 500, 1400)},
    }


def with_empties(random: Random, number: int) -> Item:
    """Empty lists and maps, on top and within others: what the connector can write and cannot read."""
    return {
        **plain(random, number),
        "none": {"L": []},
        "nothing": {"M": {}},
        "within": {"L": [{"M": {}}, {"L": []}, {"M": {"deep": {"L": [{"M": {}}]}}}]},
    }


def event(random: Random, number: int) -> Item:
    """A bit over half a kilobyte, quickly made: there are many."""
    start = number % 37
    body = _LETTERS[start : start + 460 + number % 41]
    return {"kind": {"S": _WORDS[number % 12]}, "value": {"N": str(random.randrange(10**6))}, "body": {"S": body}}


def small(random: Random, number: int) -> Item:
    return {"status": {"S": random.choice(_STATES)}, "count": {"N": str(number)}, "text": {"S": _text(random, 20, 80)}}


def key(kind: str, number: int) -> dict[str, str]:
    """The key value for the item of that *number*."""
    if kind == "N":
        return {"N": str(number * 7 - 1000)}
    if kind == "B":
        return {"B": b64encode(number.to_bytes(3, "big") + b"\x00\xff").decode()}
    return {"S": f"{_WORDS[number % 7]}#{number:06d}"}


def _line(random: Random) -> Item:
    return {"M": {"sku": {"S": f"{random.randrange(10**6):06d}"}, "amount": {"N": str(random.randrange(1, 9))}}}


def _text(random: Random, shortest: int, longest: int) -> str:
    start = random.randrange(40)
    return _LETTERS[start : start + random.randrange(shortest, longest)]


def _binary(random: Random, size: int) -> str:
    return b64encode(random.randbytes(size)).decode()
