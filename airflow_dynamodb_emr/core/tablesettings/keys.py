"""The key that a table made anew is encrypted with. None is ever guessed, and none is left away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.tablesettings.step import Choices, Place, Step, Target
from airflow_dynamodb_emr.errors import BadInput

AWS_KEY = "alias/aws/dynamodb"  # the one that AWS keeps in each account and region
_ANY = "*"
_ON = {"Enabled": True, "SSEType": "KMS"}


def encryption(schema: Schema, target: Target, choices: Choices) -> Iterator[Step]:
    """Nothing for a table under a key of DynamoDB's own, as every new one is."""
    told = schema.table.get("SSEDescription", {})
    if told.get("Status") not in ("ENABLED", "UPDATING") or told.get("SSEType") != "KMS":
        return
    had = told.get("KMSMasterKeyArn", "")
    wanted = _wanted(schema, target, choices, had)
    request = {**_ON, **({"KMSMasterKeyId": wanted} if wanted != AWS_KEY else {})}
    mapped = wanted not in (had, AWS_KEY) or (wanted == AWS_KEY and not _is_aws(schema, had))
    yield Step(
        setting="encryption",
        call="UpdateTable",
        request={"TableName": target.name, "SSESpecification": request},
        mapped=mapped,
        how=f"{had} became {wanted}" if mapped else "",
    )


def used(request: dict[str, Any]) -> str:
    """The key that this CreateTable request names; empty where it names none."""
    return str(request.get("SSESpecification", {}).get("KMSMasterKeyId", ""))


def _wanted(schema: Schema, target: Target, choices: Choices, had: str) -> str:
    if had in choices.keys:
        return choices.keys[had]
    if not had or _is_aws(schema, had):
        return AWS_KEY
    if target.place == Place.of(schema.table["TableArn"]):
        return had
    if _ANY in choices.keys:
        return choices.keys[_ANY]
    raise BadInput(
        f"table {schema.name} is encrypted by {had}, which is not of {target.place}, where it is to be restored",
        f'name a key that stands for it, in restore_kms_keys: {{"{had}": "arn:..."}}, or {{"*": "{AWS_KEY}"}} for the key that AWS keeps there',
    )


def _is_aws(schema: Schema, key: str) -> bool:
    told = schema.settings.get("DescribeKey", {}).get("KeyMetadata", {})
    return bool(key) and told.get("Arn") == key
