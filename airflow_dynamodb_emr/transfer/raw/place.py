"""A folder in S3, as the copy engine needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.raw.upload import Upload

_MISSING, _TAKEN = {"NoSuchKey", "404"}, {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_MOST_DELETED = 1000  # by one call


class Place(NamedTuple):
    """Names are relative to it."""

    s3: Any  # a boto3 or botocore client
    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def upload(self, name: str) -> Upload:
        return Upload(self.s3, self.bucket, self.at(name))

    def read(self, name: str) -> bytes | None:
        """None when it is not there."""
        try:
            return bytes(self.s3.get_object(Bucket=self.bucket, Key=self.at(name))["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise self._failed("read", name, error) from error
        except BotoCoreError as error:
            raise self._failed("read", name, error) from error

    def put(self, name: str, data: bytes, once: bool = False) -> bool:
        """False when there is one already that must not be replaced."""
        condition = {"IfNoneMatch": "*"} if once else {}
        try:
            self.s3.put_object(Bucket=self.bucket, Key=self.at(name), Body=data, ContentType="application/json", **condition)
        except ClientError as error:
            if once and error.response["Error"]["Code"] in _TAKEN:
                return False
            raise self._failed("written", name, error) from error
        except BotoCoreError as error:
            raise self._failed("written", name, error) from error
        return True

    def names(self, under: str) -> Iterator[str]:
        """Of all objects below a folder of it."""
        try:
            for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.at(under) + "/"):
                yield from (each["Key"][len(self.at("")) :] for each in page.get("Contents", []))
        except (ClientError, BotoCoreError) as error:
            raise self._failed("listed", under, error) from error

    def delete(self, names: Iterable[str]) -> None:
        keys = [{"Key": self.at(name)} for name in names]
        for at in range(0, len(keys), _MOST_DELETED):
            answer = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": keys[at : at + _MOST_DELETED], "Quiet": True})
            for refused in answer.get("Errors", []):
                raise CopyFailed(f"s3://{self.bucket}/{refused['Key']} could not be deleted: {refused['Code']}", "allow s3:DeleteObject there")

    def at(self, name: str) -> str:
        return f"{self.key}/{name}" if self.key else name

    def _failed(self, what: str, name: str, error: Exception) -> CopyFailed:
        return CopyFailed(
            f"s3://{self.bucket}/{self.at(name)} could not be {what}: {error}", "look at the bucket, and what the credentials may do there"
        )
