"""Blocks of lines of one dump, judged."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.checking.exact import judge, key_text

DIGESTS = "q"  # of `array`: Python's own hashes, the same within one process


class Read(NamedTuple):
    """What is in a block of lines."""

    lines: int
    items: int
    blank_lines: int = 0
    damaged: Sequence[tuple[int, str]] = ()  # numbers of lines within the block, from 0, and what is wrong there
    connector_can_load: bool = True
    digests: array[int] = array(DIGESTS)  # of the items' keys


class Reader:
    """Learns from the lines that it reads how the next are best read."""

    def __init__(self, attributes: Sequence[KeyAttribute], form: str) -> None:
        self.attributes, self.form = list(attributes), form

    def read(self, block: bytes) -> Read:
        """*block*: whole lines."""
        return self._exactly(block)

    def keys(self, block: bytes) -> Iterator[tuple[int, str]]:
        """Of the items in *block*: the digest of each key, and the key as JSON."""
        for line in _lines(block):
            with suppress(DataDamaged):  # no item
                judged = judge(line, self.attributes, self.form)
                yield hash(judged.hashed), key_text(judged.key)

    def _exactly(self, block: bytes) -> Read:
        judged, damaged, blank_lines = [], [], 0
        for number, line in enumerate(_lines(block)):
            if not line.strip():
                blank_lines += 1
                continue
            try:
                judged.append(judge(line, self.attributes, self.form))
            except DataDamaged as damage:
                damaged.append((number, damage.facts))
        return Read(
            lines=block.count(b"\n"),
            items=len(judged),
            blank_lines=blank_lines,
            damaged=damaged,
            connector_can_load=not blank_lines and all(each.connector_can_load for each in judged),
            digests=array(DIGESTS, (hash(each.hashed) for each in judged)) if self.attributes else array(DIGESTS),
        )


def _lines(block: bytes) -> Iterator[bytes]:
    return iter(block.removesuffix(b"\n").split(b"\n"))
