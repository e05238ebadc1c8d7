"""A whole table into S3 by one process: some hands, each with a connection of its own, take slice after slice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timezone
from functools import partial
from typing import Any

from airflow_dynamodb_emr.transfer.raw import copying, dumped, forms
from airflow_dynamodb_emr.transfer.raw.copying import Job, Progress, Told
from airflow_dynamodb_emr.transfer.raw.dumped import Source
from airflow_dynamodb_emr.transfer.raw.hands import Hands
from airflow_dynamodb_emr.transfer.raw.journal import Journal
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter
from airflow_dynamodb_emr.transfer.raw.output import Output
from airflow_dynamodb_emr.transfer.raw.patience import Patience
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.slices import Slice, segments_of
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint, Wire

HANDS = 8
PATIENT = Patience()


def dump(
    endpoint: Endpoint,
    place: Place,
    table: str,
    cut: Callable[[Source], Job],
    *,
    hands: int = HANDS,
    limiter: Limiter | None = None,
    told: Told | None = None,
    patience: Patience = PATIENT,
) -> dict[str, Any]:
    """Returns the manifest, which is written last: a folder without one is no dump. What was begun of the same table is taken up, as it was cut.

    Raises BadInput before anything is written, and CopyFailed when not all of the table could be copied.
    """
    began = datetime.now(timezone.utc)
    with closing(Hands(hands, partial(Wire, endpoint, patience))) as crew:
        with crew.wire() as wire:
            source = Source.of(wire, table)
        dumped.refuse_taken(place)
        journal = Journal(place, cut(source), source.id, as_begun=True)
        job = journal.job

        def copy(slice_: Slice) -> Progress:
            with crew.wire() as wire:
                return _copy(wire, place, job, journal, slice_, limiter, told)

        slices = list(crew.work(segments_of(job.segments), copy, lambda done: done.divided))
    with closing(Wire(endpoint, patience)) as wire:
        source.refuse_another(wire)
    manifest = dumped.finish(place, job, source, "worker", slices, began, datetime.now(timezone.utc))
    journal.clear()
    return manifest


def _copy(wire: Wire, place: Place, job: Job, journal: Journal, slice_: Slice, limiter: Limiter | None, told: Told | None) -> Progress:
    at = journal.progress(slice_)
    if at.done:
        return at
    output = Output(place.upload, forms.LINES[job.form], slice_.name, job.part_bytes, at.parts)
    for at in copying.copy(wire, job, at, output, limiter, told):  # noqa: B020 - from where it was, to the end
        journal.save(at)
    return at
