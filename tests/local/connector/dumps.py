"""Dumps, put together by hand."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import connector_manifest
from airflow_dynamodb_emr.transfer.lines import connector_line

ITEMS = [{"id": {"S": f"k{n:03}"}, "S": {"M": {"M": {"B": b"\x00\xff"}, "l": {"L": [{"N": "1"}]}}}, "z": {"NULL": True}} for n in range(60)]


def dump(machine: Any, *files: bytes, manifest: bool = True) -> S3Uri:
    folder: S3Uri = machine.folder()
    for number, body in enumerate(files):
        machine.write(folder / f"file-{number}", body)
    if manifest:
        machine.write(folder / "manifest", connector_manifest([folder / f"file-{number}" for number in range(len(files))]))
    return folder


def lines(items: list[dict[str, Any]]) -> bytes:
    return b"".join(connector_line(item) + b"\n" for item in items)
