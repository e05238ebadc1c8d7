"""IAM's simulator of policies, which moto does not have: what the policies of a role in moto say of an action."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs

from airflow_dynamodb_emr.local import moto_side

OPERATION = "SimulatePrincipalPolicy"
_ANSWER = """<{0}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{0}Result><IsTruncated>false</IsTruncated><EvaluationResults>{1}
</EvaluationResults></{0}Result></{0}Response>"""
_RESULT = """<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName>
<EvalDecision>{decision}</EvalDecision></member>"""


class Simulator:
    """Who has no role in moto may do everything, as on all of the stand-in; policies of buckets are not looked at, and AWS does not either."""

    def call(self, operation: str, request: Any) -> bytes:  # noqa: ARG002 - there is but one
        asked = parse_qs(request["form"])
        policies = moto_side.policies(asked["PolicySourceArn"][0])
        context = dict(
            zip(_members(asked, "ContextEntries", ".ContextKeyName"), _members(asked, "ContextEntries", ".ContextKeyValues.member.1"), strict=True)
        )
        results = (
            _RESULT.format(action=action, resource=resource, decision=_decision(policies, action, resource, context))
            for action in _members(asked, "ActionNames")
            for resource in _members(asked, "ResourceArns") or ["*"]
        )
        return _ANSWER.format(OPERATION, "".join(results)).encode()


def _members(asked: dict[str, list[str]], name: str, of: str = "") -> list[str]:
    found = (asked.get(f"{name}.member.{number}{of}") for number in range(1, 200))
    return [each[0] for each in found if each]


def _decision(policies: list[str] | None, action: str, resource: str, context: dict[str, str]) -> str:
    if policies is None:
        return "allowed"
    effects = {said["Effect"] for said in _statements(policies) if _matches(said, action, resource, context)}
    return "explicitDeny" if "Deny" in effects else "allowed" if "Allow" in effects else "implicitDeny"


def _statements(policies: Iterable[str]) -> Iterator[Any]:
    for policy in policies:
        yield from _all(json.loads(policy)["Statement"])


def _matches(said: Any, action: str, resource: str, context: dict[str, str]) -> bool:
    right = all(context.get(key) in _all(value) for key, value in said.get("Condition", {}).get("StringEquals", {}).items())
    of_action = any(fnmatchcase(action.lower(), each.lower()) for each in _all(said["Action"]))
    return right and of_action and any(fnmatchcase(resource, each) for each in _all(said["Resource"]))


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
