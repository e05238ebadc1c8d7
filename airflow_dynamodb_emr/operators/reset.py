"""Reset: put a table's throughput back to what the ledger says it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.aws import tables, throughput
from airflow_dynamodb_emr.core import ledger
from airflow_dynamodb_emr.errors import ThroughputNotReset
from airflow_dynamodb_emr.operators.base import TableOperator, answered
from airflow_dynamodb_emr.operators.spike import MOST_LOOKS, SETTLE_TIMEOUT, Spikes

if TYPE_CHECKING:
    from airflow.sdk import Context


class ResetOperator(TableOperator):
    """Restores exactly, looks whether it is so, and only then deletes the ledger entry. Nothing to do where this run raised nothing."""

    def execute(self, context: Context) -> None:
        self.go_on(context, {})

    def go_on(self, context: Context, event: dict[str, Any]) -> None:
        answered(event, self.table)
        plan = self.read_plan(Spikes)
        uri = throughput.ledger_of(plan, self.table)
        entry = self.store.load(uri, ledger.Entry)
        if entry is None or entry.run != plan.run:
            self.log.info("%s was not raised by this run", self.table)
            return
        looks = event.get("looks", 0)
        if not self._is_back(entry, looks):
            self.wait(context, "table_settled", self.table, SETTLE_TIMEOUT, self.go_on, looks=looks + 1)
            return
        self.store.delete(uri)
        self.log.info("%s is back at %s", self.table, entry.throughput)

    def _is_back(self, entry: ledger.Entry, looks: int) -> bool:
        """Whether it is; if not, it has been asked for."""
        now = tables.look(self.clients.dynamodb, self.table)
        if now is None or throughput.is_back(self.clients, entry, now):
            return True
        if looks > MOST_LOOKS:
            raise ThroughputNotReset(
                f"{self.table}: not back at {entry.throughput} after {looks} tries", "its ledger entry stays; something else keeps changing it"
            )
        if now.settled:
            throughput.reset(self.clients, entry, now)
        return False
