"""Every byte of a dump, read and judged."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.transfer.checking.crew import Access, Alone, Crew, Workers, workers
from airflow_dynamodb_emr.transfer.checking.digests import Digests
from airflow_dynamodb_emr.transfer.checking.found import Checked, Found, Told, nobody
from airflow_dynamodb_emr.transfer.checking.worker import Dump, Worker

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_LOOKED_AT_AGAIN = 10_000  # digests that are there more than once: beyond, nobody doubts them
_SHOWN = 10
A_PROCESS_BYTES = 2**26  # stored: what is less is read sooner than another process has started


def check(
    s3: S3Client,
    folder: S3Uri,
    keys: Sequence[str],
    attributes: Sequence[KeyAttribute],
    *,
    form: str = "",
    md5: bool = True,
    content: bool = True,
    at_once: int = 1,
    access: Access | None = None,
    stored_bytes: int = 0,
    told: Told = nobody,
) -> Found:
    """Reads the parts *keys* of the dump in *folder*, which may be of any size, in bounded memory.

    *attributes* are of its table's key; with none, keys are not looked at. *form* is that of its lines: DYNAMODB_JSON, INCREMENT, or whatever each
    line has. *md5*, *content*: whether these hashes are wanted, each of which costs a tenth of everything. Where there are *stored_bytes* enough,
    *at_once* processes read, if *access* says how.

    What is wrong with a part is a reason of that part. Raises CopyFailed for what S3 refuses where that is not about one part.
    """
    with tempfile.TemporaryDirectory(prefix="dynamodb-emr-") as scratch:
        dump = Dump(folder=folder, attributes=list(attributes), form=form, md5=md5, content=content, scratch=scratch)
        size = min(at_once, len(keys), stored_bytes // A_PROCESS_BYTES)
        with workers(s3, access, dump, size, in_turn(told)) as readers:
            parts = [_told(each, told) for each in readers.each("check", keys)]
            duplicates, count = _duplicates(readers, _digests(readers, dump), [part.key for part in parts if part.sha256])
    return Found(parts=parts, duplicates=duplicates, duplicate_count=count)


def _told(part: Checked, told: Told) -> Checked:
    told(1, 0, 0)
    return part


def in_turn(told: Told) -> Told:
    """For several threads."""
    lock = Lock()

    def tell(*more: int) -> None:
        with lock:
            told(*more)

    return tell


def _digests(readers: Alone | Crew, dump: Dump) -> Digests:
    """Of all keys that were read."""
    if isinstance(readers, Alone):
        worker: Worker = readers.worker
        return worker.digests
    readers.everyone("spill")
    return Digests(Path(dump.scratch))


def _duplicates(readers: Workers, digests: Digests, keys: Sequence[str]) -> tuple[list[str], int]:
    """Some keys that are there more than once, and the number of lines too many.

    Two keys may have one digest: so those that seem to be the same are read again.
    """
    repeated = digests.repeated()
    wanted = dict(islice(repeated, _LOOKED_AT_AGAIN))
    if not wanted:
        return [], 0
    found: Counter[str] = sum(readers.each("keys", keys, wanted), Counter())
    twice = sorted(text for text, times in found.items() if times > 1)
    return twice[:_SHOWN], sum(found[text] - 1 for text in twice) + sum(times - 1 for _, times in repeated)
