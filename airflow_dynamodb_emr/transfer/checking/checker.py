"""Every byte of a dump, read and judged."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.transfer.checking.found import Checked, Found, Told, nobody
from airflow_dynamodb_emr.transfer.checking.worker import Dump, Worker

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_LOOKED_AT_AGAIN = 10_000  # digests that are there more than once: beyond, nobody doubts them
_SHOWN = 10


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
    told: Told = nobody,
) -> Found:
    """Reads the parts *keys* of the dump in *folder*, which may be of any size, in bounded memory.

    *attributes* are of its table's key; with none, keys are not looked at. *form* is that of its lines: DYNAMODB_JSON, INCREMENT, or whatever each
    line has. *md5*, *content*: whether these hashes are wanted, each of which costs a tenth of everything.

    What is wrong with a part is a reason of that part. Raises CopyFailed for what S3 refuses where that is not about one part.
    """
    with tempfile.TemporaryDirectory(prefix="dynamodb-emr-") as scratch:
        dump = Dump(folder=folder, attributes=list(attributes), form=form, md5=md5, content=content, scratch=scratch)
        worker = Worker(s3, dump, heard=lambda bytes_read, items: told(0, bytes_read, items))
        parts = [_checked(worker, key, told) for key in keys]
        duplicates, count = _duplicates(worker, [part.key for part in parts if part.sha256])
        return Found(parts=parts, duplicates=duplicates, duplicate_count=count)


def _checked(worker: Worker, key: str, told: Told) -> Checked:
    checked = worker.check(key)
    told(1, 0, 0)
    return checked


def _duplicates(worker: Worker, keys: Sequence[str]) -> tuple[list[str], int]:
    """Some keys that are there more than once, and the number of lines too many.

    Two keys may have one digest: so those that seem to be the same are read again.
    """
    repeated = worker.digests.repeated()
    wanted = dict(islice(repeated, _LOOKED_AT_AGAIN))
    if not wanted:
        return [], 0
    found: Counter[str] = Counter()
    for key in keys:
        found.update(worker.keys(key, wanted))
    twice = sorted(text for text, times in found.items() if times > 1)
    return twice[:_SHOWN], sum(found[text] - 1 for text in twice) + sum(times - 1 for _, times in repeated)
