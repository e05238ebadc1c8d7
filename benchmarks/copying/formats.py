"""A dump that is there, on this machine's disk: written in another format, or compared with another."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part
from airflow_dynamodb_emr.transfer import dumps
from airflow_dynamodb_emr.transfer.compare import Comparison
from airflow_dynamodb_emr.transfer.convert import convert as converted
from airflow_dynamodb_emr.transfer.dumps import Found
from benchmarks.copying.files import Files
from benchmarks.copying.jobs import Job

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def convert(job: Job) -> Callable[[], int]:
    """*table* is the form to write."""
    s3, found = Files(), _found(job)
    into = S3Uri("files", f"{found.folder.key}-{job.table}")
    return lambda: int(converted(s3, found, into, job.table, anyway=True)[0]["items"])


def diff(job: Job) -> Callable[[], int]:
    """With itself: every item is read twice, and none differs."""
    s3, found = Files(), _found(job)

    def copy() -> int:
        with Comparison(["id"]) as comparison:
            for side in (comparison.left, comparison.right):
                for _, items in found.items(s3):  # type: ignore[arg-type]
                    for some in dumps.some(items):
                        side.add(map(_decode, some))
            return comparison.difference().equal

    return copy


def _found(job: Job) -> Found:
    os.chdir("/")  # keys of S3 begin with no slash
    parts = [Part(key=path.name, bytes=path.stat().st_size, etag="", items=None) for path in sorted(Path(job.folder).iterdir())]
    folder = S3Uri("files", job.folder.strip("/"))
    manifest = Path(job.folder) / "manifest.json"
    ours = dumps.copied(Files(), folder) if manifest.exists() else None  # type: ignore[arg-type]
    return ours or Found(folder=folder, parts=parts, form="connector")
