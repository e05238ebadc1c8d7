"""This package's engine: into S3 and out of it, as a worker does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from benchmarks.copying.jobs import Job

FASTER = ("msgspec", "isal")  # what the engine uses where it is there, as on the nodes of a cluster it is not


def dump(job: Job, form: str = "dynamodb-json") -> Callable[[], int]:
    import boto3
    from botocore.session import Session

    from airflow_dynamodb_emr.transfer.raw import copying, dump
    from airflow_dynamodb_emr.transfer.raw.dumped import Source
    from airflow_dynamodb_emr.transfer.raw.place import Place
    from airflow_dynamodb_emr.transfer.raw.wire import Endpoint

    endpoint, place = Endpoint.of(Session()), Place(boto3.client("s3"), *_bucket_and_key(job.folder))

    def cut(source: Source) -> copying.Job:
        return copying.Job(job.table, source.keys, job.segments, share_bytes=job.share_bytes, form=form)

    def copy() -> int:
        manifest = dump.dump(endpoint, place, job.table, cut, hands=job.hands or job.segments)
        return int(manifest["items"])

    return copy


def dump_for_the_connector(job: Job) -> Callable[[], int]:
    return dump(job, "connector")


def dump_plainly(job: Job) -> Callable[[], int]:
    """With the standard library and botocore alone."""
    missing: dict[str, Any] = dict.fromkeys(FASTER)
    sys.modules.update(missing)
    return dump(job)


def load(job: Job) -> Callable[[], int]:
    import boto3
    import msgspec
    from botocore.session import Session

    from airflow_dynamodb_emr.transfer.raw import reading, write
    from airflow_dynamodb_emr.transfer.raw.output import Part
    from airflow_dynamodb_emr.transfer.raw.place import Place
    from airflow_dynamodb_emr.transfer.raw.slices import Keys
    from airflow_dynamodb_emr.transfer.raw.wire import Endpoint

    endpoint, place = Endpoint.of(Session()), Place(boto3.client("s3"), *_bucket_and_key(job.folder))
    manifest = msgspec.json.decode(place.read("manifest.json") or b"")

    def copy() -> int:
        parts = ((part["key"], write.Blocks(reading.blocks(place, Part(**part)))) for part in manifest["parts"])
        return write.load(endpoint, job.table, Keys(*manifest["keys"]), parts, hands=job.hands or write.HANDS).items

    return copy


def _bucket_and_key(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
