"""Which of S3's operations a REST request is: S3 names none, its method, path and query say it together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

_UPLOADS = {"PUT": "UploadPart", "POST": "CompleteMultipartUpload", "DELETE": "AbortMultipartUpload", "GET": "ListParts"}
_OBJECTS = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
_BUCKETS = {"PUT": "CreateBucket", "HEAD": "HeadBucket", "DELETE": "DeleteBucket"}
_ASKED_FOR = {"uploads": {"POST": "CreateMultipartUpload", "GET": "ListMultipartUploads"}, "delete": {"POST": "DeleteObjects"}}


def operation(environ: Mapping[str, Any]) -> str:
    """Of those that move or list objects; empty for any other."""
    method, query = environ["REQUEST_METHOD"], parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    for word, operations in _ASKED_FOR.items():
        if word in query:
            return operations.get(method, "")
    if "uploadId" in query:
        return _UPLOADS.get(method, "")
    if "list-type" in query:
        return "ListObjectsV2"
    return "" if _other(query) else _plain(method, environ)


def _other(query: Mapping[str, Any]) -> bool:
    """Is it about something of the bucket or object that is not its content: its policy, its tags?"""
    return any(word for word in query if word not in {"versionId", "partNumber"} and not word.startswith(("x-id", "response-")))


def _plain(method: str, environ: Mapping[str, Any]) -> str:
    if "/" not in environ["PATH_INFO"].strip("/"):
        return _BUCKETS.get(method, "") if environ["PATH_INFO"].strip("/") else ""
    return "CopyObject" if method == "PUT" and "HTTP_X_AMZ_COPY_SOURCE" in environ else _OBJECTS.get(method, "")
