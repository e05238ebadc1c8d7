"""DynamoDB: everything it does, in one table of operations."""

from __future__ import annotations

import time

from airflow_dynamodb_emr.local.dynamodb.control import operations
from airflow_dynamodb_emr.local.dynamodb.items import read_operations, write_operations
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Request, do

OPERATIONS: dict[str, Operation] = {**operations.OPERATIONS, **read_operations.OPERATIONS, **write_operations.OPERATIONS}
_OF_MANY_ITEMS = {"BatchWriteItem", "Query", "Scan"}


class DynamoDB(operations.ControlPlane):
    """DynamoDB in one region."""

    def call(self, operation: str, request: Request) -> Answer:
        answer = do(OPERATIONS, self, operation, request)
        if operation in _OF_MANY_ITEMS:
            time.sleep(self._knobs.page_seconds)
        return answer
