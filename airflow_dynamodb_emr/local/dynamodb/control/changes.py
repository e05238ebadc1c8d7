"""What UpdateTable can change while the table is UPDATING: throughput, and indexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from airflow_dynamodb_emr.local.dynamodb.capacity import Capacity
from airflow_dynamodb_emr.local.dynamodb.control.rules import check_keys, check_new, check_units
from airflow_dynamodb_emr.local.dynamodb.indexes import Index
from airflow_dynamodb_emr.local.dynamodb.table import Table, capacity_of
from airflow_dynamodb_emr.local.http.protocol import Refused, Request, invalid
from airflow_dynamodb_emr.local.knobs import Knobs


class Change(NamedTuple):
    """What happens as a change is accepted, and as the table is ACTIVE again."""

    begin: Callable[[], None]
    end: Callable[[], None]


def units_change(capacity: Capacity, units: dict[str, int]) -> Change:
    read, write = units["ReadCapacityUnits"], units["WriteCapacityUnits"]
    return Change(lambda: capacity.accept(read, write), lambda: capacity.apply(read, write))


def index_change(table: Table, update: Request, mode: str, knobs: Knobs) -> list[Change]:
    """*update* is one of GlobalSecondaryIndexUpdates."""
    if "Create" in update:
        return [_creation(table, update["Create"], mode, knobs)]
    change = update.get("Update") or update["Delete"]
    index = next((index for index in table.global_indexes if index.name == change["IndexName"]), None)
    if index is None or index.capacity is None:
        raise Refused("ResourceNotFoundException", f"Requested resource not found: Index: {change['IndexName']} not found")
    if "Delete" in update:
        return [Change(_status(index, "DELETING"), lambda: table.indexes.remove(index))]
    return _new_throughput(index, index.capacity, change, mode)


def _new_throughput(index: Index, capacity: Capacity, change: Request, mode: str) -> list[Change]:
    changes: list[Change] = []
    if "ProvisionedThroughput" in change:
        check_units(mode, change)
        check_new(capacity, change["ProvisionedThroughput"], f"index {index.name}")
        changes += [Change(_status(index, "UPDATING"), nothing), units_change(capacity, change["ProvisionedThroughput"])]
    if "OnDemandThroughput" in change:
        changes.append(Change(lambda: capacity.limit_to(change["OnDemandThroughput"]), nothing))
    return changes


def _creation(table: Table, request: Request, mode: str, knobs: Knobs) -> Change:
    if any(index.name == request["IndexName"] for index in table.indexes):
        raise invalid(f"Attempting to create an index which already exists: {request['IndexName']}")
    if any(index.status == "CREATING" for index in table.indexes):
        raise Refused("LimitExceededException", "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
    check_keys(request["KeySchema"])
    check_units(mode, request)
    index = Index(request, table.keys, capacity_of(request, knobs))

    def begin() -> None:
        index.backfill(knobs.update_seconds + knobs.backfill_seconds)
        index.recount(row.item for row in table.store)
        table.indexes.append(index)

    return Change(begin, nothing)


def _status(index: Index, status: str) -> Callable[[], None]:
    return lambda: setattr(index, "status", status)


def nothing() -> None:
    pass
