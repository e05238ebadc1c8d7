"""Every item of a table, decoded: for a comparison, which looks into items. A dump never does (`raw/dump.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import msgspec

from airflow_dynamodb_emr.transfer.lines import Item, item
from airflow_dynamodb_emr.transfer.raw import copying
from airflow_dynamodb_emr.transfer.raw.copying import Job, Told
from airflow_dynamodb_emr.transfer.raw.dumped import Source
from airflow_dynamodb_emr.transfer.raw.hands import Hands
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter, NoLimit
from airflow_dynamodb_emr.transfer.raw.slices import Slice, segments_of
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint, Wire

HANDS = 4
_decode: Callable[[Any], Item] = msgspec.json.Decoder(dict[str, Any]).decode


def scan(endpoint: Endpoint, table: str) -> Iterator[list[Item]]:
    """Pages of up to 1 MB, one in memory at a time. Raises BadInput where there is no such table, CopyFailed when it cannot be read to its end."""
    with closing(Wire(endpoint)) as wire:
        job = Job(table, Source.of(wire, table).keys)
        for page in copying.pages(wire, job, Slice("0"), b"", NoLimit()):
            yield [item(bytes(raw)) for raw in page.items]


def read(
    endpoint: Endpoint,
    table: str,
    job: Callable[[Source], Job],
    take: Callable[[list[Item]], None],
    *,
    hands: int = HANDS,
    limiter: Limiter | None = None,
    told: Told = lambda *_: None,
) -> None:
    """The same by several hands: *take* gets pages, in any order; binary is base64, as it came. Raises CopyFailed, too, where the table is another
    at the end."""
    with closing(Hands(hands, partial(Wire, endpoint))) as crew:
        with crew.wire() as wire:
            source = Source.of(wire, table)
        cut = job(source)

        def one(slice_: Slice) -> None:
            with crew.wire() as wire:
                for page in copying.pages(wire, cut, slice_, b"", limiter or NoLimit()):
                    take([_decode(raw) for raw in page.items])
                    told(len(page.items), sum(map(len, map(bytes, page.items))), page.units)

        for _ in crew.work(segments_of(cut.segments), one, lambda _: ()):
            pass
    with closing(Wire(endpoint)) as wire:
        source.refuse_another(wire)
