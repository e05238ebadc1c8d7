"""Blocks of lines of one dump, judged: as types where they look like those before them, exactly where they do not."""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.checking.exact import Judged, judge, key_text
from airflow_dynamodb_emr.transfer.checking.fast import DIGESTS
from airflow_dynamodb_emr.transfer.checking.lessons import Lessons

_NONE = array(DIGESTS)


class Read(NamedTuple):
    """What is in a block of lines."""

    lines: int
    items: int
    digests: array[int]  # of the items' keys
    blank_lines: int = 0
    damaged: Sequence[tuple[int, str]] = ()  # numbers of lines within the block, from 0, and what is wrong there
    connector_can_load: bool = True


class Reader:
    """Learns from the lines that it reads how the next are best read."""

    def __init__(self, attributes: Sequence[KeyAttribute], form: str) -> None:
        self._attributes, self._form = list(attributes), form
        self._lessons = Lessons(self._attributes, form)

    def read(self, block: bytes, loadable: bool) -> Read:
        """*block*: whole lines. *loadable*: whether it is still of interest if the connector can load them."""
        fast = self._lessons.fast(loadable)
        found = fast.read(block) if fast else None
        if fast is None or found is None:
            return self._exactly(block)
        items, digests = found
        return Read(items, items, digests, connector_can_load=loadable and not fast.wrapped)

    def keys(self, block: bytes, wanted: Container[int]) -> list[str]:
        """As JSON, of those items in *block* whose keys have a *wanted* digest."""
        read = self.read(block, loadable=False)
        lines: Iterable[bytes] = _lines(block)
        if read.items == read.lines:  # each digest is of the line in its place
            lines = [line for line, digest in zip(lines, read.digests, strict=True) if digest in wanted]
        return [key_text(judged.key) for judged in self._items(lines) if hash(judged.hashed) in wanted]

    def _items(self, lines: Iterable[bytes]) -> Iterator[Judged]:
        for line in lines:
            with suppress(DataDamaged):  # it was told of when it was first read
                yield self._judge(line)

    def _exactly(self, block: bytes) -> Read:
        judged, damaged, blank_lines = [], [], 0
        for number, line in enumerate(_lines(block)):
            if not line.strip():
                blank_lines += 1
                continue
            try:
                judged.append(self._judge(line))
            except DataDamaged as damage:
                damaged.append((number, damage.facts))
            else:
                self._lessons.learn(line)
        self._lessons.end()
        digests = array(DIGESTS, (hash(each.hashed) for each in judged)) if self._attributes else _NONE
        loads = not blank_lines and all(each.connector_can_load for each in judged)
        return Read(block.count(b"\n"), len(judged), digests, blank_lines, damaged, loads)

    def _judge(self, line: bytes) -> Judged:
        return judge(line, self._attributes, self._form)


def _lines(block: bytes) -> Iterator[bytes]:
    return iter(block.removesuffix(b"\n").split(b"\n"))
