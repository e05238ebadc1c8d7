"""Nothing that DynamoDB wrote half-way, and nothing that was changed since, is taken for a whole export."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core import exported
from airflow_dynamodb_emr.core.exported import DataFile, Exported, Stored, checked, parse_files, parse_summary, parts, reasons
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


def file(name: str, items: int = 1, folder: str = "01768385930622-efd1a093/data", above: str = "somewhere/1/") -> DataFile:
    md5 = base64.b64encode(hashlib.md5(BODY).digest()).decode()
    return DataFile(item_count=items, md5_checksum=md5, etag="abc-1", data_file_s3_key=f"{above}AWSDynamoDB/{folder}/{name}.json.gz")


def found(*files: DataFile, **summary: Any) -> Exported:
    """A whole export of three items in two files, unless something else is said."""
    named = list(files) or [file("a", 0), file("b", 3)]
    stored = {each.path: Stored(bytes=24, etag=each.etag) for each in named}
    return Exported(summary=parse_summary(msgspec.json.encode({**SUMMARY, **summary}), "it"), files=named, stored=stored)


def test_a_whole_export_counts() -> None:
    assert reasons(found(), ARN, None, 3) == reasons(found(), ARN, None) == []


def test_its_files_become_parts_of_the_backup() -> None:
    made = parts(found(), "orders/1")

    key = "orders/1/AWSDynamoDB/01768385930622-efd1a093/data/b.json.gz"
    assert [(part.key, part.bytes, part.items, part.etag, part.sha256) for part in made[1:]] == [(key, 24, 3, "abc-1", None)]
    assert made[1].md5 == hashlib.md5(BODY).hexdigest()


@pytest.mark.parametrize("above", ["", "somewhere/else/entirely/", "dir/AWSDynamoDB/"], ids=["no prefix", "another prefix", "a prefix called alike"])
def test_a_file_is_known_wherever_the_export_was_copied_to(above: str) -> None:
    assert file("a", above=above).path == "01768385930622-efd1a093/data/a.json.gz"


@pytest.mark.parametrize(
    ("export", "words"),
    [
        pytest.param(found(exportArn=ARN + "x"), f"its summary is of another export, {ARN}x", id="another export"),
        pytest.param(found(outputFormat="ION"), "its format is ION, expected DYNAMODB_JSON", id="ion"),
        pytest.param(found(exportTime=None), "its summary names no moment that it shows", id="no moment"),
        pytest.param(found(itemCount=4), "its files hold 3 items, its summary says 4, DynamoDB 3", id="count of the summary"),
        pytest.param(found(file("a", 2)), "its files hold 2 items, its summary says 3, DynamoDB 3", id="count of the files"),
        pytest.param(found(file("a", 1), file("a", 2)), f"1 data files are named twice, {file('a').path} among them", id="twice"),
    ],
)
def test_an_export_that_is_not_whole_says_why(export: Exported, words: str) -> None:
    assert reasons(export, ARN, None, 3) == [words]


def test_a_count_that_dynamodb_does_not_confirm_is_no_count() -> None:
    assert reasons(found(), ARN, None, 4) == ["its files hold 3 items, its summary says 3, DynamoDB 4"]


def test_a_file_that_is_gone_is_missed() -> None:
    whole = found()

    gone = structs.replace(whole, stored={path: each for path, each in whole.stored.items() if not path.endswith("/b.json.gz")})

    assert reasons(gone, ARN, None) == ["1 data files are gone, 01768385930622-efd1a093/data/b.json.gz among them"]


@pytest.mark.parametrize(("etag", "same"), [("abc-1", True), (hashlib.md5(BODY).hexdigest(), True), ("abd-1", False), ("", False)])
def test_a_file_is_what_was_written_by_its_etag_or_as_a_copy_by_its_md5(etag: str, same: bool) -> None:
    whole = found()

    other = structs.replace(whole, stored={path: Stored(bytes=24, etag=etag) for path in whole.stored})

    assert bool(reasons(other, ARN, None)) is not same


def test_an_increment_is_of_the_window_that_was_asked_for() -> None:
    window = {"exportTime": None, "exportFromTime": WINDOW.start, "exportToTime": WINDOW.end}

    assert reasons(found(**window), ARN, WINDOW) == []
    (why,) = reasons(found(**{**window, "exportToTime": WINDOW.end + timedelta(seconds=1)}), ARN, WINDOW)
    assert "which nobody asked for" in why
    assert reasons(found(), ARN, WINDOW) and reasons(found(**window), ARN, None)


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


def test_a_checksum_that_is_none_is_like_nothing() -> None:
    odd = structs.replace(file("a", 3), md5_checksum="???")

    assert exported._hex("???") == ""
    assert reasons(structs.replace(found(odd), stored={odd.path: Stored(bytes=1, etag="x")}), ARN, None)
