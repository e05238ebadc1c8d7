"""The items of the recording: 1.1 KB of nine mixed attributes each, from a seeded random generator, as the JSON that DynamoDB sends."""

from __future__ import annotations

from base64 import b64encode
from random import Random
from typing import Any

import msgspec

SEED = 20261125
ITEM_BYTES = 1086  # of JSON, on average
_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
_CITIES = ("Köln", "Łódź", "São Paulo", "東京", "Springfield", "Reykjavík")


def recorded(count: int) -> list[bytes]:
    random = Random(SEED)
    words = list(dict.fromkeys("".join(random.choices(_LETTERS, range(26, 0, -1), k=random.randrange(2, 11))) for _ in range(3000)))
    return [msgspec.json.encode(_item(random, words, number)) for number in range(count)]


def _item(random: Random, words: list[str], number: int) -> dict[str, Any]:
    return {
        "id": {"S": f"{number:012d}"},
        "at": {"N": str(1_700_000_000_000 + random.randrange(10**10))},
        "total": {"N": f"{random.randrange(10**7) / 100:.2f}".rstrip("0").rstrip(".")},
        "paid": {"BOOL": random.random() < 0.5},
        "note": {"S": _text(random, words, 48)},
        "photo": {"B": b64encode(random.randbytes(100)).decode()},
        "tags": {"SS": sorted(random.sample(words, 6))},
        "address": {"M": {"street": {"S": _text(random, words, 3)}, "city": {"S": random.choice(_CITIES)}, "floor": {"N": str(number % 9)}}},
        "lines": {"L": [_line(random) for _ in range(4)]},
    }


def _line(random: Random) -> dict[str, Any]:
    return {"M": {"sku": {"S": f"{random.randrange(10**8):08d}"}, "amount": {"N": str(random.randrange(1, 99))}, "gift": {"NULL": True}}}


def _text(random: Random, words: list[str], count: int) -> str:
    return " ".join(random.choices(words, k=count))
