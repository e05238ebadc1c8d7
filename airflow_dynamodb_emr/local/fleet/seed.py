"""What the stand-in holds from the start: buckets, roles, the connector's jar; and a fleet of tables."""

from __future__ import annotations

import gc
from random import Random
from typing import Any

from msgspec.json import encode

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.dynamodb.items.attributes import item_size
from airflow_dynamodb_emr.local.dynamodb.items.store import Row
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.fleet.items import Item, key
from airflow_dynamodb_emr.local.fleet.shapes import Shape, fleet
from airflow_dynamodb_emr.local.regions import Region

BASE = "s3://local-backups/dynamodb"
CONNECTOR_JAR = "s3://local-artifacts/emr-dynamodb-tools-5.6.0.jar"
_KEYS = ("id", "at")
_ITEMS_OF_ONE_HASH_KEY = 20


def seed(region: Region, tables: int) -> None:
    """*tables* of the fleet, and what is always there."""
    for bucket in ("local-backups", "local-artifacts"):
        moto_side.make_bucket(bucket, region.name)
    moto_side.put_object(S3Uri.parse(CONNECTOR_JAR), b"This is no jar: the stand-in for AWS runs a Python emulation of the connector in its place.\n")
    moto_side.make_role("EMR_DefaultRole", "elasticmapreduce.amazonaws.com")
    moto_side.make_role("EMR_EC2_DefaultRole", "ec2.amazonaws.com")
    moto_side.make_instance_profile("EMR_EC2_DefaultRole")
    gc.disable()  # it would look through all items again and again
    for name, shape in fleet(tables):
        _make(region, name, shape)
    gc.freeze()
    gc.enable()


def _make(region: Region, name: str, shape: Shape) -> None:
    dynamodb = region.dynamodb
    dynamodb.create_table(_request(name, shape))
    table = dynamodb.tables.get(name)
    table.become("CREATING", 0)
    table.settle()
    if shape.expires:
        dynamodb.update_time_to_live({"TableName": name, "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires"}})
    _fill(table, shape)
    if shape.recoverable:
        dynamodb.update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}})
    if shape.units and shape.most:
        _autoscale(region, name, shape)


def _request(name: str, shape: Shape) -> dict[str, Any]:
    keys = dict(zip(_KEYS, shape.keys, strict=False))
    attributes = {**keys, **dict.fromkeys(shape.globals, "S"), **dict.fromkeys(shape.locals, "N")}
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": shape.units[0], "WriteCapacityUnits": shape.units[1]}} if shape.units else {}
    hashed, *ranged = keys
    globals_ = [{**_index(f"by_{by}", [by, hashed]), **units} for by in shape.globals]
    locals_ = [_index(f"local_by_{by}", [hashed, by]) for by in shape.locals]
    return {
        "TableName": name,
        "KeySchema": _schema([hashed, *ranged]),
        "AttributeDefinitions": [{"AttributeName": attribute, "AttributeType": kind} for attribute, kind in attributes.items()],
        "BillingMode": "PROVISIONED" if units else "PAY_PER_REQUEST",
        "Tags": [{"Key": tag, "Value": value} for tag, value in shape.tags],
        **units,
        **({"GlobalSecondaryIndexes": globals_} if globals_ else {}),
        **({"LocalSecondaryIndexes": locals_} if locals_ else {}),
        **({"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}} if shape.streams else {}),
    }


def _index(name: str, keys: list[str]) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": _schema(keys), "Projection": {"ProjectionType": "ALL"}}


def _schema(keys: list[str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(keys, ("HASH", "RANGE"), strict=False)]


def _fill(table: Table, shape: Shape) -> None:
    """Without capacity, and sorted once."""
    random = Random(table.name)
    items = ({**shape.make(random, number), **_key(shape, number)} for number in range(shape.items))
    table.store.fill((table.store.key(item), Row(size, encode(item))) for item in items if (size := item_size(item)))
    for index in table.indexes:
        index.recount(row.item for row in table.store)


def _key(shape: Shape, number: int) -> Item:
    """Without a range key every item has a hash key of its own, with one twenty share it."""
    if len(shape.keys) == 1:
        return {"id": key(shape.keys, number)}
    return {"id": key(shape.keys[0], number // _ITEMS_OF_ONE_HASH_KEY), "at": key(shape.keys[1], number)}


def _autoscale(region: Region, name: str, shape: Shape) -> None:
    assert shape.units
    resources = [("table", f"table/{name}"), *(("index", f"table/{name}/index/by_{by}") for by in shape.globals)]
    for word, resource in resources:
        for kind, units in zip(("Read", "Write"), shape.units, strict=True):
            target = {"ServiceNamespace": "dynamodb", "ResourceId": resource, "ScalableDimension": f"dynamodb:{word}:{kind}CapacityUnits"}
            region.autoscaling.register_scalable_target({**target, "MinCapacity": units, "MaxCapacity": shape.most})
            metric = {"PredefinedMetricType": f"DynamoDB{kind}CapacityUtilization"}
            tracking = {"TargetValue": 70.0, "PredefinedMetricSpecification": metric}
            policy = {"PolicyName": f"${resource}-{kind.lower()}", "PolicyType": "TargetTrackingScaling"}
            region.autoscaling.put_scaling_policy({**target, **policy, "TargetTrackingScalingPolicyConfiguration": tracking})
