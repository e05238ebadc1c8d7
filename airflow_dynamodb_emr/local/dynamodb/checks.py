"""What every field of a request is held against, in AWS' words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from airflow_dynamodb_emr.local.http.protocol import Refused, Request, invalid

_BUCKET = re.compile(r"[a-z0-9A-Z]+[.\-\w]*[a-z0-9A-Z]+")
_LONGEST_BUCKET, _LONGEST_PREFIX = 255, 1024


def wrong(field: str, value: object, rule: str) -> Refused:
    name = field[0].lower() + field[1:]
    return invalid(f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: {rule}")


def check_words(request: Request, words: Mapping[str, tuple[str, ...]]) -> None:
    """*words*: what is allowed of each field, where it is given."""
    for field, allowed in words.items():
        if field in request and request[field] not in allowed:
            raise wrong(field, request[field], f"Member must satisfy enum value set: [{', '.join(allowed)}]")


def check_token(request: Request) -> None:
    token = request.get("ClientToken")
    if not token or "$" in token:
        raise wrong("ClientToken", token, "Member must satisfy regular expression pattern: ^[^\\$]+$")


def check_bucket(bucket: str) -> None:
    if len(bucket) > _LONGEST_BUCKET or not _BUCKET.fullmatch(bucket):
        raise wrong("S3Bucket", bucket, f"Member must satisfy regular expression pattern: {_BUCKET.pattern}")


def check_prefix(field: str, prefix: str | None, shortest: int) -> None:
    """None: it is not given."""
    if prefix is not None and not shortest <= len(prefix) <= _LONGEST_PREFIX:
        raise wrong(field, prefix, f"Member must have length between {shortest} and {_LONGEST_PREFIX}")
