"""Tables with every setting that they have: saved before a dump, and looked at again when a restore puts them back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws import autoscaling, tables, together
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, message
from airflow_dynamodb_emr.aws.pages import paged
from airflow_dynamodb_emr.core.schema import RECOVERY, SCALING, Schema

_OWN_KEY = "alias/aws/dynamodb"  # that AWS keeps for DynamoDB in each account and region
_NO_POLICY = "PolicyNotFoundException"
Ask = Callable[[Clients, dict[str, Any]], Any]


def save(clients: Clients, names: Iterable[str], only: Collection[str] | None = None) -> tuple[list[Schema], list[str]]:
    """The schemas of these tables, and the names of those that vanished meanwhile. *only* these settings, where not all are wanted."""
    wanted, operations = list(names), OPERATIONS if only is None else only
    found = together.each(lambda name: tables.describe(clients.dynamodb, name), wanted)
    there = [table for table in found if table and table["TableStatus"] != "DELETING"]
    shared = _Shared(clients, there, operations)
    schemas = together.each(lambda table: _schema(clients, table, operations, shared), there)
    return schemas, sorted(set(wanted) - {schema.name for schema in schemas}, key=wanted.index)


def look(clients: Clients, name: str, operations: Collection[str]) -> Schema | None:
    """As much of it as these operations tell; None where there is no such table. What cannot be read is raised."""
    table = tables.describe(clients.dynamodb, name)
    if table is None:
        return None
    scaling = autoscaling.saved(clients.autoscaling, [table]) if SCALING & set(operations) else {}
    own = {operation: _answer(clients, table, operation) for operation in operations if operation in _OF_A_TABLE}
    return Schema(table=table, settings={**own, **scaling.get(name, {})})


class _Shared:
    """What is asked for once for all tables."""

    def __init__(self, clients: Clients, there: list[dict[str, Any]], operations: Collection[str]) -> None:
        self.unread: dict[str, str] = {}
        self._scaling: Mapping[str, dict[str, Any]] = {}
        self._key: dict[str, Any] = {}
        if SCALING & set(operations):
            self._scaling = _or_why(self.unread, SCALING, lambda: autoscaling.saved(clients.autoscaling, there)) or {}
        if "DescribeKey" in operations and any("SSEDescription" in table for table in there):
            self._key = _or_why(self.unread, {"DescribeKey"}, lambda: _without_metadata(clients.kms.describe_key(KeyId=_OWN_KEY))) or {}

    def settings(self, table: dict[str, Any]) -> dict[str, Any]:
        key = {"DescribeKey": self._key} if self._key and "SSEDescription" in table else {}
        return {**self._scaling.get(table["TableName"], {}), **key}


def _schema(clients: Clients, table: dict[str, Any], operations: Collection[str], shared: _Shared) -> Schema:
    settings, unread = shared.settings(table), dict(shared.unread)
    if "SSEDescription" not in table:
        unread.pop("DescribeKey", None)
    for operation in (each for each in _OF_A_TABLE if each in operations):
        answer = _or_why(unread, {operation}, lambda operation=operation: _answer(clients, table, operation))  # type: ignore[misc]
        if operation not in unread:
            settings[operation] = answer
    return Schema(table=table, settings=settings, unread=unread)


def _or_why(unread: dict[str, str], operations: Collection[str], ask: Callable[[], Any]) -> Any:
    """A setting that may not be read does not hold up a backup; the schema file says so."""
    try:
        return ask()
    except ClientError as error:
        unread.update(dict.fromkeys(operations, f"{code(error)}: {message(error)}"))
    except BotoCoreError as error:
        unread.update(dict.fromkeys(operations, str(error)))
    return None


def _answer(clients: Clients, table: dict[str, Any], operation: str) -> dict[str, Any]:
    return _without_metadata(_OF_A_TABLE[operation](clients, table))


def _without_metadata(answer: Any) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def _policy(clients: Clients, table: dict[str, Any]) -> Any:
    try:
        return clients.dynamodb.get_resource_policy(ResourceArn=table["TableArn"])
    except ClientError as error:
        if code(error) == _NO_POLICY:
            return {}
        raise


def _tags(clients: Clients, table: dict[str, Any]) -> Any:
    return {"Tags": paged(clients.dynamodb.list_tags_of_resource, "Tags", ResourceArn=table["TableArn"])}


def _insights(clients: Clients, table: dict[str, Any]) -> Any:
    """Of the table and its indexes, with one call."""
    field = "ContributorInsightsSummaries"
    return {field: paged(clients.dynamodb.list_contributor_insights, field, TableName=table["TableName"])}


_OF_A_TABLE: dict[str, Ask] = {
    "DescribeTimeToLive": lambda clients, table: clients.dynamodb.describe_time_to_live(TableName=table["TableName"]),
    "ListTagsOfResource": _tags,
    RECOVERY: lambda clients, table: clients.dynamodb.describe_continuous_backups(TableName=table["TableName"]),
    "GetResourcePolicy": _policy,
    "ListContributorInsights": _insights,
    "DescribeKinesisStreamingDestination": lambda clients, table: clients.dynamodb.describe_kinesis_streaming_destination(
        TableName=table["TableName"]
    ),
}
OPERATIONS = frozenset({*_OF_A_TABLE, *SCALING, "DescribeKey"})
