"""DynamoDB: everything it does, in one table of operations."""

from __future__ import annotations

import time

from airflow_dynamodb_emr.local.dynamodb.control import operations
from airflow_dynamodb_emr.local.dynamodb.exports import operations as exports
from airflow_dynamodb_emr.local.dynamodb.imports import operations as imports
from airflow_dynamodb_emr.local.dynamodb.items import read_operations, write_operations
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Request, do
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.record import CapacityRecord

OPERATIONS: dict[str, Operation] = {
    **operations.OPERATIONS,
    **read_operations.OPERATIONS,
    **write_operations.OPERATIONS,
    **exports.OPERATIONS,
    **imports.OPERATIONS,
}
_OF_MANY_ITEMS = {"BatchWriteItem", "Query", "Scan"}


class DynamoDB(operations.ControlPlane):
    """DynamoDB in one region."""

    def __init__(self, region: str, knobs: Knobs, record: CapacityRecord, faults: Faults | None = None) -> None:
        super().__init__(region, knobs, record)
        due = faults or Faults()
        self.exports = exports.Exports(self.tables, knobs, due)
        self.imports = imports.Imports(region, self.tables, knobs, due)

    def call(self, operation: str, request: Request) -> Answer:
        answer = do(OPERATIONS, self, operation, request)
        if operation in _OF_MANY_ITEMS:
            time.sleep(self._knobs.page_seconds)
        return answer
