"""The answer of a Scan or Query, taken apart without decoding an item: each stays the bytes that DynamoDB sent.

By msgspec where it is installed; else by the standard library, at half the speed, as on the nodes of a cluster.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

try:
    import msgspec
except ImportError:
    msgspec = None  # type: ignore[assignment, unused-ignore]

_decoder = json.JSONDecoder()


class Page(NamedTuple):
    items: list[Any]  # bytes, or msgspec.Raw, which joins like bytes
    last: bytes  # LastEvaluatedKey; empty: there is no more
    units: float  # read units that it took


def read_plainly(answer: bytes) -> Page:
    """With nothing but the standard library. Raises ValueError for what is no page."""
    try:
        fields = dict(_fields(answer.decode()))
        units = float(json.loads(fields.get("ConsumedCapacity", b"{}")).get("CapacityUnits", 0.0))
        return _page(fields["Items"], fields.get("LastEvaluatedKey", b""), units, json.loads(fields["Count"]))
    except IndexError:
        raise ValueError("it is cut short") from None
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"it is no page: {error}") from None


def _page(items: list[Any], last: bytes, units: float, count: int) -> Page:
    if count != len(items):
        raise ValueError(f"{len(items)} items where {count} are announced")
    if last and not last.startswith(b"{"):
        raise ValueError(f"{last!r} is no key")
    return Page(items, last, units)


def _fields(text: str) -> Iterator[tuple[str, Any]]:
    """Names and values of the outermost object: the bytes of each, of `Items` those of every element."""
    at = _after(text, 0, "{")
    while text[at] != "}":
        name, at = _decoder.raw_decode(text, _blanks(text, at))
        at = _after(text, at, ":")
        if name == "Items":
            items, at = _elements(text, at)
            yield name, items
        else:
            _, end = _decoder.raw_decode(text, at)
            yield name, text[at:end].encode()
            at = end
        at = _comma(text, at, "}")
    if text[at + 1 :].strip():
        raise ValueError("something follows the answer")


def _elements(text: str, at: int) -> tuple[list[bytes], int]:
    found, at = [], _after(text, at, "[")
    while text[at] != "]":
        _, end = _decoder.raw_decode(text, at)
        found.append(text[at:end].encode())
        at = _comma(text, end, "]")
    return found, at + 1


def _comma(text: str, at: int, closing: str) -> int:
    at = _blanks(text, at)
    return at if text[at] == closing else _after(text, at, ",")


def _after(text: str, at: int, sign: str) -> int:
    at = _blanks(text, at)
    if text[at] != sign:
        raise ValueError(f"{sign!r} expected at {at}")
    return _blanks(text, at + 1)


def _blanks(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at


def _by_msgspec() -> Callable[[bytes], Page]:
    consumed = msgspec.defstruct("Consumed", [("CapacityUnits", float, 0.0)], frozen=True)
    optional: list[Any] = [("LastEvaluatedKey", msgspec.Raw, msgspec.Raw(b"")), ("ConsumedCapacity", consumed, consumed())]
    answer_ = msgspec.defstruct("Answer", [("Count", int), ("Items", list[msgspec.Raw]), *optional])
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(answer_).decode

    def read(answer: bytes) -> Page:
        found = decode(answer)  # msgspec's errors are ValueErrors
        return _page(found.Items, bytes(found.LastEvaluatedKey), found.ConsumedCapacity.CapacityUnits, found.Count)

    return read


read_page = _by_msgspec() if msgspec else read_plainly  # raises ValueError for what is no page
