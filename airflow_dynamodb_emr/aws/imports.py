"""DynamoDB's own imports: started once, looked at, found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import tables
from airflow_dynamodb_emr.aws.errors import code, refused_as_bad_input
from airflow_dynamodb_emr.core.importing import IN_PROGRESS, Imported, Wish
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_TRIES = 10  # of one run at one table: each begins after the table of the one before was deleted
_HINT = "allow dynamodb:ImportTable, s3:GetObject and s3:ListBucket on the bucket, and the logs actions of docs/permissions.md"


def begin(dynamodb: DynamoDBClient, wish: Wish) -> Imported:
    """The import into this table that the run has already, or else a new one. Raises BadInput when the table is there by other ways.

    One that has failed is given, too, while what it left of the table is there: no other can be begun.
    """
    for attempt in range(1, MOST_TRIES + 1):
        found = _ask(dynamodb, wish, attempt)
        if found.status == IN_PROGRESS or _its_table_is_there(dynamodb, wish, found):
            return found
    raise BadInput(f"{wish.name}: {MOST_TRIES} imports into it have ended without a table, the last because of {found.failure}", "start a new run")


def describe(dynamodb: DynamoDBClient, arn: str) -> Imported:
    return _imported(dynamodb.describe_import(ImportArn=arn)["ImportTableDescription"])


def _ask(dynamodb: DynamoDBClient, wish: Wish, attempt: int) -> Imported:
    """There is no need to look first: an import into a table that is there is refused, so none can be made twice."""
    with refused_as_bad_input(f"{wish.name}: an import into it", _HINT):
        try:
            found = _imported(dynamodb.import_table(**wish.request(attempt))["ImportTableDescription"])
        except ClientError as error:
            if code(error) != "ResourceInUseException":
                raise
            found = _earlier(dynamodb, wish)
    if found.source != wish.folder:  # AWS answers a known token with the import it was used for, whatever is asked for now
        raise BadInput(f"{wish.name}: this run has begun to import {found.source} into it", "start a new run")
    return found


def _earlier(dynamodb: DynamoDBClient, wish: Wish) -> Imported:
    """A token is not looked at any more once the table is there, which is so while it is being imported, too."""
    tokens, more = {wish.token(attempt) for attempt in range(1, MOST_TRIES + 1)}, dict[str, Any]()
    while True:
        page = dynamodb.list_imports(TableArn=wish.arn, **more)
        for summary in page["ImportSummaryList"]:
            found = describe(dynamodb, summary["ImportArn"])
            if found.token in tokens and (found.status == IN_PROGRESS or _its_table_is_there(dynamodb, wish, found)):
                return found
        if "NextToken" not in page:
            raise BadInput(f"table {wish.name} exists already", "ImportTable makes new tables only: choose another name, or another engine")
        more = {"NextToken": page["NextToken"]}


def _its_table_is_there(dynamodb: DynamoDBClient, wish: Wish, found: Imported) -> bool:
    return (tables.describe(dynamodb, wish.name) or {}).get("TableId") == found.table_id


def _imported(told: Any) -> Imported:
    source, ended = told["S3BucketSource"], told.get("EndTime")
    return Imported(
        arn=told["ImportArn"],
        table_id=told["TableId"],
        status=told["ImportStatus"],
        source=S3Uri(source["S3Bucket"], source.get("S3KeyPrefix", "").strip("/")),
        token=told.get("ClientToken", ""),
        processed=told.get("ProcessedItemCount", 0),
        written=told.get("ImportedItemCount", 0),
        errors=told.get("ErrorCount", 0),
        bytes=told.get("ProcessedSizeBytes", 0),
        seconds=(ended - told["StartTime"]).total_seconds() if ended else 0,
        failure=": ".join(told[name] for name in ("FailureCode", "FailureMessage") if told.get(name)),
        log_group=told.get("CloudWatchLogGroupArn", ""),
    )
