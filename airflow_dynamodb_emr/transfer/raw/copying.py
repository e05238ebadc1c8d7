"""One slice of a table, copied into parts: what a worker's hand does, and what a task of Spark does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any, NamedTuple

from airflow_dynamodb_emr.transfer.raw.limiter import Limiter, NoLimit
from airflow_dynamodb_emr.transfer.raw.output import Output, Part
from airflow_dynamodb_emr.transfer.raw.pages import Page, read_page
from airflow_dynamodb_emr.transfer.raw.slices import Keys, Slice, last_of_collection
from airflow_dynamodb_emr.transfer.raw.wire import Wire

MIB = 2**20


class Job(NamedTuple):
    """What is copied, and how it is cut. The same job over the same table gives the same parts, of the same names."""

    table: str
    keys: Keys
    segments: int = 1
    page_items: int = 0  # of a page at most; 0: a megabyte
    part_bytes: int = 128 * MIB  # of lines; a part is a page longer at most
    share_bytes: int = 8 * MIB  # of lines of one item collection, after which the rest of it is given up to others
    form: str = "dynamodb-json"


class Progress(NamedTuple):
    """How far a slice is: between two of its parts, or at its end."""

    slice: Slice
    parts: list[Part] = []
    after: str = ""  # JSON of the last key that is in a part
    within: int = 0  # bytes of lines since the last key is one of the same item collection
    units: float = 0.0
    divided: list[Slice] = []
    done: bool = False
    began: str = ""  # when its first item was read, be it by a try that has ended

    def to_json(self) -> bytes:
        return json.dumps(self._asdict()).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Progress:
        """Raises ValueError, TypeError or KeyError for anything else."""
        read = json.loads(data)
        slice_, *divided = (Slice(*each) for each in [read["slice"], *read["divided"]])
        return cls(**{**read, "slice": slice_, "divided": divided, "parts": [Part(*each) for each in read["parts"]]})


Told = Callable[[int, int, float], None]  # items, bytes of lines and read units that were added


def copy(wire: Wire, job: Job, at: Progress, output: Output, limiter: Limiter | None = None, told: Told | None = None) -> Iterator[Progress]:
    """Progress after each part; the last one is done. What is left of an open part when this ends early is nowhere: *output* is aborted."""
    at = at._replace(began=at.began or datetime.now(timezone.utc).isoformat())
    try:
        yield from _copied(wire, job, at, output, limiter or NoLimit(), told or (lambda *_: None))
    finally:
        output.abort()


def _copied(wire: Wire, job: Job, at: Progress, output: Output, limiter: Limiter, told: Told) -> Iterator[Progress]:
    before = (at.after or at.slice.start).encode()
    for page in pages(wire, job, at.slice, before, limiter):
        added = output.write(page.items)
        within = at.within + added if at.slice.is_within(before, page.last, job.keys) else 0
        at = at._replace(within=within, units=at.units + page.units)
        told(len(page.items), added, page.units)
        if page.last and within >= job.share_bytes * at.slice.shares and at.slice.may_be_divided:
            at = at._replace(divided=_divided(wire, job, at.slice, page.last))
            break
        if output.is_full and page.last:
            output.close_part()
            at = at._replace(parts=[*output.parts], after=page.last.decode())
            yield at
        before = page.last
    output.close_part()
    yield at._replace(parts=output.parts, after="", done=True)


def pages(wire: Wire, job: Job, slice_: Slice, after: bytes, limiter: Limiter) -> Iterator[Page]:
    while True:
        limiter.wait(wire.stop)
        page: Page = wire.until(*slice_.request(job.table, job.keys, job.page_items, after), read_page)
        limiter.took(page.units)
        if not page.last or slice_.ends_at(page.last, job.keys):
            yield page._replace(last=b"")
            return
        yield page
        after = page.last


def _divided(wire: Wire, job: Job, slice_: Slice, after: bytes) -> list[Slice]:
    last: dict[str, Any] = json.loads(after)
    if not slice_.end:
        found: Page = wire.until(*last_of_collection(job.table, after, job.keys), read_page)
        last = json.loads(bytes(found.items[0])) if found.items else last  # all are deleted meanwhile
    return slice_.divided(after, last, job.keys)
