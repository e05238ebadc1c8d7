"""S3 in this process: the calls that the copy engine makes, and what the test says goes wrong with them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from threading import RLock
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from airflow_dynamodb_emr.transfer.raw.place import Place

BUCKET = "backups"
THEN = datetime(2026, 11, 23, tzinfo=timezone.utc)
Mood = Callable[[str, dict[str, Any]], Any]


def refusal(code: str, operation: str = "PutObject") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"told {code}"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation)  # type: ignore[typeddict-item]


def body(sent: Any) -> bytes:
    """Bytes, or a file of them."""
    return bytes(sent.read()) if hasattr(sent, "read") else bytes(sent)


class FakeS3:
    """Of one bucket. *before* and *after* see each call's name and arguments, and may raise: it was not carried out, or was and is not answered."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}
        self.uploads: dict[str, tuple[str, dict[int, bytes]]] = {}
        self.calls: list[tuple[str, str]] = []
        self.before: Mood = lambda *_: None
        self.after: Mood = lambda *_: None
        self._lock = RLock()

    def place(self, key: str = "night/orders") -> Place:
        return Place(self, BUCKET, key)

    def written(self, ending: str = "") -> list[str]:
        """Keys of the objects that were made or made anew, in that order."""
        return [key for call, key in self.calls if call in ("put_object", "complete_multipart_upload") and key.endswith(ending)]

    def __getattr__(self, operation: str) -> Any:
        if operation.startswith("__"):
            raise AttributeError(operation)

        def call(**asked: Any) -> Any:
            with self._lock:
                self.before(operation, asked)
                self.calls.append((operation, asked.get("Key", "")))
                answer = getattr(self, f"_{operation}")(asked)
                self.after(operation, asked)
                return answer

        return call

    def get_paginator(self, operation: str) -> Any:
        return _Pages(self, operation)

    def _put(self, key: str, data: bytes, etag: str) -> dict[str, Any]:
        self.objects[key], self.etags[key] = data, etag
        return {"ETag": f'"{etag}"'}

    def _put_object(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("IfNoneMatch") and asked["Key"] in self.objects:
            raise refusal("PreconditionFailed")
        if asked.get("IfMatch", "").strip('"') not in ("", self.etags.get(asked["Key"])):
            raise refusal("PreconditionFailed")
        data = body(asked["Body"])
        return self._put(asked["Key"], data, _md5(data).hexdigest())

    def _get_object(self, asked: dict[str, Any]) -> dict[str, Any]:
        key = asked["Key"]
        if key not in self.objects:
            raise refusal("NoSuchKey", "GetObject")
        if asked.get("IfMatch") not in (None, self.etags[key]):
            raise refusal("PreconditionFailed", "GetObject")
        data = self.objects[key][int(asked.get("Range", "bytes=0-")[6:-1]) :]
        return {"Body": StreamingBody(io.BytesIO(data), len(data)), "ETag": f'"{self.etags[key]}"'}

    def _head_object(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["Key"] not in self.objects:
            raise refusal("404", "HeadObject")
        return {"ETag": f'"{self.etags[asked["Key"]]}"', "ContentLength": len(self.objects[asked["Key"]])}

    def _list_objects_v2(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = sorted(key for key in self.objects if key.startswith(asked["Prefix"]))
        if "Delimiter" not in asked:
            return {"Contents": [self._listed(key) for key in found]}
        inside = {key: key[len(asked["Prefix"]) :].partition("/") for key in found}
        folders = sorted({name for name, slash, _ in inside.values() if slash})
        straight = [self._listed(key) for key, (_, slash, _) in inside.items() if not slash]
        return {"Contents": straight, "CommonPrefixes": [{"Prefix": f"{asked['Prefix']}{name}/"} for name in folders]}

    def _listed(self, key: str) -> dict[str, Any]:
        return {"Key": key, "Size": len(self.objects[key]), "ETag": f'"{self.etags[key]}"', "LastModified": THEN}

    def _delete_objects(self, asked: dict[str, Any]) -> dict[str, Any]:
        for each in asked["Delete"]["Objects"]:
            self.objects.pop(each["Key"], None)
        return {}

    def _create_multipart_upload(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.uploads[f"u{len(self.calls)}"] = (asked["Key"], {})
        return {"UploadId": f"u{len(self.calls)}"}

    def _upload_part(self, asked: dict[str, Any]) -> dict[str, Any]:
        data = body(asked["Body"])
        self._upload(asked)[asked["PartNumber"]] = data
        return {"ETag": f'"{_md5(data).hexdigest()}"'}

    def _complete_multipart_upload(self, asked: dict[str, Any]) -> dict[str, Any]:
        pieces = self._upload(asked)
        assert [each["PartNumber"] for each in asked["MultipartUpload"]["Parts"]] == sorted(pieces)
        del self.uploads[asked["UploadId"]]
        digests = b"".join(_md5(pieces[number]).digest() for number in sorted(pieces))
        return self._put(asked["Key"], b"".join(pieces[number] for number in sorted(pieces)), f"{_md5(digests).hexdigest()}-{len(pieces)}")

    def _abort_multipart_upload(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._upload(asked)
        del self.uploads[asked["UploadId"]]
        return {}

    def _list_multipart_uploads(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"Uploads": [{"Key": key, "UploadId": id_} for id_, (key, _) in list(self.uploads.items()) if key.startswith(asked["Prefix"])]}

    def _upload(self, asked: dict[str, Any]) -> dict[int, bytes]:
        if asked["UploadId"] not in self.uploads:
            raise refusal("NoSuchUpload")
        return self.uploads[asked["UploadId"]][1]


class _Pages:
    def __init__(self, s3: FakeS3, operation: str) -> None:
        self._s3, self._operation = s3, operation

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        yield getattr(self._s3, self._operation)(**asked)


def _md5(data: bytes) -> Any:
    return hashlib.md5(data, usedforsecurity=False)
