"""Slow stand-in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from airflow_dynamodb_emr.core.checked import Checked, Found
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer import increments, lines, parts
from airflow_dynamodb_emr.transfer.canonical import key_of


def check(
    s3: Any,
    folder: S3Uri,
    keys: Sequence[str],
    attributes: Sequence[KeyAttribute],
    *,
    at_once: int = 1,
    told: Callable[[int, int, int], None] = lambda *_: None,
) -> Found:
    seen: dict[bytes, int] = {}
    names = [a.name for a in attributes]
    out = []
    for key in keys:
        uri = folder / key
        data = s3.get_object(Bucket=uri.bucket, Key=uri.key)["Body"].read()
        items = blank = 0
        able = True
        reasons = []
        content = hashlib.sha256()
        try:
            for n, line in enumerate(parts.lines(s3, uri), 1):
                content.update(line + b"\n")
                if not line.strip():
                    blank += 1
                    continue
                items += 1
                try:
                    if line.startswith(b'{"Metadata"'):
                        got = msgspec.json.decode(line)["Keys"]
                    else:
                        read = lines.read(line)
                        able &= read.connector_can_load
                        got = read.item
                    for a in attributes:
                        if a.name not in got or list(got[a.name]) != [a.type]:
                            reasons.append(f"line {n}: key {a.name} is not a {a.type}")
                    if names:
                        k = key_of(got, names)
                        seen[k] = seen.get(k, 0) + 1
                except DataDamaged as e:
                    reasons.append(f"line {n}: {e.facts}")
        except DataDamaged as e:
            reasons.append(e.facts)
        told(1, len(data), items)
        out.append(
            Checked(
                key=key,
                bytes=len(data),
                items=items,
                sha256=hashlib.sha256(data).hexdigest(),
                md5=hashlib.md5(data).hexdigest(),
                content_sha256=content.hexdigest(),
                blank_lines=blank,
                connector_can_load=able,
                reasons=reasons,
            )
        )
    twice = [k.decode() for k, n in seen.items() if n > 1]
    return Found(parts=out, duplicates=twice[:3], duplicate_count=len(twice))
