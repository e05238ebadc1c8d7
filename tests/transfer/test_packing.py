from __future__ import annotations

import gzip
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput, DataDamaged
from airflow_dynamodb_emr.transfer import packing
from airflow_dynamodb_emr.transfer.parts import lines

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TEXT = b'{"id":{"s":"k1"}}\n{"id":{"s":"k2"}}\n' * 20_000


@pytest.fixture(scope="module")
def zstd() -> Any:
    return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def put(s3: S3Client, name: str, body: bytes) -> S3Uri:
    s3.put_object(Bucket="backups", Key=name, Body=body)
    return S3Uri("backups", name)


@pytest.mark.parametrize("name", ["data.json.zst", "unnamed"])
def test_zstd_is_read_by_name_and_by_content(s3: S3Client, zstd: Any, name: str) -> None:
    assert list(lines(s3, put(s3, name, zstd.compress(TEXT)))) == TEXT.splitlines()


def test_of_several_members_all_are_read(s3: S3Client, zstd: Any) -> None:
    halves = TEXT[:36_000], TEXT[36_000:]

    assert list(lines(s3, put(s3, "two.zst", b"".join(map(zstd.compress, halves))))) == TEXT.splitlines()
    assert list(lines(s3, put(s3, "two.gz", b"".join(map(gzip.compress, halves))))) == TEXT.splitlines()


@pytest.mark.parametrize("damage", [lambda body: body[:-9], lambda body: body[:9], lambda body: b"x" + body, lambda body: body + b"more"])
def test_a_damaged_file_is_told(s3: S3Client, zstd: Any, damage: Any) -> None:
    for name, pack in (("x.zst", zstd.compress), ("x.gz", gzip.compress)):
        with pytest.raises(DataDamaged, match=r"is no whole (zstd|gzip) file"):
            list(lines(s3, put(s3, name, damage(pack(TEXT)))))


def test_where_no_package_reads_zstd_it_says_which_does(s3: S3Client, zstd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = put(s3, "x.zst", zstd.compress(TEXT))
    monkeypatch.setattr(packing, "_ZSTD_MODULES", ("there_is_no_such_package",))

    with pytest.raises(BadInput, match=r"packed by zstd.*\nHINT: pip install 'airflow-dynamodb-emr\[zstd\]'"):
        list(lines(s3, uri))
