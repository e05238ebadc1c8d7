"""Application Auto Scaling: the policies and schedules of scalable targets. Schedules are kept, not carried out."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Any, TypeAlias

from airflow_dynamodb_emr.local.http.protocol import ACCOUNT, Refused, Request, invalid

_KINDS = {
    "table": ("dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits"),
    "index": ("dynamodb:index:ReadCapacityUnits", "dynamodb:index:WriteCapacityUnits"),
}
TargetKey: TypeAlias = "tuple[str, str]"  # resource and dimension


class Rules:
    """Those of one kind, by target and name; *word* is what AWS puts before Name and ARN of it."""

    def __init__(self, region: str, word: str, kept: Sequence[str]) -> None:
        self._region, self._word, self._kept = region, word, kept
        self._rules: dict[tuple[TargetKey, str], dict[str, Any]] = {}

    def put(self, key: TargetKey, request: Request) -> str:
        """Its ARN. What the request does not give stays as it was."""
        name: str = request[f"{self._word}Name"]
        about = {"ServiceNamespace": "dynamodb", "ResourceId": key[0], "ScalableDimension": key[1]}
        new = {"CreationTime": time.time(), f"{self._word}ARN": self._arn(key, name)}
        given = {field: request[field] for field in (f"{self._word}Name", *self._kept) if field in request}
        self._rules[key, name] = {**new, **self._rules.get((key, name), {}), **about, **given}
        return self._arn(key, name)

    def find(self, request: Request) -> list[dict[str, Any]]:
        resource, dimension, names = request.get("ResourceId"), request.get("ScalableDimension"), request.get(f"{self._word}Names")
        return [
            rule
            for ((its_resource, its_dimension), name), rule in list(self._rules.items())
            if (not resource or its_resource == resource) and (not dimension or its_dimension == dimension) and (not names or name in names)
        ]

    def delete(self, key: TargetKey, request: Request) -> None:
        name = request[f"{self._word}Name"]
        if self._rules.pop((key, name), None) is None:
            raise not_found(f"No {self._word} {name} found for resource ID: {key[0]}, scalable dimension: {key[1]}")

    def forget(self, key: TargetKey) -> None:
        self._rules = {one: rule for one, rule in self._rules.items() if one[0] != key}

    def has(self, key: TargetKey) -> bool:
        return any(one == key for one, _ in self._rules)

    def _arn(self, key: TargetKey, name: str) -> str:
        kind, label = {"Policy": ("scalingPolicy", "policyName"), "ScheduledAction": ("scheduledAction", "scheduledActionName")}[self._word]
        unique = uuid.uuid5(uuid.NAMESPACE_URL, "/".join((*key, name)))
        return f"arn:aws:autoscaling:{self._region}:{ACCOUNT}:{kind}:{unique}:resource/dynamodb/{key[0]}:{label}/{name}"


def target_key(request: Request) -> TargetKey:
    resource, dimension = request["ResourceId"], request["ScalableDimension"]
    parts = resource.split("/")
    kind = {2: "table", 4: "index"}.get(len(parts), "")
    if parts[0] != "table" or dimension not in _KINDS.get(kind, ()):
        raise invalid("Unsupported service namespace, resource type or scalable dimension")
    return resource, dimension


def not_found(message: str) -> Refused:
    return Refused("ObjectNotFoundException", message)
