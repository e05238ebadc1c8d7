"""IAM's own simulator: whether a role's policies allow what cannot be tried. It knows nothing of policies of buckets and keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code
from airflow_dynamodb_emr.core.asking import Asked, together

ALLOWED, DENIED = "allowed", "explicitDeny"


class Decision(NamedTuple):
    """What IAM would do, and, where it would refuse, about which of the things that were asked about."""

    word: str
    refused: list[str]


def principal(clients: Clients, arn: str) -> str:
    """The role behind a session, whose ARN does not tell the role's path; empty for the account's root, which nothing is asked about."""
    *_, account, resource = arn.split(":", 5)
    kind, _, rest = resource.partition("/")
    if kind == "root":
        return ""
    if kind != "assumed-role":
        return arn.replace(":sts:", ":iam:", 1)
    name = rest.partition("/")[0]
    return role(clients, name, arn.split(":")[1], account)


def role(clients: Clients, name: str, partition: str, account: str) -> str:
    """Its ARN, as far as we may look."""
    try:
        return clients.iam.get_role(RoleName=name)["Role"]["Arn"]
    except ClientError:  # a path is rare, and without one this is it
        return f"arn:{partition}:iam::{account}:role/{name}"


def simulate(clients: Clients, who: str, questions: Iterable[Asked]) -> dict[tuple[str, str], Decision]:
    """The decision on each, by action and resources. Raises ClientError where we may not ask."""
    decisions: dict[tuple[str, str], Decision] = {}
    for group in together(questions):
        for each, decision in zip(group, _ask(clients, who, group), strict=True):
            decisions[each.action, each.on] = decision
    return decisions


def why_not(error: ClientError) -> str:
    return f"IAM's simulator cannot be asked ({code(error)})"


def _ask(clients: Clients, who: str, group: list[Asked]) -> list[Decision]:
    """Questions about the same things. One that is not allowed on each of them is not allowed."""
    service = group[0].permission.service
    context = [{"ContextKeyName": "iam:PassedToService", "ContextKeyValues": [service], "ContextKeyType": "string"}] if service else []
    about: dict[str, Any] = {"PolicySourceArn": who, "ResourceArns": group[0].resources, "ContextEntries": context}
    pages = clients.iam.get_paginator("simulate_principal_policy").paginate(ActionNames=[each.action for each in group], **about)
    results: list[Any] = [result for page in pages for result in page["EvaluationResults"]]
    return [_worst([pair for result in results if result["EvalActionName"] == each.action for pair in _pairs(result)]) for each in group]


def _pairs(result: Any) -> Iterator[tuple[str, str]]:
    """Each resource with the decision on it: IAM tells them one by one, or together."""
    yield result.get("EvalResourceName", "*"), result["EvalDecision"]
    for each in result.get("ResourceSpecificResults", []):
        yield each["EvalResourceName"], each["EvalResourceDecision"]


def _worst(pairs: list[tuple[str, str]]) -> Decision:
    refused = list(dict.fromkeys(name for name, decision in pairs if decision != ALLOWED))
    words = {decision for _, decision in pairs}
    return Decision(DENIED if DENIED in words else "implicitDeny" if refused or not pairs else ALLOWED, refused)
