"""The plan of a backup: everything decided before anything is touched. Written to S3 once, as plan.json."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from airflow_dynamodb_emr.core import names, spark, steps
from airflow_dynamodb_emr.core.batches import batches
from airflow_dynamodb_emr.core.chain import folder_of
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.custody import Custody
from airflow_dynamodb_emr.core.documents import Document, Noun
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import AS_BEFORE, SPARK, WORKERS_AT_ONCE, Wished
from airflow_dynamodb_emr.core.estimate import estimate
from airflow_dynamodb_emr.core.fleet import Size
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import Increment
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.prices import LIST, Prices
from airflow_dynamodb_emr.core.serverless import ServerlessSpec
from airflow_dynamodb_emr.core.spark import Program
from airflow_dynamodb_emr.core.table import Table

BY_HAND = 0  # the attempt number of exportSteps.json: a folder that no run uses


class BackupPlan(Document, frozen=True, kw_only=True):
    run: str
    prefix: str
    region: str
    account: str
    folder: str
    base: str
    logs: str
    jar: str
    form: str = "dynamodb-json"  # of the lines that the copy engine writes
    program: Program | None = None  # of Spark, where a table is copied by it
    serverless: ServerlessSpec | None = None  # where Spark runs on EMR Serverless
    custody: Custody = Custody()
    made: datetime
    moment: datetime | None = None  # that all native exports of it show
    increments: dict[str, Increment] = {}  # of tables of which only what has changed is exported
    tables: list[TableDump]  # longest first
    batches: list[list[str]] = []  # those that are not spiked, by the task that dumps them
    excluded: dict[str, str]  # table -> the pattern that excluded it
    vanished: list[str]  # listed, but gone when they were described
    lanes: int = 1  # clusters
    cluster: dict[str, Any] | None  # the RunJobFlow request of each, but for its name; None where no table needs one
    concurrency: int  # tables at once, in each; without a cluster, in all
    seconds: float  # estimated, cluster start included
    dollars: float | None  # None: no price known for the instance type
    size: Size | None = None  # of the clusters
    spot: int = 0  # workers of each cluster that are spot machines
    prices: Prices = LIST  # that its dollars go by

    @property
    def root(self) -> Folder:
        return Folder(S3Uri.parse(self.folder))

    @property
    def bases(self) -> list[Folder]:
        """The backups that its increments will stand on."""
        return [Folder.parse(uri) for uri in sorted({folder_of(increment.base) for increment in self.increments.values()})]

    @property
    def spiked(self) -> list[str]:
        """Each is a group of tasks of its own."""
        return [table.name for table in self.tables if table.raised]

    def batches_of(self, on_cluster: bool) -> list[list[str]]:
        """Those that a cluster dumps, or the others."""
        return [batch for batch in self.batches if self.table(batch[0]).on_cluster == on_cluster]

    def table(self, name: str) -> TableDump:
        return next(table for table in self.tables if table.name == name)

    def step(self, table: TableDump, attempt: int, share: float = 1, overruns: int = 0) -> dict[str, Any]:
        """*share* of the spike planned for the table that is there; *overruns*: steps of it that took far too long, in smaller segments now."""
        if table.engine == SPARK:
            assert self.program
            return spark.step(names.step_name(table.name, attempt), self.program, self.task(table, attempt, share), table.mappers)
        name, ratio = names.step_name(table.name, attempt), table.rate.connector_ratio(share, table.before.read, table.during.read)
        segments, mappers = table.segments * 2**overruns, table.mappers * 2**overruns
        return steps.dump_step(name, self.jar, self.region, table.name, self.root.data(table.name, attempt), ratio, segments, mappers)

    def task(self, table: TableDump, attempt: int, share: float) -> list[str]:
        """What the Spark program is told."""
        assert table.cut
        units = table.rate.units_at(share, table.before.read)
        task = spark.dump_task(self.region, table.name, self.root.data(table.name, attempt), table.cut, self.form, table.mappers, units)
        return [*task, *self.custody.options]

    def job(self, name: str, attempt: int, share: float, limit_seconds: float) -> dict[str, Any]:
        """For StartJobRun, but for the application."""
        assert self.program and self.serverless
        table = self.table(name)
        driver = spark.job(self.program, self.task(table, attempt, share), table.mappers)
        return self.serverless.run(self.run, table.name, attempt, driver, S3Uri.parse(self.logs), limit_seconds)

    def export_steps(self) -> list[dict[str, Any]]:
        return steps.by_hand([self.step(table, BY_HAND, share=0) for table in self.tables if table.on_cluster])


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
    wished: Wished = AS_BEFORE
    form: str = "dynamodb-json"
    increments: int = 0  # native exports that may stand on one another
    program: Program | None = None  # of Spark, where it will lie
    serverless: ServerlessSpec | None = None
    custody: Custody = Custody()


def backup_plan(
    request: Request, run: str, time: datetime, made: datetime, tables: list[Table], excluded: dict[str, str], vanished: list[str]
) -> BackupPlan:
    """Pure: the same tables and request give the same plan."""
    found = estimate(request.pace, request.cluster, tables, excluded, request.most_tasks, request.wished)
    program = request.program if any(dump.engine == SPARK for dump in found.tables) else None
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
        form=request.form,
        custody=request.custody,
        made=made,
        tables=found.tables,
        batches=batches(plain, request.tables_per_task, request.most_tasks),
        excluded=excluded,
        vanished=vanished,
        lanes=found.size.lanes if found.size else 1,
        cluster=request.cluster.request(run, request.logs, found.size, bool(program)) if found.size else None,
        program=program,
        serverless=request.serverless if any(dump.serverless for dump in found.tables) else None,
        concurrency=found.size.concurrency if found.size else WORKERS_AT_ONCE,
        seconds=found.seconds,
        dollars=found.dollars,
        size=found.size,
        spot=found.spot,
        prices=found.prices,
    )
