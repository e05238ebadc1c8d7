"""docs/permissions.md and docs/cloudformation.yaml, from the table of permissions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from airflow_dynamodb_emr.core import access, cloudformation
from airflow_dynamodb_emr.core.access import Need, Permission, Who
from airflow_dynamodb_emr.core.permissions import TABLE

_SOURCE = Path(__file__).parent / "source" / "permissions.md"
_NAMES = {
    "partition": "aws",
    "region": "REGION",
    "account": "ACCOUNT",
    "prefix": "PREFIX_",
    "restored": "RESTORED_",
    "backups": "my-backups",
    "jars": "my-jars",
    "service_role": "arn:aws:iam::ACCOUNT:role/EMR_DefaultRole",
    "cluster_role": "arn:aws:iam::ACCOUNT:role/EMR_EC2_DefaultRole",
    "jobs_role": "arn:aws:iam::ACCOUNT:role/EMR_Serverless_JobRuns",
    "key": "arn:aws:kms:REGION:ACCOUNT:key/KEY",
    "logs_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY",
    "topic": "arn:aws:sns:REGION:ACCOUNT:TOPIC",
}
_PRINCIPALS = {Who.AIRFLOW: "arn:aws:iam::ACCOUNT:role/AIRFLOW", Who.CLUSTER: "arn:aws:iam::ACCOUNT:role/EMR_EC2_DefaultRole"}
_IN_BUCKET = (Need.BACKUP, Need.CHECK, Need.WORKER, Need.SPARK, Need.NATIVE, Need.RESTORE)


class _Plain(yaml.SafeDumper):
    """Without anchors, which CloudFormation does not read."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def permissions() -> str:
    text = re.sub(r"\{\{(\w+) ([\w.-]+)\}\}", lambda found: _part(*found.groups()), _SOURCE.read_text())
    return text.replace("# Permissions\n", "# Permissions\n\nGenerated from the table in `core/permissions.py` and docs/source/permissions.md.\n", 1)


def template() -> str:
    head = "# Generated from the table in core/permissions.py; docs/permissions.md says what it is for.\n"
    return head + yaml.dump(cloudformation.template(TABLE), Dumper=_Plain, sort_keys=False, width=140)


def _part(what: str, which: str) -> str:
    if what == "trust":
        return _fenced(access.trust(which))
    return _fenced(access.policy(_bucket_policy())) if what == "bucket" else _granted(Who(what), Need(which))


def _granted(who: Who, need: Need) -> str:
    granted = access.chosen(TABLE, who, [need])
    return f"{_fenced(access.policy(access.statements(granted, _write)))}\n\n{_table(granted)}"


def _table(granted: list[Permission]) -> str:
    rows = "\n".join(f"| {', '.join(f'`{action}`' for action in each.actions)} | {each.why} | {each.without} |" for each in granted)
    return f"| action | what for | without it |\n|---|---|---|\n{rows}"


def _bucket_policy() -> list[dict[str, Any]]:
    made = [(principal, _in_bucket(who)) for who, principal in _PRINCIPALS.items()]
    return [{"Effect": "Allow", "Principal": {"AWS": principal}, **_without_effect(each)} for principal, all_ in made for each in all_]


def _in_bucket(who: Who) -> list[dict[str, Any]]:
    """Each thing once; deleting is for retention's own role to add."""
    on_bucket = [each for each in access.chosen(TABLE, who, _IN_BUCKET) if each.actions[0].startswith("s3:")]
    made = access.statements(on_bucket, lambda arn: "" if "{jars}" in arn else _write(arn))
    return [each for number, each in enumerate(made) if each not in made[:number]]


def _without_effect(statement: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if key != "Effect"}


def _write(arn: str) -> str:
    return access.filled(arn, _NAMES)


def _fenced(policy: dict[str, Any]) -> str:
    statements = ",\n".join(f"    {_line(each)}" for each in policy["Statement"])
    return f'```json\n{{\n  "Version": "{policy["Version"]}",\n  "Statement": [\n{statements}\n  ]\n}}\n```'


def _line(statement: dict[str, Any]) -> str:
    """On one line, or on one for each field where that would be long."""
    line = json.dumps(statement)
    return line if len(line) <= 140 else "{" + ",\n     ".join(f'"{key}": {json.dumps(value)}' for key, value in statement.items()) + "}"
