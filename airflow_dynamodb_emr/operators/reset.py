"""Reset: put a table's throughput back to what the ledger says it was."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow_dynamodb_emr.aws import admission, ledgers, throughput
from airflow_dynamodb_emr.core import ledger
from airflow_dynamodb_emr.errors import DecreaseRefused, ThroughputNotReset
from airflow_dynamodb_emr.operators.base import TableOperator, answered, now
from airflow_dynamodb_emr.operators.spike import MOST_LOOKS, SETTLE_TIMEOUT, Spikes

if TYPE_CHECKING:
    from airflow.sdk import Context


class ResetNotes(NamedTuple):
    """What the resets of a run have to tell whoever reports on it; notes, and nothing is decided by them but the run's colour."""

    lines: list[str]
    waiting: set[str]  # tables that DynamoDB allows to be lowered only later: the janitor's, and no failure of the run
    at: dict[str, datetime] = {}  # when each was seen to be back

    @classmethod
    def read(cls, context: Context, task_id: str, tables: int) -> ResetNotes:
        noted = [note for note in context["ti"].xcom_pull(task_ids=task_id, map_indexes=list(range(tables))) or [] if note]
        waits = {note["table"]: note["waits"] for note in noted if note["waits"]}
        at = {note["table"]: datetime.fromisoformat(note["at"]) for note in noted if note.get("at")}
        return cls([*(line for note in noted for line in note["notes"]), *waits.values()], set(waits), at)


class ResetOperator(TableOperator):
    """Restores exactly, looks whether it is so, and only then deletes the ledger entry. Nothing to do where this run raised nothing.

    Returns what is worth a line in the report: what somebody else changed meanwhile and so was kept, and a reset that DynamoDB allows
    only later. The janitor makes that up; no cluster and no run waits for it.
    """

    def execute(self, context: Context) -> dict[str, Any] | None:
        return self.go_on(context, {})

    def go_on(self, context: Context, event: dict[str, Any]) -> dict[str, Any] | None:
        answered(event, self.table)
        plan, looks = self.read_plan(Spikes), event.get("looks", 0)
        uri = ledgers.ledger_of(plan, self.table)
        entry = self.store.load(uri, ledger.Entry) if plan.raised(self.table) else None
        if entry is None or entry.run != plan.run:
            self.log.info("%s was not raised by this run", self.table)
            self._next_one(plan)
            return None
        try:
            done = throughput.put_back(self.clients, uri, entry, now())
        except DecreaseRefused as refused:
            self.log.warning("%s", refused)
            self._next_one(plan)
            return {"table": self.table, "notes": [], "waits": refused.facts}
        if done is None:
            return self._look_again(context, entry, looks)
        self._next_one(plan)
        self.log.info("%s", "\n".join(done) or f"{self.table} is back at {entry.throughput}")
        return {"table": self.table, "notes": done, "waits": "", "at": now().isoformat()}

    def _next_one(self, plan: Spikes) -> None:
        """This table is done: another may be raised."""
        if plan.raised(self.table):
            admission.release(self.store, plan.slots, self.table)

    def _look_again(self, context: Context, entry: ledger.Entry, looks: int) -> dict[str, Any] | None:
        if looks > MOST_LOOKS:
            raise ThroughputNotReset(
                f"{self.table}: not back at {entry.throughput} after {looks} tries", "its ledger entry stays; something else keeps changing it"
            )
        return self.wait(context, "table_settled", self.table, SETTLE_TIMEOUT, self.go_on, looks=looks + 1)
