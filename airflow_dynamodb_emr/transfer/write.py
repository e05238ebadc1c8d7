"""The items of a dump, in whatever form it is, as the bytes that `raw/write.py` puts into a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Part
from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer import blocks as read
from airflow_dynamodb_emr.transfer import lines
from airflow_dynamodb_emr.transfer.raw import output, reading
from airflow_dynamodb_emr.transfer.raw.forms import DYNAMODB_JSON
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.stored import Stored
from airflow_dynamodb_emr.transfer.raw.write import Blocks, Repeating

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def items_of(s3: S3Client, folder: S3Uri, named: Iterable[Part], form: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Key and items of each of these parts, which lie in *folder*; those of our own form are not decoded."""
    for part in named:
        yield part.key, _own(s3, folder, part) if form == DYNAMODB_JSON and part.sha256 else Repeating(_any(s3, folder, part))


def _own(s3: S3Client, folder: S3Uri, part: Part) -> Blocks:
    return Blocks(reading.blocks(Place(s3, folder.bucket, folder.key), output.Part(*(getattr(part, name) for name in output.Part._fields))))


def _any(s3: S3Client, folder: S3Uri, part: Part) -> Iterator[bytes]:
    uri = folder / part.key
    stored, count = Stored(s3, uri.bucket, uri.key), 0
    blocks = read.Blocks(stored, md5=bool(part.md5))
    for line in (line for block in blocks for line in block[:-1].split(b"\n") if line.strip()):
        count += 1
        yield lines.json_of(lines.item(line))
    if part.items not in (None, count):  # where nobody has counted them, the report holds the whole load against the manifest
        raise DataDamaged(f"{uri} holds {count} items, expected {part.items}", "restore another backup")
    if part.sha256 not in (None, "", stored.sha256) or part.md5 not in (None, blocks.md5):
        raise DataDamaged(f"{uri} is not what was written: its checksum is another", "verify the dump, and restore another")
