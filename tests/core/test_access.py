"""The table of permissions: that it holds what the code calls, and what becomes of it in policies."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import get_session

import airflow_dynamodb_emr
from airflow_dynamodb_emr.core import access
from airflow_dynamodb_emr.core.access import Need, Who, chosen, needs_of, policy, statements
from airflow_dynamodb_emr.core.permissions import TABLE

PACKAGE = Path(airflow_dynamodb_emr.__file__).parent
RINGS = ("aws", "transfer", "spark", "operators", "verbs")
SERVICES = ("application-autoscaling", "dynamodb", "ec2", "emr", "emr-serverless", "iam", "kms", "s3", "sts")
NAMES = {
    **dict.fromkeys(("region", "account", "prefix", "restored", "backups", "jars"), "x"),
    **dict.fromkeys(("service_role", "cluster_role", "jobs_role", "key", "logs_key", "topic"), "arn:aws:y"),
    "partition": "aws",
}
# Calls whose permission has another name.
OTHERWISE = {
    "s3": {
        "HeadBucket": "ListBucket",
        "ListObjectsV2": "ListBucket",
        "ListObjectVersions": "ListBucketVersions",
        "ListMultipartUploads": "ListBucketMultipartUploads",
        "HeadObject": "GetObject",
        "DeleteObjects": "DeleteObject",
        "CreateMultipartUpload": "PutObject",
        "UploadPart": "PutObject",
        "CompleteMultipartUpload": "PutObject",
        "GetBucketEncryption": "GetEncryptionConfiguration",
        "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
        "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    },
}
PREFIX = {"emr": "elasticmapreduce"}


def calls() -> dict[str, set[str]]:
    """Of each method name of a boto3 client, the permissions that it may stand for."""
    found: dict[str, set[str]] = {}
    for service in SERVICES:
        for name in get_session().get_service_model(service).operation_names:
            action = f"{PREFIX.get(service, service)}:{OTHERWISE.get(service, {}).get(name, name)}"
            found.setdefault(xform_name(name), set()).add(action)
    return {name: actions for name, actions in found.items() if "_" in name}  # KMS has a call that is named `verify`


def spoken() -> Iterator[tuple[str, str]]:
    """Each attribute and text of our code, with its file."""
    for file in (file for ring in RINGS for file in (PACKAGE / ring).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                yield node.attr, file.name
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value, file.name


def test_each_call_of_the_code_is_in_the_table() -> None:
    granted, known = {action for permission in TABLE for action in permission.actions}, calls()

    missing = {(name, file) for name, file in spoken() if name in known and not known[name] & granted}

    assert {(name, file) for name, file in missing if name != "get_session"} == set()  # botocore's own, and no call


def test_each_permission_says_what_it_is_for() -> None:
    assert [permission for permission in TABLE if not (permission.why and permission.actions and permission.on)] == []


def test_none_allows_more_than_one_thing_by_a_star_or_hands_a_role_to_anybody() -> None:
    assert [action for permission in TABLE for action in permission.actions if "*" in action] == []
    assert [p for p in TABLE if "iam:PassRole" in p.actions and (not p.service or access.ANYTHING in p.on)] == []


def test_only_what_retention_needs_and_what_copies_the_tables_can_delete_data() -> None:
    deleting = {(p.who, p.need) for p in TABLE if "s3:DeleteObject" in p.actions and any(arn.endswith("{backups}/*") for arn in p.on)}

    assert deleting == {
        (Who.AIRFLOW, Need.RETENTION),
        (Who.AIRFLOW, Need.WORKER),
        (Who.CLUSTER, Need.BACKUP),
        (Who.JOBS, Need.BACKUP),
    }


def test_who_only_restores_can_change_no_table_of_the_backup() -> None:
    restoring = chosen(TABLE, Who.AIRFLOW, [Need.BACKUP, Need.CLUSTERS, Need.RESTORE, Need.IMPORT])

    assert [p for p in restoring if "dynamodb:UpdateTable" in p.actions and any("{prefix}" in arn for arn in p.on)] == []


@pytest.mark.parametrize(("who", "need"), sorted({(p.who, p.need) for p in TABLE}, key=str))
def test_a_policy_is_as_short_as_iam_takes_it(who: Who, need: Need) -> None:
    written = policy(statements(chosen(TABLE, who, [need]), lambda arn: access.filled(arn, {**NAMES, "account": "123456789012"})))

    assert len(json.dumps(written, separators=(",", ":"))) < 6144


def test_what_has_no_name_is_left_out() -> None:
    written: list[Any] = statements(chosen(TABLE, Who.AIRFLOW, [Need.ENCRYPTION]), lambda arn: access.filled(arn, {"key": "k"}))

    assert [each["Resource"] for each in written] == ["k", "k"]


@pytest.mark.parametrize(
    ("asked", "needs"),
    [
        pytest.param(("connector", False, True, False), "backup spike clusters", id="connector"),
        pytest.param(("connector", True, False, True), "backup clusters encryption", id="without spikes, encrypted"),
        pytest.param(("worker", False, False, False), "backup worker", id="worker"),
        pytest.param(("spark", True, False, False), "backup spark serverless", id="spark on EMR Serverless"),
        pytest.param(("native", False, False, False), "backup native", id="native"),
        pytest.param(("native", False, False, False, ["restore"]), "backup restore import", id="native restore"),
        pytest.param(("auto", False, True, False, ["backup", "restore"]), "backup spike spark clusters worker native restore import", id="auto"),
        pytest.param(("connector", False, False, False, ["retention"]), "backup clusters retention", id="retention"),
    ],
)
def test_what_is_needed_follows_from_the_settings(asked: Any, needs: str) -> None:
    assert needs_of(*asked) == {Need(word) for word in needs.split()}
