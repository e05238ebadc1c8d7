"""An object in S3 as a stream of the bytes that are stored, counted and hashed on the way."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError, ResponseStreamingError

from airflow_dynamodb_emr.errors import DataDamaged

REOPENED_AT_MOST = 5
_LOST = (HTTPClientError, IncompleteReadError, ResponseStreamingError)


def absent(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404", "NotFound"}


class Stored(io.RawIOBase):
    """Reads once from beginning to end; a connection lost midway is taken up where it broke, on the same version of the object."""

    def __init__(self, s3: Any, bucket: str, key: str) -> None:
        """*s3*: a boto3 or botocore client. Raises DataDamaged where there is no such object."""
        self.uri = f"s3://{bucket}/{key}"
        self._where = {"Bucket": bucket, "Key": key}
        self.bytes = 0  # read so far
        self.etag = ""
        self._s3 = s3
        self._hash = hashlib.sha256()
        self._lives = REOPENED_AT_MOST
        self._body = self._open()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._read(len(buffer))
        self._hash.update(chunk)
        self.bytes += len(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _read(self, most: int) -> bytes:
        try:
            return bytes(self._body.read(most))
        except _LOST:
            self._lives -= 1
            if not self._lives:
                raise
            self._body = self._open()
            return self._read(most)

    def _open(self) -> Any:
        again: dict[str, Any] = {"Range": f"bytes={self.bytes}-", "IfMatch": self.etag} if self.bytes else {}
        try:
            answer = self._s3.get_object(**self._where, **again)
        except ClientError as error:
            if absent(error):
                raise DataDamaged(f"{self.uri} is not there") from error
            if again and error.response["Error"]["Code"] in {"PreconditionFailed", "412"}:
                raise DataDamaged(f"{self.uri} was replaced while it was read", "read it again once nobody writes there") from error
            raise
        self.etag = answer["ETag"].strip('"')
        return answer["Body"]
