"""Every byte of a dump, read and judged."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.transfer.checking.crew import Access, Crew
from airflow_dynamodb_emr.transfer.checking.digests import Digests
from airflow_dynamodb_emr.transfer.checking.found import Checked, Found, Told, nobody
from airflow_dynamodb_emr.transfer.checking.worker import Dump, Worker

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_LOOKED_AT_AGAIN = 10_000  # digests that are there more than once: beyond, nobody doubts them
_SHOWN = 10
_A_PROCESS_BYTES = 2**26  # stored: what is less is read sooner than another process has started


class _Readers(Protocol):
    def each(self, do: str, keys: Iterable[str], *more: Any) -> Iterator[Any]:
        """What `Worker`'s method *do* makes of each part, in order."""

    def digests(self) -> Digests:
        """Of all keys that were read."""


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
        with _readers(s3, access, dump, min(at_once, len(keys), stored_bytes // _A_PROCESS_BYTES), _in_turn(told)) as readers:
            parts = [_told(each, told) for each in readers.each("check", keys)]
            duplicates, count = _duplicates(readers, [part.key for part in parts if part.sha256])
    return Found(parts=parts, duplicates=duplicates, duplicate_count=count)


def _readers(s3: Any, access: Access | None, dump: Dump, size: int, told: Told) -> AbstractContextManager[_Readers]:
    return Crew(s3, access, dump, size, told) if access and size > 1 else _Alone(s3, dump, told)


class _Alone(AbstractContextManager[_Readers]):
    """In this process, one part after the other."""

    def __init__(self, s3: Any, dump: Dump, told: Told) -> None:
        self._worker = Worker(s3, dump, heard=lambda bytes_read, items: told(0, bytes_read, items))

    def each(self, do: str, keys: Iterable[str], *more: Any) -> Iterator[Any]:
        return (getattr(self._worker, do)(key, *more) for key in keys)

    def digests(self) -> Digests:
        return self._worker.digests

    def __exit__(self, *_: object) -> None:
        pass


def _told(part: Checked, told: Told) -> Checked:
    told(1, 0, 0)
    return part


def _in_turn(told: Told) -> Told:
    """For several threads."""
    lock = Lock()

    def tell(*more: int) -> None:
        with lock:
            told(*more)

    return tell


def _duplicates(readers: _Readers, keys: Sequence[str]) -> tuple[list[str], int]:
    """Some keys that are there more than once, and the number of lines too many.

    Two keys may have one digest: so those that seem to be the same are read again.
    """
    repeated = readers.digests().repeated()
    wanted = dict(islice(repeated, _LOOKED_AT_AGAIN))
    if not wanted:
        return [], 0
    found: Counter[str] = sum(readers.each("keys", keys, wanted), Counter())
    twice = sorted(text for text, times in found.items() if times > 1)
    return twice[:_SHOWN], sum(found[text] - 1 for text in twice) + sum(times - 1 for _, times in repeated)
