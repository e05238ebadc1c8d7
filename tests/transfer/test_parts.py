from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import connector_manifest
from airflow_dynamodb_emr.errors import DataDamaged, NotFound
from airflow_dynamodb_emr.transfer.blocks import LONGEST_LINE_BYTES
from airflow_dynamodb_emr.transfer.parts import lines, parts_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DUMP = S3Uri("backups", "night/orders/1")
TEXT = b'{"id":{"s":"k1"}}\n{"id":{"s":"k2"}}\n'


def put(s3: S3Client, name: str, body: bytes) -> S3Uri:
    s3.put_object(Bucket=DUMP.bucket, Key=(DUMP / name).key, Body=body)
    return DUMP / name


@pytest.mark.parametrize(
    ("name", "body"),
    [
        pytest.param("plain", TEXT, id="plain"),
        pytest.param("plain", TEXT.rstrip(b"\n"), id="no newline at the end"),
        pytest.param("named.gz", gzip.compress(TEXT), id="gzip by name"),
        pytest.param("unnamed", gzip.compress(TEXT), id="gzip by its first bytes"),
        pytest.param("two.gz", gzip.compress(TEXT[:18]) + gzip.compress(TEXT[18:]), id="gzip in two members"),
    ],
)
def test_a_part_is_read_line_by_line(s3: S3Client, name: str, body: bytes) -> None:
    uri = put(s3, name, body)

    assert list(lines(s3, uri)) == TEXT.splitlines()


@pytest.mark.parametrize("name", ["empty", "empty.gz"])
def test_an_empty_part_has_no_lines(s3: S3Client, name: str) -> None:
    assert list(lines(s3, put(s3, name, b""))) == []


def test_only_a_newline_ends_a_line(s3: S3Client) -> None:
    uri = put(s3, "x", '{"a":{"s":"\x0b\u0085\u2028"}}\n'.encode())

    assert len(list(lines(s3, uri))) == 1


def test_a_part_is_streamed(s3: S3Client) -> None:
    uri = put(s3, "large", TEXT * 200_000)

    first = next(lines(s3, uri))

    assert first == b'{"id":{"s":"k1"}}'
    assert len(TEXT) * 200_000 > LONGEST_LINE_BYTES


@pytest.mark.parametrize(
    ("name", "body", "facts"),
    [
        pytest.param("x.gz", gzip.compress(TEXT)[:-9], "s3://backups/night/orders/1/x.gz is no whole gzip file", id="cut short"),
        pytest.param("x.gz", TEXT, "is no whole gzip file", id="not packed"),
        pytest.param("x.gz", gzip.compress(TEXT)[:12] + b"\xff" * 9, "is no whole gzip file", id="damaged inside"),
    ],
)
def test_a_damaged_part_is_named(s3: S3Client, name: str, body: bytes, facts: str) -> None:
    with pytest.raises(DataDamaged, match=facts):
        list(lines(s3, put(s3, name, body)))


def test_a_missing_part_is_named(s3: S3Client) -> None:
    with pytest.raises(DataDamaged, match="s3://backups/night/orders/1/gone is not there"):
        list(lines(s3, DUMP / "gone"))


def test_a_line_without_end_does_not_fill_the_memory(s3: S3Client) -> None:
    uri = put(s3, "x", TEXT + b"x" * (LONGEST_LINE_BYTES + 1))

    with pytest.raises(DataDamaged, match="s3://backups/night/orders/1/x holds a line of more than 4000000 bytes"):
        list(lines(s3, uri))


def test_the_manifest_says_which_parts_there_are(s3: S3Client) -> None:
    put(s3, "orphan", TEXT)
    put(s3, "manifest", connector_manifest([S3Uri("original", "elsewhere/orders/1/a"), S3Uri("original", "elsewhere/orders/1/b")]))

    assert parts_of(s3, DUMP) == [DUMP / "a", DUMP / "b"]


def test_without_a_manifest_every_file_that_is_not_hidden_is_a_part(s3: S3Client) -> None:
    for name in ("a", "b.gz", "_SUCCESS", ".crc", "deeper/c"):
        put(s3, name, b"")

    assert parts_of(s3, DUMP) == [DUMP / "a", DUMP / "b.gz"]


def test_a_folder_without_files_is_no_dump(s3: S3Client) -> None:
    with pytest.raises(NotFound, match="there is no dump here"):
        parts_of(s3, DUMP)
