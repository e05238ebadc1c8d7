"""What DynamoDB writes of an export is read, or found to be damaged."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.exported import DataFile, Exported, Stored, checked, parse_files, parse_summary, parts
from airflow_dynamodb_emr.core.manifest import Increment
from airflow_dynamodb_emr.errors import DataDamaged

from .makers import NOON

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/export/01768385930622-efd1a093"
BODY = b"the bytes of a data file"
# Field by field as AWS writes them; the values are ours.
SUMMARY: dict[str, Any] = {
    "version": "2020-06-30",
    "exportArn": ARN,
    "startTime": "2026-11-23T12:00:00.622Z",
    "endTime": "2026-11-23T12:06:58.984Z",
    "tableArn": ARN.split("/export")[0],
    "tableId": "2d3f0a6e-0000-4000-8000-000000000000",
    "exportTime": "2026-11-23T12:00:00.622Z",
    "s3Bucket": "backups",
    "s3Prefix": None,
    "s3SseAlgorithm": "AES256",
    "s3SseKmsKeyId": None,
    "manifestFilesS3Key": "AWSDynamoDB/01768385930622-efd1a093/manifest-files.json",
    "billedSizeBytes": 0,
    "itemCount": 3,
    "outputFormat": "DYNAMODB_JSON",
}
WINDOW = Increment(base="s3://b/m.json", base_time=NOON, start=NOON, end=NOON + timedelta(minutes=15))


MOMENT = NOON + timedelta(milliseconds=622)


def file(name: str, items: int = 1, folder: str = "01768385930622-efd1a093/data", above: str = "somewhere/1/") -> DataFile:
    md5 = base64.b64encode(hashlib.md5(BODY).digest()).decode()
    return DataFile(item_count=items, md5_checksum=md5, etag="abc-1", data_file_s3_key=f"{above}AWSDynamoDB/{folder}/{name}.json.gz")


def found(*files: DataFile, **summary: Any) -> Exported:
    """A whole export of three items in two files, unless something else is said."""
    named = list(files) or [file("a", 0), file("b", 3)]
    stored = {each.path: Stored(bytes=24, etag=each.etag) for each in named}
    return Exported(summary=parse_summary(msgspec.json.encode({**SUMMARY, **summary}), "it"), files=named, stored=stored)


def test_its_files_become_parts_of_the_backup() -> None:
    made = parts(found(), "orders/1")

    key = "orders/1/AWSDynamoDB/01768385930622-efd1a093/data/b.json.gz"
    assert [(part.key, part.bytes, part.items, part.etag, part.sha256) for part in made[1:]] == [(key, 24, 3, "abc-1", None)]
    assert made[1].md5 == hashlib.md5(BODY).hexdigest()


@pytest.mark.parametrize("above", ["", "somewhere/else/entirely/", "dir/AWSDynamoDB/"], ids=["no prefix", "another prefix", "a prefix called alike"])
def test_a_file_is_known_wherever_the_export_was_copied_to(above: str) -> None:
    assert file("a", above=above).path == "01768385930622-efd1a093/data/a.json.gz"


def test_a_manifest_is_what_its_checksum_says() -> None:
    data = msgspec.json.encode(SUMMARY)
    checksum = base64.b64encode(hashlib.md5(data).digest())

    assert checked(data, checksum + b"\n", "it") == data
    with pytest.raises(DataDamaged, match="it does not have the MD5"):
        checked(data[:-1], checksum, "it")


@given(st.binary(max_size=40))
def test_what_is_no_manifest_is_damage_and_nothing_else(data: bytes) -> None:
    for parse in (parse_summary, parse_files):
        try:
            parse(data, "it")
        except DataDamaged as damage:
            assert damage.facts.startswith("it is no")


@pytest.mark.parametrize("field", ["exportArn", "itemCount", "outputFormat", "startTime", "endTime"])
def test_a_summary_without_a_field_that_matters_is_none(field: str) -> None:
    with pytest.raises(DataDamaged, match="no summary of an export"):
        parse_summary(msgspec.json.encode({name: value for name, value in SUMMARY.items() if name != field}), "it")


def test_the_list_of_files_is_read_line_by_line() -> None:
    lines = b"".join(msgspec.json.encode(file(name)) + b"\n" for name in "ab")

    assert parse_files(lines, "it") == [file("a"), file("b")]
    with pytest.raises(DataDamaged):
        parse_files(lines[:-4], "it")
