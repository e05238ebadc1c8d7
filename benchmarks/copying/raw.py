"""This package's engine, as a worker has it: into files and out of them, as the other contenders, or S3."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from benchmarks.copying.jobs import Job

FASTER = ("msgspec", "isal")  # what the engine uses where it is there, as on the nodes of a cluster it is not


def dump(job: Job, form: str = "dynamodb-json") -> Callable[[], int]:
    return _dump(job, _place(job.folder), form)


def _dump(job: Job, place: Any, form: str = "dynamodb-json") -> Callable[[], int]:
    from botocore.session import Session

    from airflow_dynamodb_emr.transfer.raw import copying, dump
    from airflow_dynamodb_emr.transfer.raw.dumped import Source
    from airflow_dynamodb_emr.transfer.raw.wire import Endpoint

    endpoint = Endpoint.of(Session())

    def cut(source: Source) -> copying.Job:
        return copying.Job(job.table, source.keys, job.segments, share_bytes=job.share_bytes, form=form)

    def copy() -> int:
        manifest = dump.dump(endpoint, place, job.table, cut, hands=job.hands or job.segments)
        return int(manifest["items"])

    return copy


def dump_and_drop(job: Job) -> Callable[[], int]:
    """As the contender that only does what nobody can do without: it writes nothing."""
    from airflow_dynamodb_emr.transfer.raw.place import Place
    from benchmarks.copying.files import Dropped

    return _dump(job, Place(Dropped(), "", job.folder))


def dump_for_the_connector(job: Job) -> Callable[[], int]:
    return dump(job, "connector")


def dump_plainly(job: Job) -> Callable[[], int]:
    """With the standard library and botocore alone."""
    missing: dict[str, Any] = dict.fromkeys(FASTER)
    sys.modules.update(missing)
    return dump(job)


def load(job: Job) -> Callable[[], int]:
    import msgspec
    from botocore.session import Session

    from airflow_dynamodb_emr.transfer.raw import reading, write
    from airflow_dynamodb_emr.transfer.raw.output import Part
    from airflow_dynamodb_emr.transfer.raw.slices import Keys
    from airflow_dynamodb_emr.transfer.raw.wire import Endpoint

    endpoint, place = Endpoint.of(Session()), _place(job.folder)
    manifest = msgspec.json.decode(place.read("manifest.json") or b"")

    def copy() -> int:
        parts = ((part["key"], write.Blocks(reading.blocks(place, Part(**part)))) for part in manifest["parts"])
        return write.load(endpoint, job.table, Keys(*manifest["keys"]), parts, hands=job.hands or write.HANDS).items

    return copy


def _place(folder: str) -> Any:
    """In S3, or on this machine where the others have theirs too."""
    from airflow_dynamodb_emr.transfer.raw.place import Place

    if not folder.startswith("s3://"):
        from benchmarks.copying.files import Files

        return Place(Files(), "", folder)
    import boto3

    bucket, _, key = folder.removeprefix("s3://").partition("/")
    return Place(boto3.client("s3"), bucket, key)
