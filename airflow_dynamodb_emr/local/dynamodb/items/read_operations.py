"""DynamoDB's operations that read items."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from airflow_dynamodb_emr.local.dynamodb.consumed import ThroughputExceeded, Used
from airflow_dynamodb_emr.local.dynamodb.expressions.paths import project
from airflow_dynamodb_emr.local.dynamodb.expressions.tokens import Placeholders, paths_of
from airflow_dynamodb_emr.local.dynamodb.items import queries, reads
from airflow_dynamodb_emr.local.dynamodb.items.store import Row
from airflow_dynamodb_emr.local.dynamodb.tables import Tables
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Refused, Request, invalid

_MOST_KEYS, _LARGEST_ANSWER_BYTES = 100, 16 * 2**20
_OLD_WAYS = (
    "AttributesToGet", "AttributeUpdates", "ConditionalOperator", "Expected", "KeyConditions", "QueryFilter", "ScanFilter",
)  # fmt: skip


class HasTables(Protocol):
    """What the operations on items need of their service."""

    tables: Tables


def refuse_old_ways(request: Request) -> None:
    """The parameters from before there were expressions."""
    for name in _OLD_WAYS:
        if name in request:
            raise Refused("UnknownOperationException", f"the stand-in for AWS does not do {name}: use an expression")


def consumed(used: list[tuple[str, Used]], request: Request, many: bool) -> list[tuple[str, bytes]]:
    """The field ConsumedCapacity, where it is asked for."""
    described = [one.describe(name.rpartition("table/")[2], request.get("ReturnConsumedCapacity")) for name, one in used]
    told = [one for one in described if one]
    return [("ConsumedCapacity", msgspec.json.encode(told if many else told[0]))] if told else []


def _scan(dynamodb: HasTables, request: Request) -> Answer:
    refuse_old_ways(request)
    table = dynamodb.tables.open(request["TableName"])
    if any(name in request for name in queries.NEEDS_A_LOOK):
        return queries.read(table, request)
    return reads.scan(table, request)


def _query(dynamodb: HasTables, request: Request) -> Answer:
    refuse_old_ways(request)
    table = dynamodb.tables.open(request["TableName"])
    if "KeyConditionExpression" not in request:
        raise invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
    return queries.query(table, request)


def _get(dynamodb: HasTables, request: Request) -> Answer:
    refuse_old_ways(request)
    table = dynamodb.tables.open(request["TableName"])
    row, used = reads.get(table, request["Key"], request)
    fields = [("Item", _projected(row, request))] if row else []
    return reads.joined(fields + consumed([(table.name, used)], request, many=False))


def _projected(row: Row, request: Request) -> bytes:
    if "ProjectionExpression" not in request:
        return row.json
    placeholders = Placeholders(request)
    paths = paths_of(request["ProjectionExpression"], "ProjectionExpression", placeholders)
    placeholders.check_used()
    return msgspec.json.encode(project(row.item, paths))


def _batch_get(dynamodb: HasTables, request: Request) -> Answer:
    asked = [(name, keys, key) for name, keys in request["RequestItems"].items() for key in keys["Keys"]]
    if not 1 <= len(asked) <= _MOST_KEYS:
        raise invalid("Too many items requested for the BatchGetItem call" if asked else "Batch get request must have at least one key")
    found: dict[str, list[bytes]] = {name: [] for name in request["RequestItems"]}
    undone: dict[str, Any] = {}
    used: dict[str, Used] = {}
    refusals = []
    for name, keys, key in asked:
        refuse_old_ways(keys)
        got = _attempt(dynamodb, name, keys, key, sum(map(len, found[name])))
        if isinstance(got, ThroughputExceeded):
            refusals.append(got)
            undone.setdefault(name, {**keys, "Keys": []})["Keys"].append(key)
        else:
            used[name] = got[1] + used.get(name)
            found[name] += [_projected(got[0], keys)] if got[0] else []
    if refusals and not used:
        raise refusals[0]
    responses = reads.joined((name, b"[" + b",".join(items) + b"]") for name, items in found.items())
    rest = [("UnprocessedKeys", msgspec.json.encode(undone)), *consumed(list(used.items()), request, many=True)]
    return reads.joined([("Responses", responses), *rest])


def _attempt(dynamodb: HasTables, name: str, keys: Request, key: Any, size: int) -> tuple[Row | None, Used] | ThroughputExceeded:
    if size > _LARGEST_ANSWER_BYTES:
        return ThroughputExceeded("ProvisionedThroughputExceededException", "the answer is full")
    try:
        return reads.get(dynamodb.tables.open(name), key, keys)
    except ThroughputExceeded as refusal:
        return refusal


OPERATIONS: dict[str, Operation] = {"BatchGetItem": _batch_get, "GetItem": _get, "Query": _query, "Scan": _scan}
