"""The driver of a dump: it cuts the table, hands the slices out, and writes the manifest of what came back."""

from __future__ import annotations

import logging
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.spark.cloud import Account, cloud
from airflow_dynamodb_emr.spark.crew import Crew
from airflow_dynamodb_emr.spark.shares import Shares
from airflow_dynamodb_emr.spark.tasks import CopySlice
from airflow_dynamodb_emr.transfer.raw import dumped
from airflow_dynamodb_emr.transfer.raw.copying import Job, Progress
from airflow_dynamodb_emr.transfer.raw.dumped import Source
from airflow_dynamodb_emr.transfer.raw.journal import Journal
from airflow_dynamodb_emr.transfer.raw.slices import segments_of
from airflow_dynamodb_emr.transfer.raw.wire import Wire

if TYPE_CHECKING:
    from pyspark import SparkContext

log = logging.getLogger(__name__)

ENGINE = "spark"


def dump(spark: SparkContext, host: str, asked: Namespace) -> dict[str, Any]:
    """Returns what the manifest says, without its parts. Raises BadInput before anything is written, CopyFailed when not all could be copied."""
    began = datetime.now(timezone.utc)
    here = cloud(Account.of(asked))
    place = here.place(asked.into)
    with closing(Wire(here.endpoint)) as wire:
        source = Source.of(wire, asked.table)
    job = _job(asked, source)
    dumped.refuse_taken(place)
    journal = Journal(place, job, source.id)
    with closing(Shares(asked.units, asked.executors, host)) as shares:
        task = CopySlice(Account.of(asked), asked.into, job, source.id, shares.division)
        slices = list(_told(Crew(spark, asked.executors).work(segments_of(job.segments), task, lambda done: done.divided)))
    with closing(Wire(here.endpoint)) as wire:
        source.refuse_another(wire)
    manifest = dumped.finish(place, job, source, ENGINE, slices, began, datetime.now(timezone.utc))
    journal.clear()
    return {name: value for name, value in manifest.items() if name != "parts"}


def _job(asked: Namespace, source: Source) -> Job:
    given = {name: getattr(asked, name) for name in ("segments", "page_items", "part_bytes", "share_bytes", "form")}
    return Job(asked.table, source.keys, **{name: value for name, value in given.items() if value is not None})


def _told(slices: Iterable[Progress]) -> Iterator[Progress]:
    """A line for each slice in the driver's log."""
    for number, done in enumerate(slices, 1):
        items, size = sum(part.items for part in done.parts), sum(part.content_bytes for part in done.parts)
        left = f"; {len(done.divided)} more are what is left of it" if done.divided else ""
        log.info("slice %s, the %s. that is done: %s items, %s bytes, %s read units%s", done.slice.name, number, items, size, done.units, left)
        yield done
