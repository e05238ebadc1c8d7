"""DynamoDB's operations that write items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from airflow_dynamodb_emr.local.dynamodb.expressions.conditions import condition
from airflow_dynamodb_emr.local.dynamodb.expressions.paths import Path
from airflow_dynamodb_emr.local.dynamodb.expressions.tokens import Placeholders
from airflow_dynamodb_emr.local.dynamodb.expressions.updates import Update
from airflow_dynamodb_emr.local.dynamodb.items import reads, writes
from airflow_dynamodb_emr.local.dynamodb.items.keys import check_key
from airflow_dynamodb_emr.local.dynamodb.items.read_operations import HasTables, consumed, refuse_old_ways
from airflow_dynamodb_emr.local.dynamodb.items.store import Item, Row
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Refused, Request, invalid

Fields = list[tuple[str, bytes]]


def _put(dynamodb: HasTables, request: Request) -> Answer:
    return _write(dynamodb, request, lambda table: writes.put(table, request["Item"]))


def _delete(dynamodb: HasTables, request: Request) -> Answer:
    return _write(dynamodb, request, lambda table: writes.delete(table, request["Key"]))


def _write(dynamodb: HasTables, request: Request, prepare: Callable[[Table], writes.Write]) -> Answer:
    refuse_old_ways(request)
    wanted, placeholders = request.get("ReturnValues", "NONE"), Placeholders(request)
    if wanted not in ("NONE", "ALL_OLD"):
        raise invalid("Return values set to invalid value")
    table = dynamodb.tables.open(request["TableName"])
    with table.lock:
        write = prepare(table)
        old = table.store.get(write.key)
        _check_condition(request, placeholders, old)
        placeholders.check_used()
        used = writes.carry_out(write)
    fields = [("Attributes", old.json)] if old and wanted == "ALL_OLD" else []
    return reads.joined(fields + consumed([(table.name, used)], request, many=False))


def _update(dynamodb: HasTables, request: Request) -> Answer:
    refuse_old_ways(request)
    placeholders = Placeholders(request)
    table = dynamodb.tables.open(request["TableName"])
    update = Update(request.get("UpdateExpression", ""), placeholders)
    for path in update.paths:
        if path[0] in table.keys:
            raise invalid(f"One or more parameter values were invalid: Cannot update attribute {path[0]}. This attribute is part of the key")
    with table.lock:
        old = table.store.get(check_key(table, request["Key"]))
        _check_condition(request, placeholders, old)
        placeholders.check_used()
        new = update.apply(old.item if old else request["Key"])
        used = writes.carry_out(writes.put(table, new))
    return reads.joined(_told(request, update.paths, old, new) + consumed([(table.name, used)], request, many=False))


def _told(request: Request, paths: list[Path], old: Row | None, new: Item) -> Fields:
    wanted = request.get("ReturnValues", "NONE")
    if wanted == "NONE":
        return []
    item = new if wanted.endswith("NEW") else old.item if old else {}
    if wanted.startswith("UPDATED"):
        if any(len(path) > 1 for path in paths):
            raise Refused("UnknownOperationException", f"the stand-in for AWS does not do {wanted} of what is within attributes")
        item = {str(path[0]): item[str(path[0])] for path in paths if path[0] in item}
    return [("Attributes", msgspec.json.encode(item))] if item else []


def _check_condition(request: Request, placeholders: Placeholders, old: Row | None) -> None:
    text = request.get("ConditionExpression")
    if text and not condition(text, "ConditionExpression", placeholders)(old.item if old else {}):
        tells = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        raise Refused("ConditionalCheckFailedException", "The conditional request failed", fields={"Item": old.item} if old and tells else {})


def _batch_write(dynamodb: HasTables, request: Request) -> Answer:
    asked = [(name, one) for name, ones in request["RequestItems"].items() for one in ones]
    prepared = [(name, one, _prepared(dynamodb, name, one)) for name, one in asked]
    batch = [write for _, _, write in prepared]
    writes.check_batch(batch, sum(write.row.size for write in batch if write.row))
    undone, used = writes.carry_out_all(prepared)
    return reads.joined([("UnprocessedItems", msgspec.json.encode(undone)), *consumed(list(used.items()), request, many=True)])


def _prepared(dynamodb: HasTables, name: str, request: dict[str, Any]) -> writes.Write:
    table = dynamodb.tables.open(name)
    if len(request) != 1:
        raise invalid("Supplied WriteRequest must contain exactly one of PutRequest and DeleteRequest")
    if "PutRequest" in request:
        return writes.put(table, request["PutRequest"]["Item"])
    return writes.delete(table, request["DeleteRequest"]["Key"])


OPERATIONS: dict[str, Operation] = {"BatchWriteItem": _batch_write, "DeleteItem": _delete, "PutItem": _put, "UpdateItem": _update}
