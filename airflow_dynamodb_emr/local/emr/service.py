"""EMR: everything it does, in one table of operations."""

from __future__ import annotations

from airflow_dynamodb_emr.local.emr import cluster_operations, setting_operations, step_operations
from airflow_dynamodb_emr.local.emr.clusters import Clusters
from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Request, do

OPERATIONS: dict[str, Operation] = {**cluster_operations.OPERATIONS, **setting_operations.OPERATIONS, **step_operations.OPERATIONS}


class Emr(Clusters):
    """EMR in one region."""

    def call(self, operation: str, request: Request) -> Answer:
        return do(OPERATIONS, self, operation, request)

    def abandon(self) -> None:
        for cluster in self.all():
            cluster.abandon()
