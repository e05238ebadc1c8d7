"""Keys of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from airflow_dynamodb_emr.aws.checks.looking import Seen, look
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.checklist import Checklist
from airflow_dynamodb_emr.core.findings import Finding

_USAGE = "ENCRYPT_DECRYPT"


def check(clients: Clients, wanted: Checklist) -> Iterator[Finding]:
    for name, key in {"kms_key": wanted.custody.key, "logs_kms_key": wanted.custody.logs_key}.items():
        if key:
            yield look(name, partial(_usable, clients, name, key), "kms:DescribeKey", f"create it, or correct {name}", key)


def _usable(clients: Clients, name: str, key: str) -> Seen:
    told = clients.kms.describe_key(KeyId=key)["KeyMetadata"]
    state, usage = told["KeyState"], told.get("KeyUsage", _USAGE)
    if state != "Enabled" or usage != _USAGE:
        detail = f"{key} is {state}, for {usage}"
        return Finding(name=name, ok=False, detail=detail, hint=f"name a key that is enabled, and encrypts, in {name}")
    return f"{key} is enabled"
