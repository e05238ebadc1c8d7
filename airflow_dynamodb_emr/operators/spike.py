"""Spike: raise a table's throughput for its dump or load."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import admission, ledgers, tables, throughput
from airflow_dynamodb_emr.aws.errors import code, is_unsure, lacks_room, message
from airflow_dynamodb_emr.core import ledger
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.engines import CONNECTOR, ON_CLUSTER
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.errors import DataDamaged, DynamoDBBackupError, SpikeDeclined
from airflow_dynamodb_emr.operators.base import TableOperator, answered, no_retry_for_bad_input, now

if TYPE_CHECKING:
    from airflow.sdk import Context

SETTLE_TIMEOUT = timedelta(hours=1)
MOST_LOOKS = 40
ADMISSION_TIMEOUT = timedelta(hours=12)
ROOM_LOOK_SECONDS, LEAST_SHARE = 30, 0.1  # a spike of less is not worth its decrease
RAISED_AHEAD = 5  # tables raised beyond those that can be dumped at once, so that no lane of the cluster waits for a spike


class Share(Noun, frozen=True, kw_only=True):
    name: str
    raised: Raised | None
    engine: str = CONNECTOR
    serverless: bool = False
    seconds: float = 0  # as planned

    @property
    def alone(self) -> bool:
        """Whether it is done without a cluster."""
        return self.serverless or self.engine not in ON_CLUSTER


class Spikes(Noun, frozen=True, kw_only=True):
    """What spike and reset need of a plan, be it a backup's or a restore's."""

    run: str
    base: str
    account: str
    folder: str
    region: str
    lanes: int = 1
    concurrency: int
    tables: list[Share]

    def table(self, name: str) -> Share:
        return next(share for share in self.tables if share.name == name)

    def raised(self, table: str) -> Raised | None:
        return self.table(table).raised

    @property
    def slots(self) -> S3Uri:
        return admission.slots_of(S3Uri.parse(self.base), S3Uri.parse(self.folder))


class SpikeNotes(NamedTuple):
    """What the spikes of a run have to tell whoever reports on it; nothing is decided by it."""

    during: dict[str, Throughput]  # what each table had then
    lines: list[str]  # a spike that was smaller than planned, or none
    since: dict[str, datetime]  # from when on, where it was raised

    @classmethod
    def read(cls, context: Context, task_id: str, tables: int) -> SpikeNotes:
        noted = [note for note in context["ti"].xcom_pull(task_ids=task_id, map_indexes=list(range(tables))) or [] if note]
        during = {note["table"]: Throughput(read=note["read"], write=note["write"]) for note in noted}
        since = {note["table"]: datetime.fromisoformat(note["since"]) for note in noted if note.get("since")}
        return cls(during, [note["note"] for note in noted if note.get("note")], since)


class SpikeOperator(TableOperator):
    """Writes the ledger, raises the table, and is done when the capacity is there; returns what it is then.

    Only so many tables of a run are raised at once; the others wait for their turn. A table that is not to be raised, that another run
    has raised, or whose ledger entry cannot be read, is left as it is. A spike that fails undoes itself, because no teardown runs after
    it; what it cannot undo stays in the ledger.
    """

    @no_retry_for_bad_input
    def execute(self, context: Context) -> dict[str, Any]:
        plan = self.read_plan(Spikes)
        raised = plan.raised(self.table)
        if raised is None or self.store.size(Folder.parse(plan.folder).manifest(self.table)) is not None:
            return self._units()  # also where a run is cleared and this table was done before
        ref = {"slots": str(plan.slots), "table": self.table, "number": plan.lanes * plan.concurrency + RAISED_AHEAD}
        if admission.has_slot(self.store, plan.slots, self.table):  # of an earlier try
            return self.admitted(context, {})
        return self.wait(context, "spike_admitted", ref, ADMISSION_TIMEOUT, self.admitted)

    @no_retry_for_bad_input
    def admitted(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:
        if event.get("timeout"):
            return self._without(self.read_plan(Spikes), f"it waited {ADMISSION_TIMEOUT} for its turn")
        answered(event, self.table)
        plan = self.read_plan(Spikes)
        raised = plan.raised(self.table)
        assert raised  # it would not have asked
        try:
            entry = self._write_ledger(plan, raised)
        except (SpikeDeclined, DataDamaged) as why:  # what the ledger has of a table is nobody's to guess
            return self._without(plan, why.facts)
        except (ClientError, DynamoDBBackupError):
            self._give_way(plan)
            raise
        if entry.run != plan.run:
            return self._without(plan, f"{entry.run} has raised it already, and its reset puts it back")
        return self.go_on(context, {})

    @no_retry_for_bad_input
    def go_on(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:
        """Ask, wait, look, until it is so: DynamoDB may be busy with the table, and autoscaling may interfere."""
        plan, looks = self.read_plan(Spikes), event.get("looks", 0)
        uri = ledgers.ledger_of(plan, self.table)
        entry = throughput.read_ledger(self.store, uri)
        try:
            answered(event, self.table)
            raised = self._is_raised(uri, entry, looks)
        except (ClientError, DynamoDBBackupError) as error:
            if is_unsure(error):
                raise  # the entry stays, for the next try or the janitor: DescribeTable may not show yet what has been done
            if lacks_room(error):
                return self._for_want_of_room(context, entry, event.get("refused_since", time.time()), message(error))
            throughput.undo(self.clients, uri, entry, now())
            if not isinstance(error, ClientError) or code(error) != "LimitExceededException":
                self._give_way(plan)
                raise
            return self._without(plan, message(error))
        line = event.get("line", "")
        if raised:
            return {**self._units(), "note": line, "since": entry.since.isoformat()}
        return self.wait(context, "table_settled", self.table, SETTLE_TIMEOUT, self.go_on, looks=looks + 1, line=line)

    def _for_want_of_room(self, context: Context, entry: ledger.Entry, since: float, why: str) -> dict[str, Any]:
        """Other tables are raised, and will be reset: wait; then ask for half, and half of that; then do without."""
        if time.time() - since < self.settings.room_minutes * 60:
            self.log.info("%s waits for room: %s", self.table, why)
            return self.wait(context, "time_come", time.time() + ROOM_LOOK_SECONDS, SETTLE_TIMEOUT, self.go_on, refused_since=since)
        plan, share = self.read_plan(Spikes), entry.share / 2
        uri, raised = ledgers.ledger_of(plan, self.table), plan.raised(self.table)
        if not throughput.undo(self.clients, uri, entry, now()) or share < LEAST_SHARE or raised is None:
            return self._without(plan, why)
        try:
            self._write_ledger(plan, raised, share)
        except SpikeDeclined:  # so small a share is no unit more
            return self._without(plan, why)
        line = f"{self.table} has {share:.0%} of its spike: {why}"
        self.log.warning("%s", line)
        return self.go_on(context, {"refused_since": since, "line": line})

    def _write_ledger(self, plan: Spikes, raised: Raised, share: float = 1) -> ledger.Entry:
        """Work without a cluster is given the time that a step or job run is given before it is cancelled: until then nobody else resets it."""
        table, limits = plan.table(self.table), self.settings
        seconds = limits.overrun_times * table.seconds / share + limits.overrun_minutes * 60 if table.alone else 0
        return throughput.write_ledger(self.clients, ledgers.ledger_of(plan, self.table), self.table, raised, plan.run, now(), share, seconds)

    def _without(self, plan: Spikes, why: str) -> dict[str, Any]:
        """Slower, but it works."""
        line = f"{self.table} went without a spike: {why}"
        self.log.warning("%s", line)
        self._give_way(plan)
        return {**self._units(), "note": line}

    def _give_way(self, plan: Spikes) -> None:
        """Another table may be raised, unless this one is, by its ledger entry: then its slot goes with its reset."""
        if not ledgers.raised_by(self.store, plan, self.table):
            admission.release(self.store, plan.slots, self.table)

    def _is_raised(self, uri: S3Uri, entry: ledger.Entry, looks: int) -> bool:
        """Whether it is; if not, it has been asked for."""
        table = throughput.existing(self.clients, self.table)
        if throughput.is_raised(self.clients, entry, table):
            return True
        if looks > MOST_LOOKS:
            raise DynamoDBBackupError(f"{self.table}: not raised after {looks} tries", "something else keeps changing its capacity")
        if table.settled:
            throughput.spike(self.clients, entry, table)
            # Had the run been ended and its table put back meanwhile, nobody would know that it has been raised again just now.
            self.store.write_once(uri, entry)
        return False

    def _units(self) -> dict[str, Any]:
        """The capacity as it is now; 0 and 0 on demand, and where an import has yet to make the table."""
        table = tables.look(self.clients.dynamodb, self.table)
        return {"table": self.table, **structs.asdict(table.throughput if table else Throughput(read=0, write=0))}
