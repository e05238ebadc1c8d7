"""A folder of this machine in place of S3: so that every contender writes to, and reads from, the same."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from botocore.exceptions import ClientError
from botocore.response import StreamingBody


class Files:
    """What the engine asks an S3 client for; buckets do not count, a key is a path."""

    def __init__(self) -> None:
        self._uploads: dict[str, Path] = {}

    def put_object(self, *, Key: str, Body: Any, **_: Any) -> dict[str, str]:
        return _written(Path(Key), "wb", Body)

    def create_multipart_upload(self, *, Key: str, **_: Any) -> dict[str, str]:
        return {"UploadId": Key}

    def upload_part(self, *, Key: str, Body: Any, PartNumber: int, **_: Any) -> dict[str, str]:
        return _written(Path(Key), "wb" if PartNumber == 1 else "ab", Body)

    def complete_multipart_upload(self, *, Key: str, **_: Any) -> dict[str, str]:
        return {"ETag": _etag(Path(Key))}

    def abort_multipart_upload(self, *, Key: str, **_: Any) -> None:
        Path(Key).unlink(missing_ok=True)

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:
        path = Path(Key)
        if not path.is_file():
            _missing()
        return {"Body": StreamingBody(path.open("rb"), path.stat().st_size), "ETag": _etag(path)}

    def delete_objects(self, *, Delete: dict[str, Any], **_: Any) -> dict[str, Any]:
        for each in Delete["Objects"]:
            Path(each["Key"]).unlink()
        return {}

    def get_paginator(self, operation: str) -> Any:
        return _Pages() if operation == "list_objects_v2" else _NoPages()


class _Pages:
    def paginate(self, *, Prefix: str, **_: Any) -> Iterator[dict[str, Any]]:
        found = (path for path in Path(Prefix).rglob("*") if path.is_file())
        yield {"Contents": [{"Key": str(path), "Size": path.stat().st_size, "ETag": _etag(path)} for path in found]}


class _NoPages:
    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        return iter(())


def _written(path: Path, mode: str, body: Any) -> dict[str, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open(mode) as file:
        file.write(body.read() if isinstance(body, io.RawIOBase) else body)
    return {"ETag": _etag(path)}


def _etag(path: Path) -> str:
    return str(path.stat().st_size)


def _missing() -> NoReturn:
    raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "there is no such file"}}, "GetObject")


class Dropped(Files):
    """Keeps the sizes of parts, and nothing of what is in them: beside who writes nothing at all, the cost of a disk is none of the engine's."""

    def __init__(self) -> None:
        super().__init__()
        self._sizes: dict[str, int] = {}

    def put_object(self, *, Key: str, Body: Any, **more: Any) -> dict[str, str]:
        return self._dropped(Key, 0, Body) if _DATA in Key else super().put_object(Key=Key, Body=Body, **more)

    def upload_part(self, *, Key: str, Body: Any, PartNumber: int, **_: Any) -> dict[str, str]:
        return self._dropped(Key, self._sizes[Key] if PartNumber > 1 else 0, Body)

    def complete_multipart_upload(self, *, Key: str, **_: Any) -> dict[str, str]:
        return {"ETag": str(self._sizes[Key])}

    def get_paginator(self, operation: str) -> Any:
        return self if operation == "list_objects_v2" else _NoPages()

    def paginate(self, *, Prefix: str, **_: Any) -> Iterator[dict[str, Any]]:
        found = {key: size for key, size in self._sizes.items() if key.startswith(Prefix)}
        yield {"Contents": [{"Key": key, "Size": size, "ETag": str(size)} for key, size in found.items()]}

    def _dropped(self, key: str, before: int, body: Any) -> dict[str, str]:
        self._sizes[key] = before + (body.seek(0, io.SEEK_END) if isinstance(body, io.RawIOBase) else len(body))
        return {"ETag": str(self._sizes[key])}


_DATA = "/data/"
