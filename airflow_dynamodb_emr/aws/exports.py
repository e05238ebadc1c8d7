"""DynamoDB's own exports: started once, looked at, found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import attempts
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import code, refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.exported import ROOT
from airflow_dynamodb_emr.core.exporting import FAILED, Export, Wish
from airflow_dynamodb_emr.errors import BadInput, DynamoDBBackupError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_FAILED = 50  # attempts at one table that a run may leave behind
_HOPELESS = ("PointInTimeRecoveryUnavailableException", "InvalidExportTimeException", "TableNotFoundException", "ValidationException")


def begin(clients: Clients, wish: Wish) -> Export:
    """The export of this table that the run has already, or else a new one; never one that failed, or whose files were refused.

    Raises BadInput for what cannot be exported.
    """
    store = Store(clients.s3)
    tried, refused = tries(store, wish), attempts.refused(store, wish.root)
    for attempt in reversed(tried):
        for export in _under(clients, store, wish, attempt):
            if export.status != FAILED and export.id not in refused:
                return export
    return _start(clients.dynamodb, wish, max(tried, default=0) + 1)


def tries(store: Store, wish: Wish) -> list[int]:
    """The attempts that have left anything in S3."""
    return sorted(int(name) for name in store.names(wish.root.uri / wish.table) if name.isdigit())


def describe(dynamodb: DynamoDBClient, arn: str) -> Export | None:
    """None when AWS knows it no more, which is so after 90 days."""
    try:
        return Export.of(dynamodb.describe_export(ExportArn=arn)["ExportDescription"])
    except ClientError as error:
        if code(error) == "ExportNotFoundException":
            return None
        raise


def _under(clients: Clients, store: Store, wish: Wish, attempt: int) -> list[Export]:
    """Those that have begun to write into the attempt's folder: S3 knows their ids, DynamoDB what became of them.

    ListExports would say less: not those of a table made anew, and page after page of other runs'.
    """
    ids = [name for name in store.names(wish.into(attempt) / ROOT) if name != "data"]
    found = [describe(clients.dynamodb, f"{wish.arn}/export/{id}") for id in ids]
    return [export for export in found if export and wish.is_for(export)]


def _start(dynamodb: DynamoDBClient, wish: Wish, first: int) -> Export:
    """The token of an export that has failed stays that export's: the next attempt has another, and another folder."""
    for attempt in range(first, first + MOST_FAILED):
        export = _ask(dynamodb, wish, attempt)
        if export.status != FAILED:
            return export
    raise DynamoDBBackupError(f"{wish.table}: {MOST_FAILED} exports have failed, the last because of {export.failure}")


def _ask(dynamodb: DynamoDBClient, wish: Wish, attempt: int) -> Export:
    with refused_as_bad_input(f"{wish.table}: an export of it", "allow dynamodb:ExportTableToPointInTime, and s3:PutObject on the bucket"):
        try:
            return Export.of(dynamodb.export_table_to_point_in_time(**wish.request(attempt))["ExportDescription"])
        except ClientError as error:
            if code(error) not in _HOPELESS:
                raise
            raise BadInput(f"{wish.table}: {error}", "turn on its point-in-time recovery, or choose another engine or moment") from error
