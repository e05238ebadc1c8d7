from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st

from airflow_dynamodb_emr.transfer.raw.connection import host_of
from airflow_dynamodb_emr.transfer.raw.signing import TYPE, signed

_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_keys = st.text(_WORD + "/+=", min_size=1, max_size=40)
HOSTS = ["https://dynamodb.eu-west-1.amazonaws.com", "https://dynamodb.x.amazonaws.com:8443", "http://127.0.0.1:5000", "http://[::1]:80"]


@given(
    url=st.sampled_from(HOSTS),
    region=st.text("abcdefghijklmnopqrstuvwxyz-0123456789", min_size=1, max_size=16),
    operation=st.sampled_from(["Scan", "Query", "BatchWriteItem", "DescribeTable"]),
    body=st.binary(max_size=200),
    credentials=st.builds(Credentials, _keys, _keys, st.none() | _keys),
    now=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
)
@example(HOSTS[0], "us-east-1", "Scan", b"", Credentials("a", "b", ""), datetime(2026, 11, 23, 4, 26))
def test_the_signature_is_botocores(url: str, region: str, operation: str, body: bytes, credentials: Any, now: datetime) -> None:
    headers = {"Content-Type": TYPE, "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
    request = AWSRequest("POST", f"{url}/", data=body, headers=headers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: now)
        SigV4Auth(credentials, "dynamodb", region).add_auth(request)

    ours = signed(host_of(url), region, operation, body, credentials.get_frozen_credentials(), now.replace(tzinfo=timezone.utc))

    assert ours["Authorization"] == request.headers["Authorization"]
    assert ours["x-amz-date"] == request.headers["X-Amz-Date"]
    assert ours.get("x-amz-security-token") == request.headers.get("X-Amz-Security-Token")
