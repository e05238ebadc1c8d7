"""A folder in S3, as the copy engine needs it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.raw.refusals import of_s3
from airflow_dynamodb_emr.transfer.raw.stored import absent
from airflow_dynamodb_emr.transfer.raw.upload import Upload

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"  # of a dump that is finished: nothing more is written into its folder

_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_MOST_DELETED = 1000  # by one call
_READ_AT_MOST = 3  # an answer that ends early is beyond botocore's own tries
_HINT = "look at the bucket, and what the credentials may do there"


class Object(NamedTuple):
    """What a list says of one."""

    bytes: int
    etag: str


class Place(NamedTuple):
    """Names are relative to it."""

    s3: Any  # a boto3 or botocore client
    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def upload(self, name: str) -> Upload:
        """Of a part of a dump: refused at its end where the dump was finished meanwhile, by another try that was taken for dead."""
        return Upload(self.s3, self.bucket, self.at(name), self.refuse_finished)

    def refuse_finished(self) -> None:
        if self.read(MANIFEST) is not None:
            raise CopyFailed(f"{self}: another dump was finished here meanwhile", "name another folder")

    def read(self, name: str) -> bytes | None:
        """None when it is not there."""
        for tries_left in reversed(range(_READ_AT_MOST)):
            try:
                return bytes(self.s3.get_object(Bucket=self.bucket, Key=self.at(name))["Body"].read())
            except ClientError as error:
                if absent(error):
                    return None
                raise self._failed("read", name, error) from error
            except BotoCoreError as error:
                if not tries_left:
                    raise self._failed("read", name, error) from error
        raise AssertionError("a read ends with an answer or an error")

    def put(self, name: str, data: bytes, once: bool = False) -> bool:
        """False when there is another one already that must not be replaced."""
        condition = {"IfNoneMatch": "*"} if once else {}
        try:
            self.s3.put_object(Bucket=self.bucket, Key=self.at(name), Body=data, ContentType="application/json", **condition)
        except ParamValidationError:
            if not once:
                raise
            return self._put_after_a_look(name, data)
        except (ClientError, BotoCoreError) as error:
            if once and isinstance(error, ClientError) and error.response["Error"]["Code"] in _TAKEN:
                return self.read(name) == data  # ours: the answer to it was lost, and botocore has put it twice
            raise self._failed("written", name, error) from error
        return True

    def _put_after_a_look(self, name: str, data: bytes) -> bool:
        """For a botocore from before S3 had conditions, as a node may have it: between the look and the put another could come."""
        known = self.read(name)
        return self.put(name, data) if known is None else known == data

    def names(self, under: str) -> Iterator[str]:
        """Of all objects below a folder of it."""
        yield from (name for name, _ in self._listed(under))

    def objects(self, under: str) -> dict[str, Object]:
        """By name, all that are below a folder of it."""
        return dict(self._listed(under))

    def delete(self, names: Iterable[str]) -> None:
        keys = [{"Key": self.at(name)} for name in names]
        for at in range(0, len(keys), _MOST_DELETED):
            try:
                answer = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": keys[at : at + _MOST_DELETED], "Quiet": True})
            except (ClientError, BotoCoreError) as error:
                raise of_s3(f"objects of {self} could not be deleted", error, "allow s3:DeleteObject there") from error
            for refused in answer.get("Errors", []):
                raise CopyFailed(f"s3://{self.bucket}/{refused['Key']} could not be deleted: {refused['Code']}", "allow s3:DeleteObject there")

    def drop_uploads(self, under: str) -> None:
        """Uploads that were begun and never ended are seen in no list of objects, and cost as if they were. Where we may not look, they stay."""
        try:
            for page in self.s3.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket, Prefix=self.at(under) + "/"):
                for upload in page.get("Uploads", []):
                    self.s3.abort_multipart_upload(Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        except (ClientError, BotoCoreError) as error:
            log.warning("%s: uploads of an earlier try, if there are any, are left to the bucket's lifecycle: %s", self, error)

    def at(self, name: str) -> str:
        return f"{self.key}/{name}" if self.key else name

    def _listed(self, under: str) -> Iterator[tuple[str, Object]]:
        try:
            for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.at(under) + "/"):
                for each in page.get("Contents", []):
                    yield each["Key"][len(self.at("")) :], Object(each["Size"], each["ETag"].strip('"'))
        except (ClientError, BotoCoreError) as error:
            raise self._failed("listed", under, error) from error

    def _failed(self, what: str, name: str, error: Exception) -> CopyFailed:
        return of_s3(f"s3://{self.bucket}/{self.at(name)} could not be {what}", error, _HINT)
