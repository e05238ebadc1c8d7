"""Whose bucket a caller expects it to be: moto does not look at that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.http.protocol import Refused

_EXPECTED = "HTTP_X_AMZ_EXPECTED_BUCKET_OWNER"


def refusal(environ: Mapping[str, Any]) -> Refused | None:
    """As S3 refuses a bucket that is somebody else's; one that is not there is moto's to tell."""
    expected = environ.get(_EXPECTED)
    if not expected:
        return None
    owner = moto_side.owner(environ["PATH_INFO"].strip("/").partition("/")[0])
    return None if owner in ("", expected) else Refused("AccessDenied", "Access Denied", 403)
