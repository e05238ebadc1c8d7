"""Dump: one table into the backup's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dynamodb_emr.aws import throughput
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.operators.step import StepOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class DumpOperator(StepOperator):
    """Submits the table's step and waits for it without a worker. A table that is dumped and verified already is not dumped again."""

    def execute(self, context: Context) -> None:
        plan = self.read_plan(BackupPlan)
        if self.store.size(plan.root.manifest(self.table)) is not None:
            self.log.info("%s is dumped and verified already", self.table)
            return
        table = plan.table(self.table)
        share = throughput.share_of(self.store, plan, self.table)
        self.follow(context, plan, plan.step(table, context["ti"].try_number, share), first=share > 0)
