"""Create the table that a dump is loaded into, as the source was."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.aws import tables
from airflow_dynamodb_emr.core.engines import NATIVE
from airflow_dynamodb_emr.core.restore import RestorePlan
from airflow_dynamodb_emr.operators.base import TableOperator, answered, no_retry_for_bad_input

if TYPE_CHECKING:
    from airflow.sdk import Context

CREATE_TIMEOUT = timedelta(hours=2)  # global secondary indexes of an empty table take minutes


class CreateTableOperator(TableOperator):
    """Keys, indexes, billing mode, table class, key and tags from the saved schema; done when table and indexes are ACTIVE.

    Whatever else was set is put back after the load.
    """

    @no_retry_for_bad_input
    def execute(self, context: Context) -> None:
        table = self.read_plan(RestorePlan).table(self.table)
        request = table.create
        if request is None or table.engine == NATIVE:
            self.log.info("%s %s", self.table, "is made by its import" if request else "is there already, as asked for")
            return
        fresh = tables.create(self.clients.dynamodb, request)
        self.log.info("%s %s", self.table, "is being created" if fresh else "was created by an earlier try")
        self.wait(context, "table_created", self.table, CREATE_TIMEOUT, self.created)

    def created(self, context: Context, event: dict[str, Any]) -> None:  # noqa: ARG002 - Airflow's signature
        answered(event, self.table)
