"""Questions to a simulator, made of the table of permissions."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from airflow_dynamodb_emr.core import access
from airflow_dynamodb_emr.core.access import Need, Who
from airflow_dynamodb_emr.core.asking import asked, said, together
from airflow_dynamodb_emr.core.permissions import TABLE

ROLES = {name: f"arn:aws:iam::123456789012:role/{name}" for name in ("service_role", "cluster_role", "jobs_role", "key", "logs_key", "topic")}
PATTERNS = {"partition": "aws", "region": "eu-west-1", "account": "123456789012", "prefix": "PROD_", "restored": "PROD_", "backups": "b", "jars": "j"}
SAMPLES = {**PATTERNS, "prefix": "PROD_orders", "restored": "PROD_orders", "base": "b/dynamodb"}


@pytest.mark.parametrize("who", Who)
def test_what_is_asked_about_is_what_the_policies_allow(who: Who) -> None:
    allowed = access.statements(access.chosen(TABLE, who, Need), lambda arn: access.filled(arn, {**PATTERNS, **ROLES}))

    for question in asked(TABLE, who, Need, {**SAMPLES, **ROLES}):
        for resource in question.resources:
            patterns = [arn for said in allowed if question.action in listed(said["Action"]) for arn in listed(said["Resource"])]
            assert any(fnmatchcase(resource, pattern) for pattern in patterns), (question.action, resource)


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_no_question_has_a_star_in_it() -> None:
    resources = {resource for who in Who for each in asked(TABLE, who, Need, {**SAMPLES, **ROLES}) for resource in each.resources}

    assert {resource for resource in resources if "*" in resource or "{" in resource} == {"*"}


def test_what_has_no_name_is_not_asked() -> None:
    actions = {each.action for each in asked(TABLE, Who.AIRFLOW, [Need.CLUSTERS, Need.ENCRYPTION], SAMPLES)}

    assert "elasticmapreduce:RunJobFlow" in actions and not actions & {"iam:PassRole", "kms:Decrypt"}


def test_what_is_about_the_same_things_is_asked_together() -> None:
    groups = together(asked(TABLE, Who.AIRFLOW, [Need.CLUSTERS], {**SAMPLES, **ROLES}))

    assert sorted(len(group) for group in groups) == [1, 1, 1, 1, 8]


@pytest.mark.parametrize(
    ("arn", "words"),
    [
        ("arn:aws:s3:::b/dynamodb/check", "s3://b/dynamodb/check"),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/i", "table/orders/index/i"),
        ("arn:aws:logs:eu-west-1:123456789012:log-group:/aws-dynamodb/x", "log-group:/aws-dynamodb/x"),
    ],
)
def test_a_resource_is_said_in_short(arn: str, words: str) -> None:
    assert said(arn) == words
