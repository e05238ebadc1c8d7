"""Every item of a table, decoded: for a comparison, that looks into items. A dump never does (`raw/dump.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from airflow_dynamodb_emr.transfer.lines import Item, item
from airflow_dynamodb_emr.transfer.raw import copying
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.dumped import Source
from airflow_dynamodb_emr.transfer.raw.limiter import NoLimit
from airflow_dynamodb_emr.transfer.raw.slices import Slice
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint, Wire


def scan(endpoint: Endpoint, table: str) -> Iterator[list[Item]]:
    """Pages of up to 1 MB, one in memory at a time. Raises BadInput where there is no such table, CopyFailed when it cannot be read to its end."""
    with closing(Wire(endpoint)) as wire:
        job = Job(table, Source.of(wire, table).keys)
        for page in copying.pages(wire, job, Slice("0"), b"", NoLimit()):
            yield [item(bytes(raw)) for raw in page.items]
