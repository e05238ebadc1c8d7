"""UpdateTable: throughput, billing mode, indexes, and the settings that change at once."""

from __future__ import annotations

import time
from typing import Any

from airflow_dynamodb_emr.local.dynamodb.control.changes import Change, index_change, nothing, units_change
from airflow_dynamodb_emr.local.dynamodb.control.rules import check_account, check_new, check_units
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.dynamodb.tables import in_use
from airflow_dynamodb_emr.local.http.protocol import Request, invalid
from airflow_dynamodb_emr.local.knobs import Knobs

_CHANGES = (
    "ProvisionedThroughput", "BillingMode", "GlobalSecondaryIndexUpdates", "StreamSpecification", "SSESpecification",
    "DeletionProtectionEnabled", "TableClass", "OnDemandThroughput", "WarmThroughput",
)  # fmt: skip
_DOING = {"CREATING": "created", "UPDATING": "updated", "DELETING": "deleted"}


def update(table: Table, request: Request, others: list[Table], knobs: Knobs) -> dict[str, Any]:
    """The answer still shows the old values and counters, as that of AWS does."""
    with table.lock:
        if not any(name in request for name in _CHANGES):
            raise invalid(f"At least one of {', '.join(_CHANGES)} is required")
        if table.status != "ACTIVE":
            raise in_use(f"Table is being {_DOING[table.status]}: {table.name}")
        changes = _changes(table, request, others, knobs)
        _change_settings(table, request)
        answer = {**table.describe(), "TableStatus": "UPDATING" if changes else "ACTIVE"}
        _carry_out(table, changes, knobs.update_seconds)
        return answer


def _carry_out(table: Table, changes: list[Change], seconds: float) -> None:
    if not changes:
        return
    for change in changes:
        change.begin()

    def end() -> None:
        for change in changes:
            change.end()

    table.become("UPDATING", seconds, end)


def _changes(table: Table, request: Request, others: list[Table], knobs: Knobs) -> list[Change]:
    """Everything is checked before anything is begun."""
    mode: str = request.get("BillingMode", table.billing_mode)
    updates = request.get("GlobalSecondaryIndexUpdates") or []
    changes = _table_units(table, request, mode)
    changes += [change for update in updates for change in index_change(table, update, mode, knobs)]
    if mode != table.billing_mode:
        changes += _switch(table, mode, [update["Update"]["IndexName"] for update in updates if "Update" in update])
    if changes and mode == "PROVISIONED":
        check_account([other for other in others if other is not table], _wanted(table, request))
    if request.get("TableClass", table.table_class) != table.table_class:
        changes.append(Change(nothing, lambda: setattr(table, "table_class", request["TableClass"])))
    return changes


def _table_units(table: Table, request: Request, mode: str) -> list[Change]:
    if "ProvisionedThroughput" not in request and (mode == table.billing_mode or mode == "PAY_PER_REQUEST"):
        return []
    check_units(mode, request)
    check_new(table.capacity, request["ProvisionedThroughput"], "table")
    return [units_change(table.capacity, request["ProvisionedThroughput"])]


def _wanted(table: Table, request: Request) -> dict[str, int]:
    """What the table and its indexes will have."""
    updates = request.get("GlobalSecondaryIndexUpdates") or []
    given = {change["IndexName"]: change for update in updates for kind, change in update.items() if kind != "Delete"}
    created = [update["Create"] for update in updates if "Create" in update]
    pairs: list[tuple[Request, int, int]] = [(request, table.capacity.read, table.capacity.write)]
    pairs += [(given.get(index.name, {}), index.capacity.read, index.capacity.write) for index in table.global_indexes if index.capacity]
    pairs += [(index, 0, 0) for index in created]
    units = [(asked.get("ProvisionedThroughput") or {}, read, write) for asked, read, write in pairs]
    return {
        "ReadCapacityUnits": sum(asked.get("ReadCapacityUnits", read) for asked, read, _ in units),
        "WriteCapacityUnits": sum(asked.get("WriteCapacityUnits", write) for asked, _, write in units),
    }


def _switch(table: Table, mode: str, indexes_given: list[str]) -> list[Change]:
    if mode == "PROVISIONED":
        missing = [index.name for index in table.global_indexes if index.name not in indexes_given]
        if missing:
            raise invalid(f"One or more parameter values were invalid: ProvisionedThroughput must be specified for index: {missing[0]}")
        return [Change(nothing, lambda: setattr(table, "billing_mode", mode))]
    none = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    capacities = [table.capacity, *(index.capacity for index in table.global_indexes if index.capacity)]
    return [*(units_change(capacity, none) for capacity in capacities), Change(nothing, lambda: _on_demand(table))]


def _on_demand(table: Table) -> None:
    table.billing_mode, table.on_demand_since = "PAY_PER_REQUEST", time.time()


def _change_settings(table: Table, request: Request) -> None:
    """What changes without the table leaving ACTIVE."""
    if "StreamSpecification" in request:
        if table.streams and request["StreamSpecification"].get("StreamEnabled"):
            raise invalid(f"Table already has an enabled stream: TableName: {table.name}")
        table.set_stream(request["StreamSpecification"])
    if "SSESpecification" in request:
        table.encrypt(request["SSESpecification"])
    if "DeletionProtectionEnabled" in request:
        table.protected = request["DeletionProtectionEnabled"]
    if "OnDemandThroughput" in request:
        table.capacity.limit_to(request["OnDemandThroughput"])
    if "AttributeDefinitions" in request:
        given = {each["AttributeName"]: each for each in request["AttributeDefinitions"]}
        table.define(list({**{each["AttributeName"]: each for each in table.attributes}, **given}.values()))
