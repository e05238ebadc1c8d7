"""The files of an export, laid out, named and worded as AWS does.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html; where it differs from exports that AWS
made in 2026 (`.md5` where it says `.checksum`, the version of an increment's manifest), those are followed.
"""

from __future__ import annotations

import base64
import gzip
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from hashlib import md5
from typing import Any

from msgspec.json import encode

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.dynamodb.exports.export import Export
from airflow_dynamodb_emr.local.dynamodb.items.store import HASHES, Key, Row
from airflow_dynamodb_emr.local.dynamodb.journal import Change

PARTITIONS = 4  # those of a new table; each has a file, be it empty


def write(export: Export, ended: float) -> None:
    """Data, then what names it, then the summary: as long as that is not there, nothing is whole."""
    files = [_put_data(export.data, lines) for lines in _partitions(_lines(export))]
    export.items = sum(file["itemCount"] for file in files)
    _put_checked(export.folder, "manifest-files", b"".join(encode(file) + b"\n" for file in files))
    _put_checked(export.folder, "manifest-summary", encode(_summary(export, ended)))


def _lines(export: Export) -> Iterator[tuple[Key, bytes]]:
    if export.span.start is None:
        return ((key, b'{"Item":%s}\n' % row.json) for key, row in sorted(export.rows.items()))
    keys = export.table.keys
    return ((change.key, _change_line(change, keys, export.span.old_images)) for change in sorted(export.changes, key=lambda change: change.key))


def _change_line(change: Change, keys: list[str], old_images: bool) -> bytes:
    row = change.new or change.old
    assert row
    fields = {"Metadata": encode({"WriteTimestampMicros": {"N": str(int(change.time * 1e6))}}), "Keys": _only(row, keys)}
    if change.old and old_images:
        fields["OldImage"] = change.old.json
    if change.new:
        fields["NewImage"] = change.new.json
    return b"{" + b",".join(b'"%s":%s' % (name.encode(), json) for name, json in fields.items()) + b"}\n"


def _only(row: Row, keys: list[str]) -> bytes:
    item = row.item
    return encode({name: item[name] for name in keys})


def _partitions(lines: Iterable[tuple[Key, bytes]]) -> list[list[bytes]]:
    partitions: list[list[bytes]] = [[] for _ in range(PARTITIONS)]
    for key, line in lines:
        partitions[key[0] * PARTITIONS // HASHES].append(line)
    return partitions


def _put_data(folder: S3Uri, lines: list[bytes]) -> dict[str, Any]:
    body, name = gzip.compress(b"".join(lines), 1), base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    uri = folder / f"{name}.json.gz"
    return {"itemCount": len(lines), "md5Checksum": _md5(body), "etag": moto_side.put_multipart(uri, body), "dataFileS3Key": uri.key}


def _put_checked(folder: S3Uri, name: str, body: bytes) -> None:
    moto_side.put_object(folder / f"{name}.json", body)
    moto_side.put_object(folder / f"{name}.md5", _md5(body).encode())


def _md5(body: bytes) -> str:
    return base64.b64encode(md5(body, usedforsecurity=False).digest()).decode()


def _summary(export: Export, ended: float) -> dict[str, Any]:
    """Its fields, in AWS' order: those of a full export and of an increment are not quite the same."""
    span, request = export.span, export.request
    full = span.start is None
    times = {"exportTime": _time(span.end)} if full else {"exportFromTime": _time(span.start or 0), "exportToTime": _time(span.end)}
    view = "NEW_AND_OLD_IMAGES" if span.old_images else "NEW_IMAGE"
    return {
        "version": "2020-06-30" if full else "2023-08-01",
        "exportArn": export.arn,
        "startTime": _time(export.started),
        "endTime": _time(ended),
        "tableArn": export.table.arn,
        "tableId": export.table.id,
        **times,
        "s3Bucket": request["S3Bucket"],
        "s3Prefix": request.get("S3Prefix"),
        "s3SseAlgorithm": request.get("S3SseAlgorithm", "AES256"),
        "s3SseKmsKeyId": request.get("S3SseKmsKeyId"),
        "manifestFilesS3Key": (export.folder / "manifest-files.json").key,
        "billedSizeBytes": export.billed_bytes,
        "itemCount": export.items,
        "outputFormat": "DYNAMODB_JSON",
        **({} if full else {"outputView": view, "exportType": "INCREMENTAL_EXPORT"}),
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
