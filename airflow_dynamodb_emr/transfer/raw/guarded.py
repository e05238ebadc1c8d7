"""An S3 client that names the owner a bucket must have, and the key that encrypts what it puts: whoever calls it need not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_READS = ("GET", "HEAD")


def guarded(s3: Any, owner: Callable[[], str] = str, bucket: str = "", acl: str = "", key: str = "") -> Any:
    """*s3*: a boto3 or botocore client, which is changed. *owner* is asked with each call, "" for nobody's; reads from other buckets than
    *bucket* may be anybody's: a jar, a backup that was copied. *key* and *acl* are put with each object; "" leaves them to the bucket.

    S3 refuses what another owns with AccessDenied.
    """

    def guard(params: Any, model: Any, **_: Any) -> None:
        known = model.input_shape.members if model.input_shape else ()
        given = {"SSEKMSKeyId": key, "ServerSideEncryption": "aws:kms" if key else "", "ACL": acl if _puts(model.name) else ""}
        if model.http["method"] not in _READS or params.get("Bucket") == bucket:
            given["ExpectedBucketOwner"] = owner()
        for name, value in given.items():
            if value and name in known:
                params.setdefault(name, value)

    s3.meta.events.register("before-parameter-build.s3", guard)
    return s3


def _puts(operation: str) -> bool:
    """The policies of buckets and objects take ACLs too, and are none of ours."""
    return operation in ("PutObject", "CreateMultipartUpload", "CopyObject")
