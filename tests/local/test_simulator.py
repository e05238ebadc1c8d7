"""The stand-in's simulator of IAM: it says what the policies of a role say."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.simulator import OPERATION, Simulator

PASS = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:r", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}
POLICY = [
    {"Effect": "Allow", "Action": ["s3:Get*", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"},
    {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/kept/*"},
    PASS,
]


def ask(monkeypatch: pytest.MonkeyPatch, action: str, resource: str, service: str = "", policy: Any = POLICY) -> str:
    documents = None if policy is None else [json.dumps({"Version": "2012-10-17", "Statement": policy})]
    monkeypatch.setattr(moto_side, "policies", lambda _: documents)
    context = {"ContextEntries.member.1.ContextKeyName": "iam:PassedToService", "ContextEntries.member.1.ContextKeyValues.member.1": service}
    form = {"PolicySourceArn": "arn:role", "ActionNames.member.1": action, "ResourceArns.member.1": resource, **(context if service else {})}
    answer = Simulator().call(OPERATION, {"form": urlencode(form)}).decode()
    return re.findall("<EvalDecision>(.*?)</EvalDecision>", answer)[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("action", "resource", "service", "decision"),
    [
        pytest.param("s3:GetObject", "arn:aws:s3:::b/x", "", "allowed", id="allowed"),
        pytest.param("s3:GetObject", "arn:aws:s3:::c/x", "", "implicitDeny", id="another bucket"),
        pytest.param("s3:DeleteObject", "arn:aws:s3:::b/x", "", "implicitDeny", id="another action"),
        pytest.param("s3:PutObject", "arn:aws:s3:::b/kept/x", "", "explicitDeny", id="denied, whatever allows it"),
        pytest.param("iam:PassRole", "arn:r", "ec2.amazonaws.com", "allowed", id="to the right service"),
        pytest.param("iam:PassRole", "arn:r", "lambda.amazonaws.com", "implicitDeny", id="to another service"),
    ],
)
def test_a_decision_is_that_of_the_policies(monkeypatch: pytest.MonkeyPatch, action: str, resource: str, service: str, decision: str) -> None:
    assert ask(monkeypatch, action, resource, service) == decision


def test_who_has_no_policies_may_do_everything_as_on_all_of_the_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(monkeypatch, "s3:DeleteBucket", "arn:aws:s3:::b", policy=None) == "allowed"
