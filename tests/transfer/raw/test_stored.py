"""What `tests/transfer/test_parts.py` does not see of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.response import StreamingBody

from airflow_dynamodb_emr.errors import DataDamaged
from airflow_dynamodb_emr.transfer.raw.stored import Stored
from tests.transfer.raw.fake_s3 import BUCKET, FakeS3


class Flaky:
    """The connection breaks after ten bytes; then *meanwhile* happens."""

    def __init__(self, s3: FakeS3, meanwhile: Any) -> None:
        self.s3, self.meanwhile = s3, meanwhile

    def get_object(self, **asked: Any) -> dict[str, Any]:
        answer = self.s3.get_object(**asked)
        data = answer["Body"].read()
        self.meanwhile()
        return {**answer, "Body": StreamingBody(io.BytesIO(data[:10]), len(data))}


def test_a_connection_that_breaks_is_taken_up_where_it_broke(fake_s3: FakeS3) -> None:
    fake_s3.put_object(Bucket=BUCKET, Key="x", Body=b"0123456789" * 3)

    assert Stored(Flaky(fake_s3, lambda: None), BUCKET, "x").readall() == b"0123456789" * 3


def test_an_object_that_is_replaced_while_it_is_read_is_neither(fake_s3: FakeS3) -> None:
    fake_s3.put_object(Bucket=BUCKET, Key="x", Body=b"0123456789" * 3)
    stored = Stored(Flaky(fake_s3, lambda: fake_s3.put_object(Bucket=BUCKET, Key="x", Body=b"9876543210" * 3)), BUCKET, "x")

    with pytest.raises(DataDamaged, match="s3://backups/x was replaced while it was read"):
        stored.readall()
