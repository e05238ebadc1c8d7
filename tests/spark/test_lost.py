"""What lost executors leave behind."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.spark import lost
from airflow_dynamodb_emr.transfer.raw.copying import Progress
from airflow_dynamodb_emr.transfer.raw.output import Part
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.slices import Slice

KEY = "data/part-0-0000.json.gz"


@pytest.fixture
def place(clients: Clients, folder: S3Uri) -> Place:
    return Place(clients.s3, folder.bucket, folder.key)


def written(place: Place, data: bytes = b"lines") -> Progress:
    """A slice of one part, as whoever has written it tells."""
    upload = place.upload(KEY)
    upload.write(data)
    upload.close()
    return Progress(Slice("0"), [Part(KEY, upload.bytes, upload.etag, 1, upload.sha256, "", 5)], done=True)


def test_parts_that_are_as_they_were_told_are_let_pass(place: Place) -> None:
    lost.refuse_written_over(place, [written(place)])


def test_a_part_that_was_written_over_makes_no_dump(place: Place) -> None:
    told = written(place)
    written(place, b"other lines")

    with pytest.raises(CopyFailed, match=f"{KEY} was written over by an executor"):
        lost.refuse_written_over(place, [told])


def test_a_part_that_is_gone_makes_no_dump(place: Place) -> None:
    told = written(place)
    place.delete([KEY])

    with pytest.raises(CopyFailed, match=f"{KEY} is gone"):
        lost.refuse_written_over(place, [told])


def test_uploads_that_nobody_finishes_are_dropped_and_those_of_others_are_not(place: Place, clients: Clients) -> None:
    for key in (f"{place.key}/{KEY}", f"{place.key}0/{KEY}"):
        clients.s3.create_multipart_upload(Bucket=place.bucket, Key=key)

    lost.drop_uploads(place)

    left = [each["Key"] for each in clients.s3.list_multipart_uploads(Bucket=place.bucket).get("Uploads", [])]
    assert f"{place.key}/{KEY}" not in left
    assert f"{place.key}0/{KEY}" in left


def test_where_uploads_may_not_be_looked_at_a_dump_is_whole_all_the_same(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    class Denied:
        def get_paginator(self, _: str) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListMultipartUploads")

    lost.drop_uploads(place._replace(s3=Denied()))

    assert "AccessDenied" in caplog.text
