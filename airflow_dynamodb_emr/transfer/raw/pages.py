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


def decoded(answer: bytes | memoryview) -> Any:
    """Of one that holds no items to be copied. Raises ValueError for what is no JSON."""
    return msgspec.json.decode(answer) if msgspec else json.loads(bytes(answer))


class Page(NamedTuple):
    items: list[Any]  # bytes, or msgspec.Raw, which joins like bytes, no newline in any; what they stand in may be used for the next answer
    last: bytes  # LastEvaluatedKey; empty: there is no more
    units: float  # read units that it took


def read_plainly(answer: bytes | memoryview) -> Page:
    """With nothing but the standard library. Raises ValueError for what is no page."""
    try:
        fields = dict(_fields(bytes(answer).decode()))
        units = float(json.loads(fields.get("ConsumedCapacity", b"{}")).get("CapacityUnits", 0.0))
        return _page(answer, fields["Items"], fields.get("LastEvaluatedKey", b""), units, json.loads(fields["Count"]))
    except IndexError:
        raise ValueError("it is cut short") from None
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"it is no page: {error}") from None


def _page(answer: bytes | memoryview, items: list[Any], last: bytes, units: float, count: int) -> Page:
    if count != len(items):
        raise ValueError(f"{len(items)} items where {count} are announced")
    if last and not last.startswith(b"{"):
        raise ValueError(f"{last!r} is no key")
    return Page([bytes(item).replace(b"\n", b" ") for item in items] if _has_newline(answer) else items, last, units)


def _has_newline(answer: bytes | memoryview) -> bool:
    """Between tokens, where DynamoDB writes none; within a string it is written `\\n`."""
    memory: Any = answer.obj if isinstance(answer, memoryview) else answer  # a view cannot be searched
    return bool(memory.find(b"\n", 0, len(answer)) >= 0)


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


def _by_msgspec() -> Callable[[bytes | memoryview], Page]:
    consumed = msgspec.defstruct("Consumed", [("CapacityUnits", float, 0.0)], frozen=True)
    optional: list[Any] = [("LastEvaluatedKey", msgspec.Raw, msgspec.Raw(b"")), ("ConsumedCapacity", consumed, consumed())]
    answer_ = msgspec.defstruct("Answer", [("Count", int), ("Items", list[msgspec.Raw]), *optional])
    decode: Callable[[bytes | memoryview], Any] = msgspec.json.Decoder(answer_).decode

    def read(answer: bytes | memoryview) -> Page:
        found = decode(answer)  # msgspec's errors are ValueErrors
        return _page(answer, found.Items, bytes(found.LastEvaluatedKey), found.ConsumedCapacity.CapacityUnits, found.Count)

    return read


read_page = _by_msgspec() if msgspec else read_plainly  # raises ValueError for what is no page
