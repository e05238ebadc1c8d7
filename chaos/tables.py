"""Tables of every kind, and everything about their throughput that must be as it was in the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflow_dynamodb_emr.local.process import StandIn

PREFIX = "CHAOS_"
_UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 50}
_ITEMS, _ITEM_BYTES = 5, 30_000  # 18 read units' worth of work: some seconds at the table's own rate
_NAMESPACE = {"ServiceNamespace": "dynamodb"}
_FAR_AWAY = "cron(0 3 1 1 ? 2099)"

# Name -> what it has beside a key and provisioned units.
KINDS: dict[str, set[str]] = {
    "plain": set(),
    "sorted": {"sort key"},
    "index": {"index"},
    "two-indexes": {"index", "second index"},
    "local-index": {"sort key", "local index"},
    "scaled": {"scaled"},
    "scaled-index": {"index", "scaled"},
    "scaled-suspended": {"scaled", "suspended"},
    "scaled-scheduled": {"scaled", "scheduled"},
    "streamed": {"stream"},
    "on-demand": {"on demand"},
    "empty": {"empty"},
}
NAMES = [f"{PREFIX}{name}" for name in KINDS]


def make(aws: StandIn) -> None:
    dynamodb = aws.client("dynamodb")
    for name, kind in zip(NAMES, KINDS.values(), strict=True):
        dynamodb.create_table(TableName=name, **_request(kind))
        for number in range(0 if "empty" in kind else _ITEMS):
            key = {"id": {"S": f"item {number}"}, **({"at": {"N": str(number)}} if "sort key" in kind else {})}
            dynamodb.put_item(TableName=name, Item={**key, "by": {"S": "somebody"}, "text": {"S": "x" * _ITEM_BYTES}})
        if "scaled" in kind:
            _scale(aws, name, kind)


def settings(aws: StandIn, name: str) -> dict[str, Any]:
    """Of a table that is there: whatever a spike or a reset could get wrong."""
    dynamodb, scaling = aws.client("dynamodb"), aws.client("application-autoscaling")
    table = dynamodb.describe_table(TableName=name)["Table"]
    kept = {
        key: table.get(key) for key in ("TableId", "TableStatus", "BillingModeSummary", "KeySchema", "StreamSpecification", "LocalSecondaryIndexes")
    }
    resources = [f"table/{name}", *(f"table/{name}/index/{each['IndexName']}" for each in table.get("GlobalSecondaryIndexes", []))]
    return {
        **kept,
        "units": {each.get("IndexName", ""): _units(each) for each in [table, *table.get("GlobalSecondaryIndexes", [])]},
        "targets": scaling.describe_scalable_targets(**_NAMESPACE, ResourceIds=resources)["ScalableTargets"],
        "policies": [scaling.describe_scaling_policies(**_NAMESPACE, ResourceId=each)["ScalingPolicies"] for each in resources],
        "scheduled": [scaling.describe_scheduled_actions(**_NAMESPACE, ResourceId=each)["ScheduledActions"] for each in resources],
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name in before:
        yield from (f"{name}: {key} is {after[name][key]}, it was {value}" for key, value in before[name].items() if after[name][key] != value)


def _units(described: dict[str, Any]) -> tuple[int, int]:
    units = described["ProvisionedThroughput"]
    return units["ReadCapacityUnits"], units["WriteCapacityUnits"]


def _request(kind: set[str]) -> dict[str, Any]:
    capacity: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"} if "on demand" in kind else {"ProvisionedThroughput": _UNITS}
    keys = {"id": "S", **({"at": "N"} if "sort key" in kind else {})}
    globals_ = [
        _index(name, ["by", "id"]) | capacity for name in ("first", "second") if (name == "first" and "index" in kind) or f"{name} index" in kind
    ]
    locals_ = [_index("local", ["id", "by"])] if "local index" in kind else []
    used = {**keys, **({"by": "S"} if globals_ or locals_ else {})}
    return {
        "KeySchema": _schema(list(keys)),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": type_} for name, type_ in used.items()],
        **capacity,
        **({"GlobalSecondaryIndexes": globals_} if globals_ else {}),
        **({"LocalSecondaryIndexes": locals_} if locals_ else {}),
        **({"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}} if "stream" in kind else {}),
    }


def _index(name: str, keys: list[str]) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": _schema(keys), "Projection": {"ProjectionType": "ALL"}}


def _schema(keys: list[str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(keys, ("HASH", "RANGE"), strict=False)]


def _scale(aws: StandIn, name: str, kind: set[str]) -> None:
    scaling = aws.client("application-autoscaling")
    resources = {"table": f"table/{name}", **({"index": f"table/{name}/index/first"} if "index" in kind else {})}
    for what, units in ((what, units) for what in resources for units in ("Read", "Write")):
        lowest = _UNITS[f"{units}CapacityUnits"]
        target = {**_NAMESPACE, "ResourceId": resources[what], "ScalableDimension": f"dynamodb:{what}:{units}CapacityUnits"}
        suspended = {"SuspendedState": {"DynamicScalingOutSuspended": True}} if "suspended" in kind else {}
        scaling.register_scalable_target(**target, MinCapacity=lowest, MaxCapacity=2 * lowest, **suspended)
        metric = {"TargetValue": 70.0, "PredefinedMetricSpecification": {"PredefinedMetricType": f"DynamoDB{units}CapacityUtilization"}}
        scaling.put_scaling_policy(**target, PolicyName=units, PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=metric)
        if "scheduled" in kind:
            scaling.put_scheduled_action(**target, ScheduledActionName="far away", Schedule=_FAR_AWAY, ScalableTargetAction={"MinCapacity": 6})
