"""DynamoDB's control plane: list, describe, save, create."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import together
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, is_missing, message
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def list_tables(dynamodb: DynamoDBClient) -> list[str]:
    return [name for page in dynamodb.get_paginator("list_tables").paginate() for name in page["TableNames"]]


def describe(dynamodb: DynamoDBClient, name: str) -> dict[str, Any] | None:
    """None when there is no such table."""
    try:
        return dict(dynamodb.describe_table(TableName=name)["Table"])
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def look(dynamodb: DynamoDBClient, name: str) -> Table | None:
    description = describe(dynamodb, name)
    return None if description is None else Table.of(description)


def look_at(dynamodb: DynamoDBClient, names: Iterable[str]) -> list[Table]:
    """Those of these tables that are there to be read."""
    found = together.each(lambda name: look(dynamodb, name), names)
    return [table for table in found if table and table.status != "DELETING"]


def save(clients: Clients, names: Iterable[str]) -> tuple[list[Schema], list[str]]:
    """The schemas of these tables, and the names of those that vanished meanwhile."""
    wanted = list(names)
    schemas = together.each(lambda name: _save(clients, name), wanted)
    return [schema for schema in schemas if schema], [name for name, schema in zip(wanted, schemas, strict=True) if schema is None]


def create(dynamodb: DynamoDBClient, request: dict[str, Any]) -> bool:
    """False when the table is there already: a first try may have made it without our hearing of it."""
    try:
        dynamodb.create_table(**request)
    except ClientError as error:
        if code(error) == "ResourceInUseException":
            return False
        raise
    return True


def _save(clients: Clients, name: str) -> Schema | None:
    table = describe(clients.dynamodb, name)
    if table is None or table["TableStatus"] == "DELETING":
        return None
    settings, unread = {}, {}
    for operation, ask in _settings(clients, table).items():
        try:
            settings[operation] = {key: value for key, value in ask().items() if key != "ResponseMetadata"}
        except ClientError as error:  # a setting that may not be read does not hold up a backup; the schema file says so
            unread[operation] = f"{code(error)}: {message(error)}"
    return Schema(table=table, settings=settings, unread=unread)


def _settings(clients: Clients, table: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    name = table["TableName"]
    return {
        "DescribeTimeToLive": lambda: clients.dynamodb.describe_time_to_live(TableName=name),
        "ListTagsOfResource": lambda: clients.dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"]),
        "DescribeContinuousBackups": lambda: clients.dynamodb.describe_continuous_backups(TableName=name),
    }
