"""DynamoDB's operations on imports."""

from __future__ import annotations

from typing import Protocol

from airflow_dynamodb_emr.local.dynamodb.control.rules import check_create
from airflow_dynamodb_emr.local.dynamodb.imports import request
from airflow_dynamodb_emr.local.dynamodb.imports.import_ import Import
from airflow_dynamodb_emr.local.dynamodb.jobs import Failure, Jobs, after
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.dynamodb.tables import Tables
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Refused, Request
from airflow_dynamodb_emr.local.knobs import Knobs

MOST_AT_ONCE = 50
UNSEEN_SHARE = 1 / 3  # of its time in which DescribeTable does not know the table yet; AWS: half a minute of two or more
_NEVER = 1e12


class Imports:
    """Those of one region."""

    def __init__(self, region: str, tables: Tables, knobs: Knobs, faults: Faults) -> None:
        self._region, self._tables, self._knobs, self._faults = region, tables, knobs, faults
        self._jobs: Jobs[Import] = Jobs(knobs.now, MOST_AT_ONCE, "Import")

    def start(self, asked: Request) -> Answer:
        request.check(asked)
        parameters = asked["TableCreationParameters"]
        with self._jobs.lock:
            if self._tables.find(parameters["TableName"]):
                raise Refused("ResourceInUseException", f"Table already exists: {parameters['TableName']}")
            known = self._jobs.of_token(asked)
            if known:
                return {"ImportTableDescription": known.describe()}
            check_create(parameters, self._tables.all())
            made = Import(asked, Table(parameters, self._region, self._knobs), self._knobs.now())
            self._jobs.add(made)
        answer = {"ImportTableDescription": made.describe()}
        self._carry_out(made)
        return answer

    def describe(self, asked: Request) -> Answer:
        return {"ImportTableDescription": self._jobs.get(asked["ImportArn"]).describe()}

    def list(self, asked: Request) -> Answer:
        page, more = self._jobs.page(asked, "PageSize")
        return {"ImportSummaryList": [each.summary() for each in page], **more}

    def _carry_out(self, made: Import) -> None:
        try:
            made.begin()
        except Failure as failure:
            made.end(failure, self._knobs.now())
            return
        seconds = self._knobs.import_seconds + self._faults.lasting("slow_imports", made.table.name)
        after(seconds * UNSEEN_SHARE, lambda: self._show(made, seconds * (1 - UNSEEN_SHARE)))

    def _show(self, made: Import, seconds: float) -> None:
        """Its table is there, and CREATING. Two imports into one name are both taken; the table is the first one's."""
        with self._tables.lock:
            if self._tables.find(made.table.name):
                made.end(Failure("TableAlreadyExists", f"Table already exists: {made.table.name}"), self._knobs.now())
                return
            made.table.become("CREATING", _NEVER)
            self._tables.add(made.table)
        after(seconds, lambda: self._finish(made))

    def _finish(self, made: Import) -> None:
        try:
            made.read()
            if self._faults.take("fail_imports", made.table.name):
                raise Failure("InternalServerError", "the stand-in for AWS was told to fail this import")
        except Failure as failure:
            self._end(made, failure)
        else:
            self._end(made, None)

    def _end(self, made: Import, failure: Failure | None) -> None:
        """What could be read stays in the table."""
        made.table.become("CREATING", 0)
        made.table.settle()
        made.end(failure, self._knobs.now())


class HasImports(Protocol):
    """What the operations need of their service."""

    imports: Imports


def _start(dynamodb: HasImports, asked: Request) -> Answer:
    return dynamodb.imports.start(asked)


def _describe(dynamodb: HasImports, asked: Request) -> Answer:
    return dynamodb.imports.describe(asked)


def _list(dynamodb: HasImports, asked: Request) -> Answer:
    return dynamodb.imports.list(asked)


OPERATIONS: dict[str, Operation] = {"DescribeImport": _describe, "ImportTable": _start, "ListImports": _list}
