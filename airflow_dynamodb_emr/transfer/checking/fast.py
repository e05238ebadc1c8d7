"""Blocks of lines parsed and judged in one go, once it is known what they look like."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import msgspec

from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.transfer.checking.alarms import ESCAPED, Alarm

DIGESTS = "q"  # of `array`: Python's own hashes, the same within one process
NO_FIT: Any = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArithmeticError, KeyError)

_FIRST, _LAST, _OPENING, _CLOSING = itemgetter(0), itemgetter(-1), ord("{"), ord("}")

Column = Callable[[list[Any]], list[Any]]


class Fast(NamedTuple):
    """For lines that have one shape. What it accepts `exact.judge` would accept, and find the same in it."""

    decode: Callable[[bytes], list[Any]]
    columns: list[Column]  # the attributes of the key
    numbers: list[bool]  # which of these are numbers
    alarms: list[Alarm]
    agree: Callable[[list[Any], list[list[Any]]], bool]  # whether other copies of the key say the same
    wrapped: bool  # so that the connector cannot load any of them

    def read(self, block: bytes) -> tuple[int, array[int]] | None:
        """How many items there are, and the digests of their keys; None where the block needs an exact look."""
        try:
            lines = self.decode(block)
            if not _one_a_line(block, len(lines)) or self._alarmed(block):
                return None
            keys = [column(lines) for column in self.columns]
            if not all(map(all, keys)) or not self.agree(lines, keys):
                return None
            values = [map(Decimal, column) if number else column for column, number in zip(keys, self.numbers, strict=True)]
            return len(lines), array(DIGESTS, map(hash, zip(*values, strict=True)))
        except NO_FIT:
            return None

    def _alarmed(self, block: bytes) -> bool:
        return any(alarm.search(block) for alarm in self.alarms) or (b"\\" in block and ESCAPED.search(block) is not None)


def column(where: str, number: int) -> Column:
    """Of the key's attribute of this *number* in the struct at *where* in a line."""
    get = attrgetter(".".join([*([where] if where else []), f"k{number}", "v0"]))
    return lambda lines: list(map(get, lines))


def column_of_dicts(where: str, name: str, field: str) -> Column:
    """The same, where items are dicts."""
    get = attrgetter(field)
    if not where:
        return lambda lines: [get(line[name]) for line in lines]
    item = attrgetter(where)
    return lambda lines: [get(item(line)[name]) for line in lines]


def images_agree(lines: list[Any], keys: list[list[Any]]) -> bool:
    """Of an increment: whether each image is of the key that the change is of."""
    for image in ("new", "old"):
        images = list(map(attrgetter(image), lines))
        for number, values in enumerate(keys):
            get = attrgetter(f"k{number}.v0")
            if any(each is not None and get(each) != value for each, value in zip(images, values, strict=True)):
                return False
    return True


def always(*_: Any) -> bool:
    return True


def numbers(attributes: Sequence[KeyAttribute]) -> list[bool]:
    return [each.type == "N" for each in attributes]


def _one_a_line(block: bytes, values: int) -> bool:
    """To msgspec a newline is a blank like others: a value may go over several lines, and a line may hold two.

    But within a value no newline has a closing brace before it and an opening one behind it.
    """
    lines = block.split(b"\n")
    del lines[-1]
    return len(lines) == values and all(lines) and set(map(_FIRST, lines)) == {_OPENING} and set(map(_LAST, lines)) == {_CLOSING}
