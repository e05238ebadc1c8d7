"""One import: its states, and what is said of it."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.dynamodb.imports.reading import Reading
from airflow_dynamodb_emr.local.dynamodb.jobs import Failure, new_id
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import ACCOUNT, Request

_TOLD = ("ClientToken", "InputCompressionType", "InputFormat", "InputFormatOptions", "S3BucketSource", "TableCreationParameters")
_SUMMARY = ("CloudWatchLogGroupArn", "EndTime", "ImportArn", "ImportStatus", "InputFormat", "S3BucketSource", "StartTime", "TableArn")


class Import:
    """*request* is checked; *table* is the one that it makes, nowhere to be seen yet."""

    def __init__(self, request: Request, table: Table, now: float) -> None:
        self.request, self.table, self.asked = {"InputCompressionType": "NONE", **request}, table, now
        self.token: str = request["ClientToken"]
        self.arn = f"{table.arn}/import/{new_id()}"
        self.status, self.ended = "IN_PROGRESS", 0.0
        self.failure: Failure | None = None
        self._read: Reading | None = None

    def same(self, request: Request) -> bool:
        """AWS compares the tables alone: with another source a request gets the import of the first one."""
        return bool(request["TableCreationParameters"]["TableName"] == self.table.name)

    def begin(self) -> None:
        bucket = self.request["S3BucketSource"]["S3Bucket"]
        if not moto_side.has_bucket(bucket):
            raise Failure("S3NoSuchBucket", "The specified bucket does not exist")
        if not moto_side.may_list(bucket):
            raise Failure("S3AccessDenied", "Access Denied")

    def read(self) -> None:
        """Into the table; raises Failure afterwards where not every line was an item for it."""
        source = self.request["S3BucketSource"]
        self._read = Reading(self.table, self.request["InputCompressionType"])
        self._read.read_all(source["S3Bucket"], source.get("S3KeyPrefix", ""))
        with self.table.lock:
            self.table.store.fill(self._read.rows.items())
            for index in self.table.indexes:
                index.recount(row.item for row in self.table.store)
        if self._read.errors:
            raise Failure("ItemValidationError", "Some of the items failed validation checks. Please check CloudWatch error logs for more details.")

    def end(self, failure: Failure | None, now: float) -> None:
        self.failure, self.ended = failure, now
        self.status = "FAILED" if failure else "COMPLETED"

    def describe(self) -> dict[str, Any]:
        return {
            **{name: self.request[name] for name in _TOLD if name in self.request},
            "ImportArn": self.arn,
            "ImportStatus": self.status,
            "TableArn": self.table.arn,
            "TableId": self.table.id,
            "CloudWatchLogGroupArn": f"arn:aws:logs:{self.arn.split(':')[3]}:{ACCOUNT}:log-group:/aws-dynamodb/imports:*",
            "StartTime": self.asked,
            **self._counts(),
            **self._outcome(),
        }

    def summary(self) -> dict[str, Any]:
        """For ListImports."""
        return {name: value for name, value in self.describe().items() if name in _SUMMARY}

    def _counts(self) -> dict[str, int]:
        """They stand still at 0 until it has ended."""
        if self._read is None or self.status == "IN_PROGRESS":
            return {"ErrorCount": 0, "ImportedItemCount": 0, "ProcessedItemCount": 0}
        counts = {"ErrorCount": self._read.errors, "ImportedItemCount": self._read.imported}
        return {**counts, "ProcessedItemCount": sum(counts.values()), "ProcessedSizeBytes": self._read.bytes}

    def _outcome(self) -> dict[str, Any]:
        if self.status == "IN_PROGRESS":
            return {}
        failed = {"FailureCode": self.failure.code, "FailureMessage": self.failure.message} if self.failure else {}
        return {"EndTime": self.ended, **failed}
