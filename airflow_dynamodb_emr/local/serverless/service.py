"""EMR Serverless: everything it does, in one table of operations."""

from __future__ import annotations

from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Request, do
from airflow_dynamodb_emr.local.serverless import application_operations, job_run_operations
from airflow_dynamodb_emr.local.serverless.applications import Applications
from airflow_dynamodb_emr.local.serverless.checks import check

OPERATIONS: dict[str, Operation] = {**application_operations.OPERATIONS, **job_run_operations.OPERATIONS}


class EmrServerless(Applications):
    """EMR Serverless in one region."""

    def call(self, operation: str, request: Request) -> Answer:
        if operation in OPERATIONS:
            check(operation, request)
        return do(OPERATIONS, self, operation, request)
