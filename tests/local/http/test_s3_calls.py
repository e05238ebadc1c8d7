"""S3 requests and the operations they are."""

from __future__ import annotations

import pytest

from airflow_dynamodb_emr.local.http.s3_calls import operation


@pytest.mark.parametrize(
    ("method", "path", "query", "named"),
    [
        ("PUT", "/bucket/a/b", "", "PutObject"),
        ("PUT", "/bucket/a/b", "partNumber=1&uploadId=u", "UploadPart"),
        ("POST", "/bucket/a/b", "uploads", "CreateMultipartUpload"),
        ("POST", "/bucket/a/b", "uploadId=u", "CompleteMultipartUpload"),
        ("DELETE", "/bucket/a/b", "uploadId=u", "AbortMultipartUpload"),
        ("GET", "/bucket/a/b", "uploadId=u", "ListParts"),
        ("GET", "/bucket", "uploads", "ListMultipartUploads"),
        ("GET", "/bucket/a/b", "", "GetObject"),
        ("GET", "/bucket/a/b", "partNumber=1", "GetObject"),
        ("HEAD", "/bucket/a/b", "", "HeadObject"),
        ("DELETE", "/bucket/a/b", "versionId=v", "DeleteObject"),
        ("POST", "/bucket", "delete", "DeleteObjects"),
        ("GET", "/bucket", "list-type=2&prefix=a", "ListObjectsV2"),
        ("PUT", "/bucket", "", "CreateBucket"),
        ("HEAD", "/bucket", "", "HeadBucket"),
        ("GET", "/", "", ""),
        ("PUT", "/bucket", "policy", ""),
        ("PUT", "/bucket/a/b", "tagging", ""),
    ],
)
def test_an_operation_is_known_by_method_path_and_query(method: str, path: str, query: str, named: str) -> None:
    assert operation({"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}) == named


def test_a_put_with_a_source_is_a_copy() -> None:
    assert operation({"REQUEST_METHOD": "PUT", "PATH_INFO": "/bucket/a", "HTTP_X_AMZ_COPY_SOURCE": "bucket/b"}) == "CopyObject"
