"""The tables of `scale` and `orchestration`: small. Those of `scale` are a mix of what costs a run different numbers of calls."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from airflow_dynamodb_emr.local.process import StandIn

PREFIX = "SCALE_"
SPIKE_MINUTES = 0.05
_ITEMS = 5
_UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 50}


@dataclass(frozen=True)
class Kind:
    """Large items: at its own units the table takes longer than SPIKE_MINUTES, so it is spiked where it is provisioned."""

    item_bytes: int = 300
    provisioned: bool = True
    indexed: bool = False
    autoscaled: bool = False


_LARGE = 30_000
MIX = [  # of each ten tables
    *[Kind(provisioned=False)] * 4,
    Kind(),
    Kind(indexed=True),
    *[Kind(_LARGE)] * 2,
    Kind(_LARGE, indexed=True),
    Kind(_LARGE, indexed=True, autoscaled=True),
]
TINY = [Kind(provisioned=False)]  # never spiked


def make(aws: StandIn, tables: int, mix: Sequence[Kind] = MIX) -> list[str]:
    names = [f"{PREFIX}{number:04d}" for number in range(tables)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: _make(aws, names[number], mix[number % len(mix)]), range(tables)))
    return names


def units(aws: StandIn, names: list[str]) -> dict[str, list[tuple[int, int]]]:
    """Read and write units of each table and its indexes."""
    dynamodb = aws.client("dynamodb")
    return {name: _units(dynamodb.describe_table(TableName=name)["Table"]) for name in names}


def _units(table: dict[str, Any]) -> list[tuple[int, int]]:
    throughputs = [of["ProvisionedThroughput"] for of in [table, *table.get("GlobalSecondaryIndexes", [])]]
    return [(each["ReadCapacityUnits"], each["WriteCapacityUnits"]) for each in throughputs]


def _make(aws: StandIn, name: str, kind: Kind) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(TableName=name, **_shape(kind))
    for number in range(_ITEMS):
        item = {"id": {"S": f"item {number}"}, "by": {"S": "somebody"}, "text": {"S": "x" * kind.item_bytes}}
        dynamodb.put_item(TableName=name, Item=item)
    if kind.autoscaled:
        target = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{name}", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}
        aws.client("application-autoscaling").register_scalable_target(**target, MinCapacity=5, MaxCapacity=40)


def _shape(kind: Kind) -> dict[str, Any]:
    capacity: dict[str, Any] = {"ProvisionedThroughput": _UNITS} if kind.provisioned else {}
    index = {"IndexName": "by_by", "KeySchema": [_key("by")], "Projection": {"ProjectionType": "ALL"}, **capacity}
    return {
        "KeySchema": [_key("id")],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in (["id", "by"] if kind.indexed else ["id"])],
        "BillingMode": "PROVISIONED" if kind.provisioned else "PAY_PER_REQUEST",
        **capacity,
        **({"GlobalSecondaryIndexes": [index]} if kind.indexed else {}),
    }


def _key(name: str) -> dict[str, str]:
    return {"AttributeName": name, "KeyType": "HASH"}
