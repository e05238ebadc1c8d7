"""DynamoDB's operations on exports."""

from __future__ import annotations

from typing import Protocol

from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.dynamodb.exports import output, request
from airflow_dynamodb_emr.local.dynamodb.exports.export import Export
from airflow_dynamodb_emr.local.dynamodb.jobs import Failure, Jobs, after
from airflow_dynamodb_emr.local.dynamodb.tables import Tables
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Refused, Request
from airflow_dynamodb_emr.local.knobs import Knobs

MOST_AT_ONCE = 300


class Exports:
    """Those of one region."""

    def __init__(self, tables: Tables, knobs: Knobs, faults: Faults) -> None:
        self._tables, self._knobs, self._faults = tables, knobs, faults
        self._jobs: Jobs[Export] = Jobs(knobs.now, MOST_AT_ONCE, "Export")

    def start(self, asked: Request) -> Answer:
        request.check(asked)
        with self._jobs.lock:
            known = self._jobs.of_token(asked)
            if known:
                return {"ExportDescription": known.describe()}
            export = self._new(asked)
            self._jobs.add(export)
        answer = {"ExportDescription": export.describe()}
        self._carry_out(export)
        return answer

    def describe(self, asked: Request) -> Answer:
        return {"ExportDescription": self._jobs.get(asked["ExportArn"]).describe()}

    def list(self, asked: Request) -> Answer:
        """AWS does not list those of a table that is gone."""
        if "TableArn" in asked and not self._tables.find(asked["TableArn"]):
            return {"ExportSummaries": []}
        page, more = self._jobs.page(asked, "MaxResults")
        return {"ExportSummaries": [export.summary() for export in page], **more}

    def _new(self, asked: Request) -> Export:
        table = self._tables.find(asked["TableArn"])
        if not table:
            raise Refused("TableNotFoundException", f"Table not found: {asked['TableArn']}")
        with table.lock:
            now = self._knobs.now()
            return Export(asked, table, request.span(asked, table, self._knobs, now), now)

    def _carry_out(self, export: Export) -> None:
        """The bucket is tried at once, everything else comes after a while."""
        try:
            export.begin()
        except Failure as failure:
            export.end(failure, self._knobs.now())
            return
        name = export.table.name
        after(self._knobs.export_seconds + self._faults.lasting("slow_exports", name), lambda: self._finish(export, name))

    def _finish(self, export: Export, name: str) -> None:
        if self._faults.take("fail_exports", name):
            export.end(Failure("InternalServerError", "the stand-in for AWS was told to fail this export"), self._knobs.now())
            return
        output.write(export, self._knobs.now())
        export.end(None, self._knobs.now())
        for key in moto_side.keys_in(export.data)[: self._faults.take("lose_data", name, all_at_once=True)]:
            moto_side.delete_object(export.data.bucket, key)


class HasExports(Protocol):
    """What the operations need of their service."""

    exports: Exports


def _start(dynamodb: HasExports, asked: Request) -> Answer:
    return dynamodb.exports.start(asked)


def _describe(dynamodb: HasExports, asked: Request) -> Answer:
    return dynamodb.exports.describe(asked)


def _list(dynamodb: HasExports, asked: Request) -> Answer:
    return dynamodb.exports.list(asked)


OPERATIONS: dict[str, Operation] = {"DescribeExport": _describe, "ExportTableToPointInTime": _start, "ListExports": _list}
