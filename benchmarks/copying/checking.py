"""Reading the parts of a dump that is there: by the package's deep verification, and by what one would do without it."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.credentials import Credentials

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.transfer.checking import Access, check
from benchmarks.copying.files import Files
from benchmarks.copying.jobs import Job

_KEY = [KeyAttribute(name="id", type="S")]
_MUCH = 2**40  # bytes: processes are worth starting


class Rooted(Files):
    """Keys of S3 begin with no slash."""

    def get_object(self, *, Key: str, **more: Any) -> dict[str, Any]:
        return super().get_object(Key=f"/{Key}", **more)


def deep(job: Job) -> Callable[[], int]:
    """As `dynamodb-emr verify --deep`: every line parsed and judged, keys looked at and compared, what is stored hashed (SHA-256)."""
    folder, keys = S3Uri("files", job.folder.strip("/")), [part.name for part in _parts(job)]
    return lambda: _items(Rooted(), folder, keys, form=job.table)


def deep_by_several(job: Job) -> Callable[[], int]:
    """The same over HTTP from a server of files, with as many processes as the job has hands."""
    folder, keys = S3Uri("files", "dump"), [part.name for part in _parts(job)]
    access = Access(Credentials("nobody", "looks"))
    s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="nobody", aws_secret_access_key="looks")
    return lambda: _items(s3, folder, keys, form=job.table, at_once=job.hands, access=access, stored_bytes=_MUCH)


def plainly(job: Job) -> Callable[[], int]:
    """What one writes: the standard library's gzip, and `json.loads` of each line."""
    return lambda: sum(1 for line in _lines(job) if json.loads(line))


def counting(job: Job) -> Callable[[], int]:
    """`gunzip -c PARTS | wc -l`"""
    command = ["/bin/sh", "-c", 'gunzip -c "$@" | wc -l', "sh", *map(str, _parts(job))]
    return lambda: int(subprocess.check_output(command, text=True))


def _items(s3: Any, folder: S3Uri, keys: list[str], **how: Any) -> int:
    """Raises RuntimeError where a good dump is found wanting."""
    found = check(s3, folder, keys, _KEY, md5=False, content=False, **how)
    wrong = [reason for part in found.parts for reason in part.reasons]
    if wrong or found.duplicate_count:
        raise RuntimeError(f"a good dump has {found.duplicate_count} keys twice, and {wrong[:3]}")
    return sum(part.items for part in found.parts)


def _lines(job: Job) -> Iterator[bytes]:
    for part in _parts(job):
        with gzip.open(part) as file:
            yield from file


def _parts(job: Job) -> list[Path]:
    return sorted(Path(job.folder).iterdir())
