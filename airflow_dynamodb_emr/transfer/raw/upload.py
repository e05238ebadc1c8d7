"""One object in S3, written while its bytes are made: in pieces, whole or not at all."""

from __future__ import annotations

import hashlib
import logging
from base64 import b64encode
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.errors import CopyFailed

log = logging.getLogger(__name__)

PIECE_BYTES = 6 * 2**20  # S3 wants five at least of all but the last, and each hand keeps one in memory


class Upload:
    """`write` as often as there are bytes, then `close` once; or `abort`, after which nothing is there. S3 checks the MD5 of each piece."""

    def __init__(self, s3: Any, bucket: str, key: str) -> None:
        self._s3, self._where = s3, {"Bucket": bucket, "Key": key}
        self._buffer = bytearray()
        self._id = ""
        self._pieces: list[dict[str, Any]] = []
        self._hash = hashlib.sha256()
        self.bytes = 0
        self.etag = ""

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._buffer += data
        self.bytes += len(data)
        if len(self._buffer) >= PIECE_BYTES:
            self._send_piece()

    def close(self) -> None:
        """From now on the object is there."""
        if not self._pieces:
            answer = self._call("put_object", Body=self._buffer, **_checked(self._buffer))
        else:
            if self._buffer:
                self._send_piece()
            answer = self._call("complete_multipart_upload", UploadId=self._id, MultipartUpload={"Parts": self._pieces})
        self.etag = answer["ETag"].strip('"')
        self._buffer = bytearray()

    def abort(self) -> None:
        """What was sent is dropped. Where S3 refuses even that, it is told: a lifecycle rule of the bucket ends such uploads."""
        self._buffer = bytearray()
        if not self._id or self.etag:
            return
        try:
            self._s3.abort_multipart_upload(UploadId=self._id, **self._where)
        except Exception as error:  # whatever made us abort is what has to be raised
            log.warning("s3://%s/%s: an upload of %s bytes could not be aborted: %s", *self._where.values(), self.bytes, error)

    def _send_piece(self) -> None:
        if not self._id:
            self._id = self._call("create_multipart_upload")["UploadId"]
        number = len(self._pieces) + 1
        answer = self._call("upload_part", UploadId=self._id, PartNumber=number, Body=self._buffer, **_checked(self._buffer))
        self._pieces.append({"PartNumber": number, "ETag": answer["ETag"]})
        self._buffer = bytearray()

    def _call(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._s3, operation)(**self._where, **arguments)
        except (ClientError, BotoCoreError) as error:
            where = "s3://{Bucket}/{Key}".format(**self._where)
            raise CopyFailed(
                f"{where} could not be written: {error}", "allow s3:PutObject and s3:AbortMultipartUpload there, and look at the bucket"
            ) from error


def _checked(data: bytes | bytearray) -> dict[str, str]:
    return {"ContentMD5": b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()}
