"""What executors leave behind that were lost, or were only taken for lost."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.raw.copying import Progress
from airflow_dynamodb_emr.transfer.raw.output import DATA
from airflow_dynamodb_emr.transfer.raw.place import Place

log = logging.getLogger(__name__)


def drop_uploads(place: Place) -> None:
    """Parts that were begun and never finished are nowhere to be seen, and cost as if they were. Where we may not look, the bucket's lifecycle ends
    them, or nobody: the dump is whole all the same."""
    prefix = f"{place.at(DATA)}/"
    try:
        for page in place.s3.get_paginator("list_multipart_uploads").paginate(Bucket=place.bucket, Prefix=prefix):
            for upload in page.get("Uploads", []):
                place.s3.abort_multipart_upload(Bucket=place.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    except (ClientError, BotoCoreError) as error:
        log.warning("%s: unfinished uploads of lost executors, if there are any, stay: %s", place, error)


def refuse_written_over(place: Place, slices: Iterable[Progress]) -> None:
    """An executor that was taken for lost may go on, and write a part of the same name after the one that did its work again. Raises CopyFailed."""
    expected = {place.at(part.key): part.etag for done in slices for part in done.parts}
    pages = place.s3.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=f"{place.at(DATA)}/")
    found = {each["Key"]: each["ETag"].strip('"') for page in pages for each in page.get("Contents", [])}
    wrong = sorted(key for key, etag in expected.items() if found.get(key) != etag)
    if wrong:
        what = "was written over by an executor that was taken for lost" if wrong[0] in found else "is gone"
        raise CopyFailed(f"s3://{place.bucket}/{wrong[0]} {what}", "dump the table again, into another folder")
