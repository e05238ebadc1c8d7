"""The lines of one slice, as parts of a bounded size: counted, packed and hashed while they are written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from airflow_dynamodb_emr.transfer.raw.compression import compressor
from airflow_dynamodb_emr.transfer.raw.upload import Upload

DATA = "data"  # the folder of the parts, and of nothing else: ImportTable reads all that is in one


class Part(NamedTuple):
    """One object of lines."""

    key: str  # relative to the dump's folder
    bytes: int  # as stored
    etag: str
    items: int
    sha256: str  # of the bytes as stored
    content_sha256: str  # of the lines: the same whoever packed them
    content_bytes: int


class Output:
    """Where one slice goes."""

    def __init__(
        self, upload: Callable[[str], Upload], lines: Callable[[Sequence[Any]], Iterable[bytes]], slice_name: str, part_bytes: int, parts: list[Part]
    ) -> None:
        """*upload* starts an object at a key relative to the dump's folder; *parts* are there already."""
        self._upload, self._lines, self._name, self._part_bytes = upload, lines, slice_name, part_bytes
        self.parts = list(parts)
        self._open: _OpenPart | None = None

    def write(self, items: Sequence[Any]) -> int:
        """Bytes of their lines."""
        if not items:
            return 0
        self._open = self._open or _OpenPart(f"{DATA}/part-{self._name}-{len(self.parts):04}.json.gz", self._upload)
        return self._open.write(self._lines(items), len(items))

    @property
    def is_full(self) -> bool:
        """Whether the part is as large as it shall be."""
        return self._open is not None and self._open.content_bytes >= self._part_bytes

    def close_part(self) -> None:
        if self._open:
            self.parts.append(self._open.close())
            self._open = None

    def abort(self) -> None:
        if self._open:
            self._open.abort()


class _OpenPart:
    def __init__(self, key: str, upload: Callable[[str], Upload]) -> None:
        self._key, self._upload = key, upload(key)
        self._compress, self._hash = compressor(), hashlib.sha256()
        self._items = self.content_bytes = 0

    def write(self, blocks: Iterable[bytes], items: int) -> int:
        before = self.content_bytes
        for block in blocks:
            self._hash.update(block)
            self._upload.write(self._compress.compress(block))
            self.content_bytes += len(block)
        self._items += items
        return self.content_bytes - before

    def close(self) -> Part:
        self._upload.write(self._compress.flush())
        self._upload.close()
        done = self._upload
        return Part(self._key, done.bytes, done.etag, self._items, done.sha256, self._hash.hexdigest(), self.content_bytes)

    def abort(self) -> None:
        self._upload.abort()
