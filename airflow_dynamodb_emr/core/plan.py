"""The plan of a backup: everything decided before anything is touched. Written to S3 once, as plan.json."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from airflow_dynamodb_emr.core import cost, names, steps
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.documents import Document, Noun
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.pace import Pace, Raised, Rate, raised_for_read
from airflow_dynamodb_emr.core.rates import read_rate, segments
from airflow_dynamodb_emr.core.table import Table, Throughput
from airflow_dynamodb_emr.errors import BadInput

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
    seconds: float
    dollars: float

    @property
    def during(self) -> Throughput:
        """While it is dumped; before and after it is as it was."""
        return self.before.at_least(self.raised.table) if self.raised else self.before


class Estimate(Noun, frozen=True, kw_only=True):
    """What a backup does to each table, takes and costs."""

    tables: list[TableDump]  # longest first
    seconds: float  # cluster start included
    dollars: float | None  # None: no price known for the instance type
    excluded: dict[str, str]  # table -> the pattern that excluded it


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
    excluded: dict[str, str]  # table -> the pattern that excluded it
    vanished: list[str]  # listed, but gone when they were described
    cluster: dict[str, Any]  # the RunJobFlow request
    concurrency: int
    seconds: float  # estimated, cluster start included
    dollars: float | None  # None: no price known for the instance type

    @property
    def root(self) -> Folder:
        return Folder(S3Uri.parse(self.folder))

    def table(self, name: str) -> TableDump:
        return next(table for table in self.tables if table.name == name)

    def step(self, table: TableDump, attempt: int, share: float = 1) -> dict[str, Any]:
        """*share* of the spike planned for the table that is there."""
        name, ratio = names.step_name(table.name, attempt), table.rate.connector_ratio(share, table.before.read, table.during.read)
        return steps.dump_step(name, self.jar, self.region, table.name, self.root.data(table.name, attempt), ratio, table.segments)

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
    most_tables: int  # in one run: Airflow's max_map_length

    def refuse_too_many(self, tables: int) -> None:
        if tables > self.most_tables:
            hint = "choose a longer prefix, exclude some, or raise AIRFLOW__CORE__MAX_MAP_LENGTH"
            raise BadInput(f"prefix: {tables} tables start with {self.selection.prefix!r}, one run takes {self.most_tables}", hint)


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
        seconds=cost.STEP_SECONDS + rate.seconds,
        dollars=rate.dollars,
    )


def estimate(pace: Pace, cluster: ClusterSpec, tables: list[Table], excluded: dict[str, str]) -> Estimate:
    """Raises BadInput for a spike that would raise none of the tables."""
    pace.refuse_useless(table.throughput.read for table in tables if table.provisioned)
    dumps = sorted((dump_plan(table, pace) for table in tables), key=lambda dump: (-dump.seconds, dump.name))
    seconds = cost.CLUSTER_START_SECONDS + cost.makespan([dump.seconds for dump in dumps], cluster.concurrency)
    nodes = cost.cluster(cluster.instance_type, 1 + cluster.core_nodes, seconds)
    dollars = None if nodes is None else nodes + sum(dump.dollars for dump in dumps)
    return Estimate(tables=dumps, seconds=seconds, dollars=dollars, excluded=excluded)


def backup_plan(
    request: Request, run: str, time: datetime, made: datetime, tables: list[Table], excluded: dict[str, str], vanished: list[str]
) -> BackupPlan:
    """Pure: the same tables and request give the same plan."""
    found = estimate(request.pace, request.cluster, tables, excluded)
    return BackupPlan(
        run=run,
        prefix=request.selection.prefix,
        region=request.region,
        account=tables[0].account,
        folder=str(Folder.of(request.base, request.region, request.app, time).uri),
        base=str(request.base),
        logs=str(request.logs),
        jar=request.jar,
        made=made,
        tables=found.tables,
        excluded=excluded,
        vanished=vanished,
        cluster=request.cluster.request(names.cluster_name(run), run, request.logs),
        concurrency=request.cluster.concurrency,
        seconds=found.seconds,
        dollars=found.dollars,
    )
