"""The plan of a backup: everything decided before anything is touched. Written to S3 once, as plan.json."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.core import cost, names, steps
from airflow_dynamodb_emr.core.batches import batches
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.documents import Document, Noun
from airflow_dynamodb_emr.core.fleet import Size, Work
from airflow_dynamodb_emr.core.lanes import pack
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.pace import Pace, Raised, Rate, raised_for_read
from airflow_dynamodb_emr.core.rates import VCPU_READ_UNITS, mappers, read_rate, scan_seconds, segments
from airflow_dynamodb_emr.core.spiking import Off
from airflow_dynamodb_emr.core.table import Table, Throughput

MOST_SPIKED = 1024  # Airflow's own max_map_length
BY_HAND = 0  # the attempt number of exportSteps.json: a folder that no run uses


class TableDump(Noun, frozen=True, kw_only=True):
    """One table's part of a plan."""

    name: str
    engine: str
    billing: str
    items: int
    bytes: int
    before: Throughput
    raised: Raised | None  # its capacity while it is dumped, where that is raised
    rate: Rate
    segments: int
    mappers: int = 0  # side by side; 0: as many as the connector makes
    lane: int = 0  # the cluster that dumps it
    seconds: float  # its step's
    dollars: float

    def seconds_at(self, share: float) -> float:
        """Of its step, when only a *share* of the spike is there."""
        return self.seconds * self.rate.slower(share, self.before.read)

    @property
    def during(self) -> Throughput:
        """While it is dumped; before and after it is as it was."""
        return self.before.at_least(self.raised.table) if self.raised else self.before

    @property
    def work(self) -> Work:
        """What its step asks of the cluster; a small table is over before it has kept a processor busy."""
        moving = min(1.0, self.rate.seconds / self.seconds)
        return Work(self.name, self.seconds, self.mappers, moving * self.rate.units / VCPU_READ_UNITS)


class Estimate(Noun, frozen=True, kw_only=True):
    """What a backup does to each table, takes and costs."""

    tables: list[TableDump]  # longest first
    seconds: float  # cluster start included
    dollars: float | None  # None: no price known for the instance type
    excluded: dict[str, str]  # table -> the pattern that excluded it
    size: Size
    spot: int  # workers of each cluster that are spot machines


class BackupPlan(Document, frozen=True, kw_only=True):
    run: str
    prefix: str
    region: str
    account: str
    folder: str
    base: str
    logs: str
    jar: str
    made: datetime
    tables: list[TableDump]  # longest first
    batches: list[list[str]] = []  # those that are not spiked, by the task that dumps them
    excluded: dict[str, str]  # table -> the pattern that excluded it
    vanished: list[str]  # listed, but gone when they were described
    lanes: int = 1  # clusters
    cluster: dict[str, Any]  # the RunJobFlow request of each, but for its name
    concurrency: int  # steps at once, in each
    seconds: float  # estimated, cluster start included
    dollars: float | None  # None: no price known for the instance type
    size: Size | None = None  # of the clusters
    spot: int = 0  # workers of each cluster that are spot machines

    @property
    def root(self) -> Folder:
        return Folder(S3Uri.parse(self.folder))

    @property
    def spiked(self) -> list[str]:
        """Each is a group of tasks of its own."""
        return [table.name for table in self.tables if table.raised]

    def table(self, name: str) -> TableDump:
        return next(table for table in self.tables if table.name == name)

    def step(self, table: TableDump, attempt: int, share: float = 1, overruns: int = 0) -> dict[str, Any]:
        """*share* of the spike planned for the table that is there; *overruns*: steps of it that took far too long, in smaller segments now."""
        name, ratio = names.step_name(table.name, attempt), table.rate.connector_ratio(share, table.before.read, table.during.read)
        segments, mappers = table.segments * 2**overruns, table.mappers * 2**overruns
        return steps.dump_step(name, self.jar, self.region, table.name, self.root.data(table.name, attempt), ratio, segments, mappers)

    def export_steps(self) -> list[dict[str, Any]]:
        return steps.by_hand([self.step(table, BY_HAND, share=0) for table in self.tables])


class Request(Noun, frozen=True, kw_only=True):
    """What a user asks of a backup, parsed."""

    selection: names.Selection
    base: S3Uri
    app: str
    region: str
    jar: str
    logs: S3Uri
    pace: Pace
    cluster: ClusterSpec
    most_tasks: int  # of one kind in a run: Airflow's max_map_length
    tables_per_task: int = 25


def dump_plan(table: Table, pace: Pace) -> TableDump:
    rate = read_rate(table, pace)
    return TableDump(
        name=table.name,
        engine="connector",
        billing=table.billing,
        items=table.items,
        bytes=table.bytes,
        before=table.throughput,
        raised=raised_for_read(rate.spike),
        rate=rate,
        segments=segments(table.bytes, rate.units),
        mappers=mappers(table.bytes, rate.units),
        seconds=cost.STEP_SECONDS + scan_seconds(table.bytes, rate),
        dollars=rate.dollars,
    )


def _dumps(pace: Pace, tables: list[Table], most_spiked: int) -> Iterator[TableDump]:
    """Each table that is spiked has tasks of its own, and Airflow takes only so many of a kind: the largest tables have them."""
    by_name = {table.name: table for table in tables}
    dumps = sorted((dump_plan(table, pace) for table in tables), key=lambda dump: (dump.raised is None, -dump.bytes, dump.name))
    yield from dumps[:most_spiked]
    for dump in dumps[most_spiked:]:
        plain = dump_plan(by_name[dump.name], structs.replace(pace, spike=Off())) if dump.raised else dump
        why = f"not spiked: {most_spiked} larger tables of this run are, and Airflow takes no more tasks of a kind" if dump.raised else dump.rate.why
        yield structs.replace(plain, rate=structs.replace(plain.rate, why=why))


def estimate(pace: Pace, cluster: ClusterSpec, tables: list[Table], excluded: dict[str, str], most_spiked: int = MOST_SPIKED) -> Estimate:
    """Raises BadInput for a spike that would raise none of the tables."""
    pace.refuse_useless(table.throughput.read for table in tables if table.provisioned)
    dumps = sorted(_dumps(pace, tables, most_spiked), key=lambda dump: (-dump.seconds, dump.name))
    size = cluster.size([dump.work for dump in dumps])
    lanes = pack([(dump.name, dump.seconds) for dump in dumps], size.lanes, size.concurrency)
    return Estimate(
        tables=[structs.replace(dump, lane=lanes[dump.name]) for dump in dumps],
        seconds=size.seconds,
        dollars=None if size.dollars is None else size.dollars + sum(dump.dollars for dump in dumps),
        excluded=excluded,
        size=size,
        spot=cluster.spot_nodes(size),
    )


def backup_plan(
    request: Request, run: str, time: datetime, made: datetime, tables: list[Table], excluded: dict[str, str], vanished: list[str]
) -> BackupPlan:
    """Pure: the same tables and request give the same plan."""
    found = estimate(request.pace, request.cluster, tables, excluded, request.most_tasks)
    plain = (dump for dump in found.tables if not dump.raised)
    return BackupPlan(
        run=run,
        prefix=request.selection.prefix,
        region=request.region,
        account=tables[0].account,
        folder=str(Folder.of(request.base, request.region, request.app, time).uri),
        base=str(request.base),
        logs=str(request.cluster.logs(request.logs)),
        jar=request.jar,
        made=made,
        tables=found.tables,
        batches=batches(plain, request.tables_per_task, request.most_tasks),
        excluded=excluded,
        vanished=vanished,
        lanes=found.size.lanes,
        cluster=request.cluster.request(run, request.logs, found.size),
        concurrency=found.size.concurrency,
        seconds=found.seconds,
        dollars=found.dollars,
        size=found.size,
        spot=found.spot,
    )
