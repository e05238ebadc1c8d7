"""Dump: some tables into the backup's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.aws import throughput, together
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.operators.step import StepOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class DumpOperator(StepOperator):
    """Submits the tables' steps and waits for them without a worker. A table that is dumped and verified already is not dumped again."""

    def execute(self, context: Context) -> dict[str, str]:
        plan = self.whole_plan()
        left = self._not_proven(plan)
        if len(left) < len(self.tables):
            self.log.info("dumped and verified already: %s", ", ".join(set(self.tables) - set(left)))
        return self.follow(context, left) if left else {}

    def whole_plan(self) -> BackupPlan:
        return self.read_plan(BackupPlan)

    def is_raised(self, plan: BackupPlan, table: str) -> bool:
        return self._share(plan, table) > 0

    def step_of(self, plan: BackupPlan, table: str, attempt: int, stretched: int) -> dict[str, Any]:
        return plan.step(plan.table(table), attempt, self._share(plan, table), stretched)

    def _share(self, plan: BackupPlan, table: str) -> float:
        return throughput.share_of(self.store, plan, table) if plan.table(table).raised else 0

    def _not_proven(self, plan: BackupPlan) -> list[str]:
        sizes = together.each(lambda table: self.store.size(plan.root.manifest(table)), self.tables)
        return [table for table, size in zip(self.tables, sizes, strict=True) if size is None]
