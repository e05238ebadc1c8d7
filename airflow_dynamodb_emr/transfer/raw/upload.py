"""One object in S3, written while its bytes are made: in pieces, whole or not at all."""

from __future__ import annotations

import hashlib
import io
import logging
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.raw.compression import crc32
from airflow_dynamodb_emr.transfer.raw.refusals import of_s3

log = logging.getLogger(__name__)

PIECE_BYTES = 5 * 2**20  # the least that S3 takes of all but the last

# Memory for pieces that nobody fills just now: to grow it anew for every part would leave holes as large as what is used.
_idle: list[bytearray] = []


class View(io.RawIOBase):
    """Memory as a file, which is what botocore takes without a copy."""

    def __init__(self, memory: memoryview) -> None:
        self._memory, self._at = memory, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        some = self._memory[self._at : self._at + len(buffer)]
        buffer[: len(some)] = some
        self._at += len(some)
        return len(some)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, len(self._memory))[whence]
        return self._at

    def tell(self) -> int:
        return self._at


class Upload:
    """`write` as often as there are bytes, then `close` once; or `abort`, after which nothing is there. S3 checks the CRC32 of each piece."""

    def __init__(self, s3: Any, bucket: str, key: str, refuse: Callable[[], None] = lambda: None) -> None:
        """*refuse* raises where the object must not become one, when its time has come."""
        self._s3, self._where = s3, {"Bucket": bucket, "Key": key}
        self._refuse = refuse
        self._memory, self._filled = _taken(), 0
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
        self.bytes += len(data)
        rest = memoryview(data)  # else each assignment makes two copies more
        while rest:
            more = min(len(rest), len(self._memory) - self._filled)
            memoryview(self._memory)[self._filled : self._filled + more] = rest[:more]
            self._filled, rest = self._filled + more, rest[more:]
            if self._filled == len(self._memory):
                self._send_piece()

    def close(self) -> None:
        """From now on the object is there."""
        if self._pieces and self._filled:
            self._send_piece()
        self._refuse()
        self.etag = self._completed() if self._pieces else self._put()
        self._leave()

    def abort(self) -> None:
        """What was sent is dropped. Where S3 refuses even that, it is told: a lifecycle rule of the bucket ends such uploads."""
        self._leave()
        if not self._id or self.etag:
            return
        try:
            self._s3.abort_multipart_upload(UploadId=self._id, **self._where)
        except Exception as error:  # whatever made us abort is what has to be raised
            log.warning("s3://%s/%s: an upload of %s bytes could not be aborted: %s", *self._where.values(), self.bytes, error)

    def _leave(self) -> None:
        """Once only: another fills the memory then."""
        if self._memory:
            _idle.append(self._memory)
        self._memory, self._filled = bytearray(), 0

    @property
    def _body(self) -> Any:
        """Without a copy."""
        return self._memory if self._filled == len(self._memory) else View(memoryview(self._memory)[: self._filled])

    def _checked(self) -> dict[str, str]:
        return {"ChecksumCRC32": b64encode(crc32(memoryview(self._memory)[: self._filled]).to_bytes(4, "big")).decode()}

    def _put(self) -> str:
        return _etag(self._call("put_object", Body=self._body, **self._checked()))

    def _completed(self) -> str:
        """Where the answer is lost, a second call is told that there is no such upload: then what is there decides."""
        try:
            return _etag(self._call("complete_multipart_upload", UploadId=self._id, MultipartUpload={"Parts": self._pieces}))
        except CopyFailed:
            expected = _etag_of_pieces([_etag(piece) for piece in self._pieces])
            if self._found() != expected:
                raise
            return expected

    def _found(self) -> str:
        try:
            return _etag(self._s3.head_object(**self._where))
        except (ClientError, BotoCoreError):
            return ""

    def _send_piece(self) -> None:
        if not self._id:
            self._id = self._call("create_multipart_upload", ChecksumAlgorithm="CRC32")["UploadId"]
        number, checked = len(self._pieces) + 1, self._checked()
        answer = self._call("upload_part", UploadId=self._id, PartNumber=number, Body=self._body, **checked)
        self._pieces.append({"PartNumber": number, "ETag": answer["ETag"], **checked})
        self._filled = 0

    def _call(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._s3, operation)(**self._where, **arguments)
        except (ClientError, BotoCoreError) as error:
            hint = "allow s3:PutObject and s3:AbortMultipartUpload there, and look at the bucket"
            raise of_s3("s3://{Bucket}/{Key} could not be written".format(**self._where), error, hint) from error


def _taken() -> bytearray:
    try:
        memory = _idle.pop()
    except IndexError:
        return bytearray(PIECE_BYTES)
    return memory if len(memory) == PIECE_BYTES else bytearray(PIECE_BYTES)


def _etag(answer: dict[str, Any]) -> str:
    return str(answer["ETag"]).strip('"')


def _etag_of_pieces(etags: list[str]) -> str:
    """As S3 makes it, where it encrypts with no key of the customer's: there, no two can be compared."""
    try:
        return f"{hashlib.md5(bytes.fromhex(''.join(etags)), usedforsecurity=False).hexdigest()}-{len(etags)}"
    except ValueError:
        return "unknown"
