"""The plan of a restore: which dump goes into which table, by which engine, at what rate. Written to S3 once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from airflow_dynamodb_emr.core import names, spark, steps
from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.custody import Custody
from airflow_dynamodb_emr.core.documents import Document, Noun
from airflow_dynamodb_emr.core.engines import AS_BEFORE, SPARK, Wished
from airflow_dynamodb_emr.core.fleet import Size
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.loading import TableLoad
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.prices import LIST, Prices
from airflow_dynamodb_emr.core.serverless import ServerlessSpec
from airflow_dynamodb_emr.core.spark import Program
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.core.tablesettings.step import AS_IT_WAS, Choices, Place, SettingsReport
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.errors import BadInput

REPORT = "restore.json"
AWS = "aws"  # its partition, outside China and GovCloud


class RestoreRequest(Noun, frozen=True, kw_only=True):
    """What a user asks of a restore, parsed."""

    wanted: Wanted
    app: str
    tables: list[str]  # names or patterns; none: all
    rename: names.Rename
    into_existing: bool
    base: S3Uri
    region: str
    jar: str
    logs: S3Uri
    pace: Pace
    cluster: ClusterSpec
    most_tables: int
    wished: Wished = AS_BEFORE
    program: Program | None = None  # of Spark, where it will lie
    serverless: ServerlessSpec | None = None
    custody: Custody = Custody()
    choices: Choices = AS_IT_WAS

    def refuse_too_many(self, tables: int) -> None:
        if tables > self.most_tables:
            hint = "name some of them and restore the others in another run, or raise AIRFLOW__CORE__MAX_MAP_LENGTH"
            raise BadInput(f"tables: {tables} were chosen, one run takes {self.most_tables}", hint)


class RestorePlan(Document, frozen=True, kw_only=True):
    run: str
    backup: str  # URI
    reads: list[str] = []  # folders of that backup, and of those that its increments stand on
    region: str
    account: str
    partition: str = AWS
    folder: str
    base: str
    logs: str
    jar: str
    program: Program | None = None  # of Spark, where a table is loaded by it
    serverless: ServerlessSpec | None = None  # where Spark runs on EMR Serverless
    custody: Custody = Custody()
    made: datetime
    tables: list[TableLoad]  # longest first
    lanes: int = 1  # clusters
    cluster: dict[str, Any] | None  # the RunJobFlow request of each, but for its name; None where every table is loaded by the task itself
    concurrency: int  # steps at once, in each
    seconds: float  # estimated, cluster start included
    dollars: float | None  # None: no price known for the instance type
    size: Size | None = None  # of the cluster
    spot: int = 0  # workers that are spot machines
    prices: Prices = LIST  # that its dollars go by

    @property
    def root(self) -> Folder:
        return Folder(S3Uri.parse(self.folder))

    @property
    def place(self) -> Place:
        return Place(partition=self.partition, region=self.region, account=self.account)

    @property
    def read(self) -> list[Folder]:
        return [Folder.parse(uri) for uri in self.reads]

    @property
    def report(self) -> S3Uri:
        """What the restore ends with."""
        return self.root.uri / REPORT

    def settings(self, table: str) -> S3Uri:
        """What became of the table's settings."""
        return self.root.uri / "settings" / f"{table}.json"

    def table(self, name: str) -> TableLoad:
        return next(table for table in self.tables if table.name == name)

    def part_uris(self, table: TableLoad) -> list[S3Uri]:
        return [S3Uri.parse(self.backup) / part.key for part in table.parts]

    def step(self, table: TableLoad, attempt: int, share: float = 1) -> dict[str, Any]:
        """*share* of the planned spike that is there.

        Loads from a folder of this restore that holds just a manifest: the connector's own has the URLs of where the dump was made.
        """
        if table.engine == SPARK:
            assert self.program
            return spark.step(names.step_name(table.name, attempt), self.program, self.task(table, attempt, share), table.mappers)
        name, ratio = names.step_name(table.name, attempt), table.rate.connector_ratio(share, table.before.write, table.during.write)
        return steps.load_step(name, self.jar, self.region, self.root.uri / table.name, table.name, ratio)

    def task(self, table: TableLoad, attempt: int, share: float) -> list[str]:
        """What the Spark program is told."""
        source, units = S3Uri.parse(self.backup) / table.folder, table.rate.units_at(share, table.before.write)
        task = spark.load_task(self.region, source, table.name, self.outcome(table.name, attempt), table.mappers, units)
        return [*task, *self.custody.options]

    def job(self, name: str, attempt: int, share: float, limit_seconds: float) -> dict[str, Any]:
        """For StartJobRun, but for the application."""
        assert self.program and self.serverless
        table = self.table(name)
        driver = spark.job(self.program, self.task(table, attempt, share), table.mappers)
        return self.serverless.run(self.run, table.name, attempt, driver, S3Uri.parse(self.logs), limit_seconds)

    def outcome(self, table: str, attempt: int) -> S3Uri:
        """The folder in which Spark tells what came of it."""
        return self.root.data(table, attempt)


def restore_folder(base: S3Uri, run: str) -> S3Uri:
    return base / "restores" / run.replace("/", "_")


def chosen(backup: Backup, wanted: list[str]) -> list[str]:
    """The tables of *backup* to restore. Raises BadInput for a name or pattern that matches none, and for a table that is not whole."""
    for pattern in wanted:
        if not any(fnmatchcase(table.name, pattern) for table in backup.tables):
            raise BadInput(f"tables: {pattern!r} is in no way in {backup.uri}", f"it holds {', '.join(sorted(t.name for t in backup.tables)[:8])}")
    names_ = [table.name for table in backup.tables if not wanted or any(fnmatchcase(table.name, pattern) for pattern in wanted)]
    broken = {name: why for name, why in backup.missing.items() if name in names_}
    if broken:
        name, why = next(iter(broken.items()))
        raise BadInput(
            f"tables: {len(broken)} of them cannot be restored from {backup.uri}: {name}: {why}", "choose another backup, or name only the others"
        )
    return names_


def refuse_useless(pace: Pace, targets: Iterable[Table]) -> None:
    """Raises BadInput for a spike that would raise none of the tables; one that has a slower index is as slow as that."""
    pace.refuse_useless(min(units.write for units in table.capacities) for table in targets if table.provisioned)


def restore_plan(
    request: RestoreRequest, backup: Backup, loads: list[TableLoad], run: str, account: str, made: datetime, partition: str = AWS
) -> RestorePlan:
    works = [load.work for load in loads if load.on_cluster]
    size = request.cluster.size(works, most_lanes=1)  # the cluster is not what a restore waits for
    program = request.program if any(load.engine == SPARK for load in loads) else None
    seconds, dollars = _estimate(loads, size if works else None, request.pace.prices)
    return RestorePlan(
        run=run,
        backup=backup.uri,
        region=request.region,
        account=account,
        partition=partition,
        folder=str(restore_folder(request.base, run)),
        base=str(request.base),
        logs=str(request.cluster.logs(request.logs)),
        jar=request.jar,
        made=made,
        tables=sorted(loads, key=lambda load: (-load.seconds, load.name)),
        program=program,
        custody=request.custody,
        serverless=request.serverless if any(load.serverless for load in loads) else None,
        cluster=request.cluster.request(run, request.logs, size, bool(program)) if works else None,
        concurrency=size.concurrency,
        seconds=seconds,
        dollars=dollars,
        size=size if works else None,
        spot=request.cluster.spot_nodes(size) if works else 0,
        prices=request.pace.prices,
    )


def _estimate(loads: list[TableLoad], size: Size | None, prices: Prices) -> tuple[float, float | None]:
    """What the worker loads takes no lane of the cluster."""
    others = [load.seconds for load in loads if not load.on_cluster]
    seconds, dollars = (size.seconds, size.dollars(prices)) if size else (0.0, 0.0)
    return max([seconds, *others]), None if dollars is None else dollars + sum(load.dollars for load in loads)


class TableLoaded(Document, frozen=True, kw_only=True):
    """What became of one table: tables/<table>.json in the restore's folder, written when it is certain that all items are in."""

    name: str
    source: str
    engine: str
    items: int
    seconds: float


class Restore(Document, frozen=True, kw_only=True):
    """restore.json: the report of a restore."""

    verdict: Verdict
    run: str
    backup: str
    uri: str
    ended: datetime
    loaded: list[TableLoaded]
    missing: dict[str, str]  # table -> why
    raised: list[str]  # tables whose throughput is not back yet
    settings: list[SettingsReport] = []  # of the tables that are loaded
    notes: list[str] = []

    @property
    def unsettled(self) -> list[str]:
        """A line for each setting of a loaded table that is not as it was and should be."""
        return [f"{report.table} is loaded, but {setting}" for report in self.settings for setting in report.failed]
