"""A process that dumps is killed at any moment; whoever takes the dump up makes of it the one that nobody disturbed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha512
from random import Random
from typing import Any

import pytest

from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.transfer.raw import upload
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.dump import dump
from airflow_dynamodb_emr.transfer.raw.dumped import Source
from airflow_dynamodb_emr.transfer.raw.output import Part
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.reading import items
from airflow_dynamodb_emr.transfer.raw.write import load
from tests.transfer.raw.tables import KEYS

SEGMENTS, PAGE_ITEMS, PART_BYTES, SHARE_BYTES, PIECE_BYTES = 3, 20, 12_000, 40_000, 2000
ITEMS = [
    json.dumps({"id": {"S": "large" if n % 2 else f"small{n}"}, "at": {"N": str(n)}, "x": {"S": sha512(b"%d" % n).hexdigest()}}).encode()
    for n in range(1000)
]
_DUMP = f"""
import sys
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.transfer.raw import upload
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.dump import dump
from airflow_dynamodb_emr.transfer.raw.place import Place

url, bucket, key, table = sys.argv[1:]
upload.PIECE_BYTES = {PIECE_BYTES}
aws = StandIn(url, {{}})
job = lambda source: Job(table, source.keys, {SEGMENTS}, {PAGE_ITEMS}, {PART_BYTES}, {SHARE_BYTES})
dump(aws.endpoint, Place(aws.client("s3"), bucket, key), table, job, hands=3)
"""


def cut(source: Source) -> Job:
    return Job(source.name, source.keys, SEGMENTS, PAGE_ITEMS, PART_BYTES, SHARE_BYTES)


def content(manifest: dict[str, Any]) -> list[Any]:
    return [(part["key"], part["items"], part["content_sha256"]) for part in manifest["parts"]]


@contextmanager
def dumping(aws: StandIn, place: Place, table: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", _DUMP, aws.url, place.bucket, place.key, table]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def killed(aws: StandIn, place: Place, table: str, after: int) -> set[str]:
    """Parts that the journal knows, of a dump that was killed once it had made so many calls of S3."""
    aws.reset_calls()
    with dumping(aws, place, table) as process:
        deadline = time.monotonic() + 30
        while sum(count for call, count in aws.calls().items() if call.startswith("s3.")) < after:
            assert process.poll() is None, process.communicate()[1].decode()
            assert time.monotonic() < deadline
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    progress = [json.loads(place.read(name) or b"") for name in place.names("_progress") if "slice-" in name]
    return {part[0] for each in progress for part in each["parts"]}


def versions(s3: Any, place: Place) -> Counter[str]:
    """How often each part was written."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=place.bucket, Prefix=place.at("data/"))
    return Counter(each["Key"][len(place.at("")) :] for page in pages for each in page.get("Versions", []))


@pytest.fixture
def bucket(s3: Any) -> str:
    """Keeps every version of an object."""
    s3.create_bucket(Bucket="every-version")
    s3.put_bucket_versioning(Bucket="every-version", VersioningConfiguration={"Status": "Enabled"})
    return "every-version"


def test_a_dump_that_was_killed_is_taken_up_where_it_was(
    local: StandIn, make_table: Callable[..., str], s3: Any, place: Place, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = make_table("SN")
    load(local.endpoint, table, KEYS, [("", ITEMS)])
    undisturbed = dump(local.endpoint, place, table, cut)
    kept = list[int]()
    monkeypatch.setattr(upload, "PIECE_BYTES", PIECE_BYTES)

    for number in range(3):
        there = place._replace(bucket=bucket, key=f"killed/{number}")
        known = killed(local, there, table, after=Random().randrange(25, 85))
        before = versions(s3, there)

        taken_up = dump(local.endpoint, there, table, cut, hands=2)

        assert content(taken_up) == content(undisturbed)
        assert {name: count for name, count in versions(s3, there).items() if name in known} == {name: before[name] for name in known}
        assert Counter(item for part in taken_up["parts"] for item in items(there, Part(**part))) == Counter(map(dense, ITEMS))
        assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
        kept.append(len(known))

    assert sum(kept) > 0


def dense(item: bytes) -> bytes:
    return json.dumps(json.loads(item), separators=(",", ":")).encode()
