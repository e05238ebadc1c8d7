"""The objects under a prefix, line by line, into the rows of a table."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import msgspec

from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.dynamodb.items.attributes import item_size
from airflow_dynamodb_emr.local.dynamodb.items.keys import check_item_keys
from airflow_dynamodb_emr.local.dynamodb.items.store import Key, Row
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Refused, invalid


class _Line(msgspec.Struct):
    Item: dict[str, Any]


class Reading:
    """What was read so far. `imported` counts writes: of two lines with one key, both."""

    def __init__(self, table: Table, compression: str) -> None:
        self._table, self._compression = table, compression
        self.rows: dict[Key, Row] = {}
        self.imported = self.errors = self.bytes = 0  # bytes: unpacked

    def read_all(self, bucket: str, prefix: str) -> None:
        """Whatever begins with *prefix*, as it stands: `data` also means `data-old/notes.txt`."""
        for key in moto_side.keys_from(bucket, prefix):
            self._read(moto_side.read_object(bucket, key))

    def _read(self, body: bytes) -> None:
        try:
            self._read_lines(self._unpacked(body))
        except (EOFError, OSError, zlib.error, msgspec.MsgspecError, UnicodeDecodeError, Refused):
            self.errors += 1  # the rest of the object is not read, and no more is said of it

    def _unpacked(self, body: bytes) -> bytes:
        return gzip.decompress(body) if self._compression == "GZIP" else body

    def _read_lines(self, text: bytes) -> None:
        for line in text.splitlines(keepends=True):
            self.bytes += len(line)
            if line.strip():
                self._take(msgspec.json.decode(line, type=_Line).Item)

    def _take(self, item: dict[str, Any]) -> None:
        if "" in item:
            raise invalid("Attribute name must not be empty")
        size = item_size(item)
        self.rows[check_item_keys(self._table, item)] = Row(size, msgspec.json.encode(item))
        self.imported += 1
