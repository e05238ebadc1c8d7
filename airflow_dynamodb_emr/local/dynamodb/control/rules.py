"""What CreateTable and UpdateTable refuse."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from airflow_dynamodb_emr.local.dynamodb.capacity import Capacity
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Refused, Request, invalid

TABLE_MAXIMUM, ACCOUNT_MAXIMUM = 40_000, 80_000
_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_WRONG = "One or more parameter values were invalid: "


def check_create(request: Request, others: list[Table]) -> None:
    name = request["TableName"]
    if not _NAME.fullmatch(name):
        raise invalid(f"Invalid table/index name. {name!r}: 3 to 255 of a-z, A-Z, 0-9, '_', '-', '.'")
    globals_, locals_ = request.get("GlobalSecondaryIndexes") or [], request.get("LocalSecondaryIndexes") or []
    check_keys(request["KeySchema"])
    if locals_ and len(request["KeySchema"]) < 2:
        raise invalid(f"{_WRONG}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex")
    check_attributes(request["AttributeDefinitions"], [request["KeySchema"], *(index["KeySchema"] for index in [*globals_, *locals_])])
    check_tags(request.get("Tags") or [])
    names = [index["IndexName"] for index in [*globals_, *locals_]]
    if len(set(names)) < len(names):
        raise invalid(f"{_WRONG}Duplicate index name")
    check_units(request.get("BillingMode", "PROVISIONED"), request)
    for index in globals_:
        check_units(request.get("BillingMode", "PROVISIONED"), index)
    check_account(others, sum_units([request, *globals_]))


def check_tags(tags: list[dict[str, str]]) -> None:
    reserved = [tag["Key"] for tag in tags if tag["Key"].lower().startswith("aws:")]
    if reserved:
        raise invalid(f"{_WRONG}Tag keys that start with aws: are reserved for AWS: {reserved[0]}")


def check_keys(schema: list[dict[str, str]]) -> None:
    if [key["KeyType"] for key in schema] not in (["HASH"], ["HASH", "RANGE"]):
        raise invalid(f"{_WRONG}Invalid KeySchema: The first KeySchemaElement must be a HASH key type, a second one a RANGE key type")


def check_attributes(definitions: list[dict[str, str]], schemas: Iterable[list[dict[str, str]]]) -> None:
    defined = {definition["AttributeName"] for definition in definitions}
    used = {key["AttributeName"] for schema in schemas for key in schema}
    if used - defined:
        raise invalid(f"{_WRONG}Some index key attributes are not defined in AttributeDefinitions. Keys: {sorted(used)}, defined: {sorted(defined)}")
    if defined - used:
        raise invalid(f"{_WRONG}Some AttributeDefinitions are not used. AttributeDefinitions: {sorted(defined)}, keys used: {sorted(used)}")


def check_units(billing_mode: str, request: Request) -> None:
    """Of a table or a global index."""
    units = request.get("ProvisionedThroughput")
    if billing_mode == "PAY_PER_REQUEST" and units:
        raise invalid(f"{_WRONG}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
    if billing_mode == "PROVISIONED" and not units:
        raise invalid(f"{_WRONG}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
    for name, value in (units or {}).items():
        check_maximum(name, value)


def check_maximum(name: str, value: int) -> None:
    if value < 1:
        raise invalid(f"1 validation error detected: Value '{value}' at '{name}': Member must have value greater than or equal to 1")
    if value > TABLE_MAXIMUM:
        raise Refused(
            "LimitExceededException",
            f"Subscriber limit exceeded: {name}: {value} is above the per table maximum for the account. Per table maximum: {TABLE_MAXIMUM}",
        )


def sum_units(requests: Iterable[Request]) -> dict[str, int]:
    units = [request.get("ProvisionedThroughput") or {} for request in requests]
    return {name: sum(one.get(name, 0) for one in units) for name in ("ReadCapacityUnits", "WriteCapacityUnits")}


def check_account(others: list[Table], wanted: dict[str, int]) -> None:
    """*wanted* units on top of what the *others* have."""
    standing: list[Capacity] = [capacity for table in others for capacity in _capacities(table)]
    used = {"ReadCapacityUnits": sum(c.read for c in standing), "WriteCapacityUnits": sum(c.write for c in standing)}
    for name, value in wanted.items():
        if value and used[name] + value > ACCOUNT_MAXIMUM:
            consequence = f"This operation would have caused the {name} limit to be exceeded for the account. Limit: {ACCOUNT_MAXIMUM}"
            raise Refused("LimitExceededException", f"Subscriber limit exceeded: {consequence}")


def check_new(capacity: Capacity, units: dict[str, Any], what: str) -> None:
    """*what* is the table, or an index and its name."""
    read, write = units["ReadCapacityUnits"], units["WriteCapacityUnits"]
    if capacity.provisioned and (read, write) == (capacity.read, capacity.write):
        raise invalid(
            f"The provisioned throughput for the {what} will not change. The requested value equals the current value. "
            f"Current ReadCapacityUnits provisioned for the {what}: {capacity.read}. Requested ReadCapacityUnits: {read}. "
            f"Current WriteCapacityUnits provisioned for the {what}: {capacity.write}. Requested WriteCapacityUnits: {write}. "
            "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
        )
    for name in ("ReadCapacityUnits", "WriteCapacityUnits"):
        check_maximum(name, units[name])
    capacity.check(read, write)


def _capacities(table: Table) -> list[Capacity]:
    return [table.capacity, *(index.capacity for index in table.global_indexes if index.capacity)]
