"""One export: its states, and what is said of it."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.dynamodb.exports.request import FULL, Span
from airflow_dynamodb_emr.local.dynamodb.jobs import Failure, new_id
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Request

SMALLEST_BILLED_INCREMENT = 10_000_000


class Export:
    """*request* and *span* are checked. What the table holds is looked at now; it is written by `output.write`."""

    def __init__(self, request: Request, table: Table, span: Span, now: float) -> None:
        self.request, self.table, self.span, self.asked = request, table, span, now
        self.id, self.token = new_id(), request["ClientToken"]
        self.arn = f"{table.arn}/export/{self.id}"
        self.status, self.started, self.ended = "IN_PROGRESS", now, 0.0
        self.failure: Failure | None = None
        self.items = 0
        self.billed_bytes = table.store.bytes if span.start is None else SMALLEST_BILLED_INCREMENT
        journal = table.store.journal
        assert journal
        self.rows = journal.rows_at(table.store.rows, span.end) if span.start is None else {}
        self.changes = journal.between(span.start, span.end) if span.start is not None else []

    @property
    def root(self) -> S3Uri:
        """Where all exports of this prefix lie."""
        return S3Uri(self.request["S3Bucket"], (self.request.get("S3Prefix") or "").strip("/")) / "AWSDynamoDB"

    @property
    def folder(self) -> S3Uri:
        return self.root / self.id

    @property
    def data(self) -> S3Uri:
        """Increments of one prefix share a folder."""
        return (self.folder if self.span.start is None else self.root) / "data"

    def same(self, request: Request) -> bool:
        return request == self.request

    def begin(self) -> None:
        """As AWS does, see whether the bucket can be written to."""
        if not moto_side.has_bucket(self.root.bucket):
            raise Failure("S3NoSuchBucket", "The specified bucket does not exist")
        expected = self.request.get("S3BucketOwner") or moto_side.owner(self.root.bucket)
        if expected != moto_side.owner(self.root.bucket) or not moto_side.may_write(self.folder / "_started"):
            raise Failure("S3AccessDenied", "Access Denied")
        moto_side.put_object(self.folder / "_started", b"")

    def end(self, failure: Failure | None, now: float) -> None:
        self.failure, self.ended = failure, now
        self.rows, self.changes = {}, []
        self.status = "FAILED" if failure else "COMPLETED"

    def describe(self) -> dict[str, Any]:
        described = {name: value for name, value in self.request.items() if name != "IncrementalExportSpecification"}
        return {
            "S3SseAlgorithm": "AES256",
            "ExportFormat": "DYNAMODB_JSON",
            **described,
            "ExportArn": self.arn,
            "ExportStatus": self.status,
            "StartTime": self.started,
            "TableId": self.table.id,
            **self._times(),
            **self._outcome(),
        }

    def summary(self) -> dict[str, Any]:
        """For ListExports."""
        return {"ExportArn": self.arn, "ExportStatus": self.status, "ExportType": self.request.get("ExportType", FULL)}

    def _times(self) -> dict[str, Any]:
        if self.span.start is None:
            return {"ExportTime": self.span.end}
        view = "NEW_AND_OLD_IMAGES" if self.span.old_images else "NEW_IMAGE"
        return {"IncrementalExportSpecification": {"ExportFromTime": self.span.start, "ExportToTime": self.span.end, "ExportViewType": view}}

    def _outcome(self) -> dict[str, Any]:
        if self.status == "IN_PROGRESS":
            return {}
        if self.failure:
            return {"EndTime": self.ended, "FailureCode": self.failure.code, "FailureMessage": self.failure.message}
        manifest = (self.folder / "manifest-summary.json").key
        return {"EndTime": self.ended, "ExportManifest": manifest, "BilledSizeBytes": self.billed_bytes, "ItemCount": self.items}
