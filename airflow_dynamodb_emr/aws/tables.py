"""DynamoDB's control plane: list, describe, create. Settings beside the table itself are in `schemas`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import together
from airflow_dynamodb_emr.aws.errors import code, is_missing
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


def create(dynamodb: DynamoDBClient, request: dict[str, Any]) -> bool:
    """False when the table is there already: a first try may have made it without our hearing of it."""
    try:
        dynamodb.create_table(**request)
    except ClientError as error:
        if code(error) == "ResourceInUseException":
            return False
        raise
    return True
