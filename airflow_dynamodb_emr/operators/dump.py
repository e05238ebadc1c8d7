"""Dump: some tables into the backup's folder."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.aws import together
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.steps import READ_COUNTER
from airflow_dynamodb_emr.operators.step import StepOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class DumpOperator(StepOperator):
    """Submits the tables' steps and waits for them without a worker. A table that is dumped and verified already is not dumped again."""

    counter = READ_COUNTER

    def execute(self, context: Context) -> dict[str, str]:
        plan = self.whole_plan
        left = self._not_proven(plan)
        if len(left) < len(self.tables):
            self.log.info("dumped and verified already: %s", ", ".join(set(self.tables) - set(left)))
        return self.follow(context, left) if left else {}

    @cached_property
    def whole_plan(self) -> BackupPlan:
        return self.read_plan(BackupPlan)

    def step_of(self, table: str, attempt: int, share: float, overruns: int) -> dict[str, Any]:
        return self.whole_plan.step(self.whole_plan.table(table), attempt, share, overruns)

    def _not_proven(self, plan: BackupPlan) -> list[str]:
        sizes = together.each(lambda table: self.store.size(plan.root.manifest(table)), self.tables)
        return [table for table, size in zip(self.tables, sizes, strict=True) if size is None]
