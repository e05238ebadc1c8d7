"""As much of S3 as retention needs, in this process: versions, markers of deletions, locks, conditions. Any call may fail, or be made twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from hashlib import md5
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from tests.aws.in_process import _Body

THEN = datetime(2026, 11, 23, tzinfo=timezone.utc)


@dataclass
class Version:
    id: str
    data: bytes | None  # None: a marker of a deletion
    lock: datetime | None = None
    hold: bool = False
    modified: datetime = THEN

    @property
    def etag(self) -> str:
        return f'"{md5(self.data or b"").hexdigest()}"'


@dataclass
class MemoryS3:
    """One bucket, whatever its name. *before* is called with the operation's name before each call, and may raise; *after* when it is done."""

    versioned: bool = False
    denied: set[str] = field(default_factory=set)  # operations; DeleteObjectVersion for one
    before: Callable[[str], None] = lambda _: None
    after: Callable[[str], None] = lambda _: None
    lock: datetime | None = None  # of each object from now on
    closed: dict[str, str] = field(default_factory=dict)  # key -> how a GET of it is refused
    now: datetime = THEN
    calls: int = 0
    twice: int = -1  # the call of this number is made twice
    half: type[BaseException] | None = None  # that the next DeleteObjects ends in, with every other one done
    keys: dict[str, list[Version]] = field(default_factory=dict)  # newest last
    turn: Any = field(default_factory=Lock)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation = "".join(word.title() for word in method.split("_"))
        if f"_{method}" not in type(self).__dict__:
            raise AttributeError(method)

        def call(**request: Any) -> Any:
            self.before(operation)
            self._refuse(operation in self.denied, "AccessDenied", operation)
            answer = self._answer(method, request)
            self.after(operation)
            return answer

        return call

    def _answer(self, method: str, request: dict[str, Any]) -> Any:
        told = {name: value for name, value in request.items() if name not in ("Bucket", "ContentType")}
        with self.turn:
            self.calls += 1
            if self.calls - 1 == self.twice:
                with suppress(ClientError):
                    getattr(self, f"_{method}")(**told)
            return getattr(self, f"_{method}")(**told)

    def get_paginator(self, method: str) -> _Pages:
        return _Pages(getattr(self, method))

    def objects(self) -> dict[str, bytes]:
        """What a plain LIST shows."""
        return {key: found.data for key in sorted(self.keys) if (found := self._current(key)) and found.data is not None}

    def _get_object(self, Key: str) -> dict[str, Any]:
        found = self._there(Key, "NoSuchKey")
        self._refuse(Key in self.closed, self.closed.get(Key, ""), "GetObject")
        return {"Body": _Body(found.data or b""), "ETag": found.etag, **self._version(found)}

    def _head_object(self, Key: str, VersionId: str = "") -> dict[str, Any]:
        found = next((each for each in self.keys.get(Key, []) if each.id == VersionId), None) if VersionId else self._there(Key, "404")
        self._refuse(found is None, "404", "HeadObject")
        assert found
        lock = {} if "GetObjectRetention" in self.denied else {"ObjectLockRetainUntilDate": found.lock} if found.lock else {}
        return {"ContentLength": len(found.data or b""), **lock, **({"ObjectLockLegalHoldStatus": "ON"} if found.hold else {})}

    def _put_object(self, Key: str, Body: bytes, IfNoneMatch: str = "", IfMatch: str = "") -> dict[str, Any]:
        there = self._current(Key)
        self._refuse(bool(IfNoneMatch and there and there.data is not None), "PreconditionFailed", "PutObject")
        self._match(Key, IfMatch, "PutObject")
        put = Version(self._next(), Body, self.lock, modified=self.now)
        self.keys[Key] = [*(self.keys.get(Key, []) if self.versioned else []), put]
        return {"ETag": put.etag, **self._version(put)}

    def _delete_object(self, Key: str, IfMatch: str = "") -> dict[str, Any]:
        self._match(Key, IfMatch, "DeleteObject")
        self._delete(Key, "")
        return {}

    def _delete_objects(self, Delete: dict[str, Any]) -> dict[str, Any]:
        wanted = Delete["Objects"]
        assert len(wanted) <= 1000
        if self.half:
            for each in wanted[::2]:
                self._delete(each["Key"], each.get("VersionId", ""))
            raise self.half
        return {"Errors": [error for each in wanted if (error := self._delete(each["Key"], each.get("VersionId", "")))]}

    def _delete(self, key: str, id: str) -> dict[str, str] | None:
        if not id:
            left = self.keys.pop(key, [])
            if self.versioned:
                self.keys[key] = [*left, Version(self._next(), None)]
            return None
        found = next((each for each in self.keys.get(key, []) if each.id == id), None)
        locked = bool(found and (found.hold or (found.lock and found.lock > self.now)))
        if locked or "DeleteObjectVersion" in self.denied:
            words = "Access Denied because object protected by object lock." if locked else "Access Denied"
            return {"Key": key, "VersionId": id, "Code": "AccessDenied", "Message": words}
        self.keys[key] = [each for each in self.keys.get(key, []) if each.id != id]
        return None

    def _list_objects_v2(self, Prefix: str, Delimiter: str = "") -> dict[str, Any]:
        found = {key: data for key, data in self.objects().items() if key.startswith(Prefix)}
        deep = {key for key in found if Delimiter and Delimiter in key[len(Prefix) :]}
        folders = sorted({Prefix + key[len(Prefix) :].split("/")[0] + "/" for key in deep})
        contents = [
            {"Key": key, "Size": len(data), "ETag": each.etag, "LastModified": each.modified}
            for key, data in found.items()
            if key not in deep and (each := self.keys[key][-1])
        ]
        return {"Contents": contents, "CommonPrefixes": [{"Prefix": each} for each in folders]}

    def _list_object_versions(self, Prefix: str) -> dict[str, Any]:
        found = [(key, each) for key in sorted(self.keys) if key.startswith(Prefix) for each in reversed(self.keys[key])]
        told = [{"Key": key, "VersionId": each.id, "LastModified": each.modified, "Size": len(each.data or b"")} for key, each in found]
        marks = [each.data is None for _, each in found]
        return {
            "Versions": [one for one, mark in zip(told, marks, strict=True) if not mark],
            "DeleteMarkers": [one for one, mark in zip(told, marks, strict=True) if mark],
        }

    def _current(self, key: str) -> Version | None:
        return next(reversed(self.keys.get(key, [])), None)

    def _there(self, key: str, code: str) -> Version:
        found = self._current(key)
        self._refuse(found is None or found.data is None, code, "GetObject")
        assert found
        return found

    def _match(self, key: str, etag: str, operation: str) -> None:
        if etag:
            self._refuse(self._there(key, "NoSuchKey").etag != etag, "PreconditionFailed", operation)

    def _version(self, version: Version) -> dict[str, str]:
        return {"VersionId": version.id} if self.versioned else {}

    def _next(self) -> str:
        self._ids = getattr(self, "_ids", 0) + 1
        return f"v{self._ids}"

    @staticmethod
    def _refuse(refused: bool, code: str, operation: str) -> None:
        if refused:
            raise ClientError({"Error": {"Code": code, "Message": code}}, operation)


class _Pages:
    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def paginate(self, **request: Any) -> Iterator[Any]:
        yield self._call(**request)
