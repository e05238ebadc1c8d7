"""What an export leaves: data files, `manifest` and `_SUCCESS` in a new folder."""

from __future__ import annotations

import zlib
from threading import Lock
from uuid import uuid4

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import connector_manifest
from airflow_dynamodb_emr.local.connector.clients import S3

_GZIP = 16 + zlib.MAX_WBITS


class DataFile:
    """One data file, kept in memory until it is closed: the stand-in keeps the whole table there."""

    def __init__(self, folder: S3Uri, compress: bool) -> None:
        self.uri = folder / f"{uuid4()}{'.gz' if compress else ''}"
        self.items = 0
        self._chunks: list[bytes] = []
        self._pack = zlib.compressobj(1, zlib.DEFLATED, _GZIP) if compress else None

    def write(self, lines: list[bytes]) -> None:
        block = b"\n".join(lines) + b"\n"
        self._chunks.append(self._pack.compress(block) if self._pack else block)
        self.items += len(lines)

    def close(self, s3: S3) -> None:
        end = self._pack.flush() if self._pack else b""
        s3.put(self.uri, b"".join([*self._chunks, end]))


class Folder:
    """The output: its files, which rotate every 100,000 items of a mapper, and what the manifest is to say."""

    def __init__(self, uri: S3Uri, compress: bool) -> None:
        self.uri, self._compress = uri, compress
        self.files: list[S3Uri] = []
        self._lock = Lock()

    def new_file(self) -> DataFile:
        file = DataFile(self.uri, self._compress)
        with self._lock:
            self.files.append(file.uri)
        return file

    def commit(self, s3: S3) -> None:
        """The manifest lists the files by their names read backwards, which mixes those of different mappers."""
        by_name_backwards = sorted(self.files, key=lambda uri: uri.key.removesuffix(".gz")[::-1])
        s3.put(self.uri / "manifest", connector_manifest(by_name_backwards))
        s3.put(self.uri / "_SUCCESS", b"")
