"""What is asked of ExportTableToPointInTime, what DescribeExport says of it, and what is tried again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from airflow_dynamodb_emr.core.custody import Custody
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
    custody: Custody = Custody()

    @classmethod
    def of(cls, schema: Schema, run: str, folder: str, **more: Any) -> Wish:
        """*more*: the fields that have defaults."""
        return cls(table=schema.name, arn=str(schema.table["TableArn"]), run=run, folder=folder, **more)

    @property
    def root(self) -> Folder:
        return Folder(S3Uri.parse(self.folder))

    def is_for(self, export: Export) -> bool:
        return export.window == ((self.increment.start, self.increment.end) if self.increment else None)

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
            **self.custody.export,
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
    window: tuple[datetime, datetime] | None = None  # None: the whole table

    @classmethod
    def of(cls, description: Any) -> Export:
        window = description.get("IncrementalExportSpecification", {})
        failure = ": ".join(description[name] for name in ("FailureCode", "FailureMessage") if description.get(name))
        return cls(
            arn=description["ExportArn"],
            table=description["TableArn"].rpartition("/")[2],
            status=description["ExportStatus"],
            into=S3Uri(description["S3Bucket"], description.get("S3Prefix") or ""),
            items=description.get("ItemCount"),
            failure=failure,
            window=(window["ExportFromTime"], window["ExportToTime"]) if window else None,
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


class Round(Noun, frozen=True, kw_only=True):
    """Where a task is with its exports."""

    left: list[Wish]
    failures: dict[str, int] = {}  # table -> how often its export has failed, or did not count
    done: dict[str, str] = {}  # table -> the export that did it
    given_up: dict[str, str] = {}  # table -> why

    def after(self, outcomes: dict[str, tuple[Export, list[str]]], tries: int) -> Round:
        """*outcomes*: of each table its export, and why that does not count."""
        why = {table: "; ".join(reasons) for table, (_, reasons) in outcomes.items() if reasons}
        failures = {**self.failures, **{table: self.failures.get(table, 0) + 1 for table in why}}
        given_up = {table: reason for table, reason in why.items() if failures[table] >= tries or outcomes[table][0].hopeless}
        return Round(
            left=[wish for wish in self.left if wish.table in why and wish.table not in given_up],
            failures=failures,
            done={**self.done, **{table: export.arn for table, (export, reasons) in outcomes.items() if not reasons}},
            given_up={**self.given_up, **given_up},
        )
