"""What a person should look at: in which ways a backup is unlike the one before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import Enum

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict, Verdict
from airflow_dynamodb_emr.core.words import duration, size

LEAST_LOSS = 30  # percent of a table's items, or bytes, that are gone
MOST_TIMES = 2.0  # as long, or as many bytes
LEAST_MORE_SECONDS, LEAST_MORE_BYTES = 60.0, 2**20  # less than that may be chance


class Kind(str, Enum):
    VANISHED = "vanished"
    FEWER = "fewer items"
    BYTES = "bytes"
    SLOWER = "slower"
    NEW = "new"


class Point(Noun, frozen=True, kw_only=True):
    """One thing to look at."""

    kind: Kind
    table: str
    words: str  # a sentence that names the table


def compare(now: Backup, then: Backup, gone: Mapping[str, str] = {}, partial: Collection[str] = ()) -> list[Point]:
    """What matters most comes first. *gone*: why a table is not in this backup; *partial*: of these a dump, now or then, holds only changes."""
    return [*_vanished(now, then, gone), *_unlike(now, then, partial), *_new(now, then)]


def _vanished(now: Backup, then: Backup, gone: Mapping[str, str]) -> Iterator[Point]:
    for table in then.tables:
        if now.table(table.name) is None:
            why = gone.get(table.name, "there was no such table when this one was planned")
            yield Point(kind=Kind.VANISHED, table=table.name, words=f"{table.name} was in the backup of {_when(then)} and is not in this one: {why}")


def _new(now: Backup, then: Backup) -> Iterator[Point]:
    for table in now.tables:
        if then.table(table.name) is None:
            yield Point(kind=Kind.NEW, table=table.name, words=f"{table.name} was not in the backup of {_when(then)}")


def _unlike(now: Backup, then: Backup, partial: Collection[str]) -> Iterator[Point]:
    """Of tables that were dumped both times."""
    pairs = [(table, other) for table in now.tables if (other := then.table(table.name)) and _whole(table) and _whole(other)]
    comparable = [(new, old) for new, old in pairs if new.name not in partial]
    for looked in (_fewer, _bytes):
        yield from (point for new, old in comparable if (point := looked(new, old, _when(then))))
    yield from (point for new, old in pairs if (point := _slower(new, old, _when(then))))


def _whole(table: TableVerdict) -> bool:
    return table.verdict is Verdict.VALID


def _fewer(new: TableVerdict, old: TableVerdict, when: str) -> Point | None:
    if not _lost(new.items, old.items):
        return None
    share = 1 - new.items / old.items
    return Point(kind=Kind.FEWER, table=new.name, words=f"{new.name} has {new.items:,} items, {share:.0%} fewer than the {old.items:,} of {when}")


def _bytes(new: TableVerdict, old: TableVerdict, when: str) -> Point | None:
    """Not where another engine has written it, whose bytes are others, nor where the items say it already."""
    more = new.bytes >= MOST_TIMES * old.bytes and new.bytes - old.bytes >= LEAST_MORE_BYTES
    less = _lost(new.bytes, old.bytes) and old.bytes - new.bytes >= LEAST_MORE_BYTES and not _lost(new.items, old.items)
    if new.engine != old.engine or not (more or less):
        return None
    words = f"{new.name} takes {size(new.bytes)} in S3 for {new.items:,} items, in the backup of {when} {size(old.bytes)} for {old.items:,}"
    return Point(kind=Kind.BYTES, table=new.name, words=words)


def _slower(new: TableVerdict, old: TableVerdict, when: str) -> Point | None:
    """One that had another engine, too: it is slower all the same."""
    if not old.seconds or new.seconds < MOST_TIMES * old.seconds or new.seconds - old.seconds < LEAST_MORE_SECONDS:
        return None
    words = f"{new.name} took {duration(new.seconds)}, {new.seconds / old.seconds:.1f} times the {duration(old.seconds)} of {when}"
    return Point(kind=Kind.SLOWER, table=new.name, words=words)


def _lost(new: int, old: int) -> bool:
    return old > 0 and 100 * (old - new) >= LEAST_LOSS * old


def _when(then: Backup) -> str:
    return f"{then.time:%Y-%m-%d %H:%M} UTC"
