"""What is asked of ExportTableToPointInTime, and what DescribeExport says of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.exported import JSON, ROOT, SUMMARY
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import Increment
from airflow_dynamodb_emr.core.names import client_token
from airflow_dynamodb_emr.core.schema import Schema

IN_PROGRESS: Final = "IN_PROGRESS"
COMPLETED: Final = "COMPLETED"
FAILED: Final = "FAILED"


class Wish(Noun, frozen=True, kw_only=True):
    """A table that is to be exported into a backup's folder."""

    table: str
    arn: str
    run: str
    folder: str  # URI of the backup's folder
    at: datetime | None = None  # the moment to be shown; None: when it begins
    increment: Increment | None = None  # None: the whole table

    @classmethod
    def of(cls, schema: Schema, run: str, folder: str, at: datetime | None = None, increment: Increment | None = None) -> Wish:
        return cls(table=schema.name, arn=str(schema.table["TableArn"]), run=run, folder=folder, at=at, increment=increment)

    @property
    def root(self) -> Folder:
        return Folder(S3Uri.parse(self.folder))

    def into(self, attempt: int) -> S3Uri:
        return self.root.data(self.table, attempt)

    def request(self, attempt: int) -> dict[str, Any]:
        """Recomputed, it is the same: within eight hours AWS answers it with the same export."""
        into = self.into(attempt)
        what: dict[str, Any] = {"ExportTime": self.at} if self.at else {}
        if self.increment:
            # Old images would only be needed to go back.
            window = {"ExportFromTime": self.increment.start, "ExportToTime": self.increment.end, "ExportViewType": "NEW_IMAGE"}
            what = {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": window}
        return {
            "TableArn": self.arn,
            "ClientToken": client_token("export", self.run, self.table, attempt),
            "S3Bucket": into.bucket,
            "S3Prefix": into.key,
            "ExportFormat": JSON,
            **what,
        }


class Export(Noun, frozen=True, kw_only=True):
    """What DescribeExport says, in our words."""

    arn: str
    table: str
    status: str
    into: S3Uri
    items: int | None = None  # None: it has not ended
    failure: str = ""

    @classmethod
    def of(cls, description: Any) -> Export:
        failure = ": ".join(description[name] for name in ("FailureCode", "FailureMessage") if description.get(name))
        return cls(
            arn=description["ExportArn"],
            table=description["TableArn"].rpartition("/")[2],
            status=description["ExportStatus"],
            into=S3Uri(description["S3Bucket"], description.get("S3Prefix") or ""),
            items=description.get("ItemCount"),
            failure=failure,
        )

    @property
    def ended(self) -> bool:
        return self.status in (COMPLETED, FAILED)

    @property
    def hopeless(self) -> bool:
        """Whether it would fail again: it was refused, or something is wrong with the bucket or its key, which DynamoDB only says afterwards."""
        return self.status == FAILED and (not self.arn or self.failure.startswith(("S3", "Kms")))

    @property
    def summary(self) -> S3Uri:
        """DynamoDB writes it last."""
        return self.into / ROOT / self.id / f"{SUMMARY}.json"

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def attempt(self) -> int:
        """Its folder is called by it."""
        return int(self.into.key.rpartition("/")[2])
