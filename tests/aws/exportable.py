"""Tables whose point-in-time recovery is on, and what is asked of their exports."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.aws import schemas
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.exporting import Wish
from airflow_dynamodb_emr.core.layout import Folder, S3Uri

ON = {"PointInTimeRecoveryEnabled": True}


def put(clients: Clients, table: str, *ids: str, **more: Any) -> None:
    for id in ids:
        clients.dynamodb.put_item(TableName=table, Item={"id": {"S": id}, **more})


def exportable(clients: Clients, make_table: Any, name: str, *ids: str, **more: Any) -> str:
    """A table of items with these ids, by its name."""
    make_table(name, **more)
    put(clients, name, *ids)
    clients.dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=ON)  # type: ignore[arg-type]
    return name


def wish_of(clients: Clients, folder: S3Uri, table: str, run: str = "run", **more: Any) -> Wish:
    """Its schema is saved in the backup's folder, as a plan saves it."""
    ((schema,), _) = schemas.save(clients, [table])
    Store(clients.s3).write_once(Folder(folder).schema(table), schema)
    return Wish.of(schema, run, str(folder), **more)
