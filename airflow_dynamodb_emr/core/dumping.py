"""One table's part of a backup: by which engine, at what rate, cut how, in what time and for what money."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from msgspec import structs

from airflow_dynamodb_emr.core import cost, engines, native
from airflow_dynamodb_emr.core.cutting import BYTES_PER_UNIT, Cut, cut
from airflow_dynamodb_emr.core.engines import AS_BEFORE, AUTO, CONNECTOR, NATIVE, ON_CLUSTER, SERVERLESS, SPARK, WORKER, Offer, Wished
from airflow_dynamodb_emr.core.pace import Pace, Rate, raised_for_read
from airflow_dynamodb_emr.core.planned import Planned
from airflow_dynamodb_emr.core.prices import Prices
from airflow_dynamodb_emr.core.rates import VCPU_READ_UNITS, mappers, read_rate, scan_seconds, segments
from airflow_dynamodb_emr.core.table import Table

SPARK_VCPU_READ_UNITS = 5000  # that keep a processor busy: 40 MB read a second, with the standard library alone
_VCPU_UNITS = {CONNECTOR: VCPU_READ_UNITS, SPARK: SPARK_VCPU_READ_UNITS}


class TableDump(Planned, frozen=True, kw_only=True):
    """One table's part of a backup."""

    engine: str
    why: str = ""  # this engine, where nobody asked for it
    billing: str
    items: int
    bytes: int
    segments: int
    serverless: bool = False  # by a job run, where it is Spark
    cut: Cut | None = None  # by the copy engine; None: the connector cuts by itself

    @property
    def own_units(self) -> int:
        return self.before.read

    @property
    def vcpu_units(self) -> float:
        return _VCPU_UNITS[self.engine]

    @property
    def reasons(self) -> str:
        """For its rate and its engine."""
        return "; ".join(filter(None, [self.rate.why, self.why]))

    @property
    def on_cluster(self) -> bool:
        return self.engine in ON_CLUSTER and not self.serverless

    @property
    def way(self) -> str:
        """How its task does it."""
        return SERVERLESS if self.serverless else self.engine

    @property
    def party(self) -> tuple[str, int]:
        """Tables of one party can share a task."""
        return ("cluster", self.lane) if self.on_cluster else (self.way, 0)

    @property
    def in_turn(self) -> bool:
        return self.engine == WORKER


def dump_plan(table: Table, pace: Pace, wished: Wished = AS_BEFORE) -> TableDump:
    rate = read_rate(table, pace)
    if wished.engine != AUTO:
        return _MADE[wished.engine](table, rate, wished, pace.prices)
    plans = [made(table, rate, wished, pace.prices) for made in _MADE.values()]
    engine, why = engines.best(_offer(table, plan, pace, wished) for plan in plans)
    return next(structs.replace(plan, why=why) for plan in plans if plan.engine == engine)


def _offer(table: Table, plan: TableDump, pace: Pace, wished: Wished) -> Offer:
    if plan.engine == CONNECTOR:
        return Offer(plan.engine, plan.seconds, plan.dollars, pace.hour_dollars, "only where it is asked for")
    if plan.engine == NATIVE and table.no_export:
        return Offer(plan.engine, plan.seconds, plan.dollars, pace.hour_dollars, table.no_export)
    long = plan.engine == WORKER and plan.seconds > wished.worker_minutes * 60
    why_not = f"{plan.seconds / 60:,.0f} minutes are more than a worker's {wished.worker_minutes:g}" if long else ""
    return Offer(plan.engine, plan.seconds, plan.dollars, pace.hour_dollars, why_not)


def _connector(table: Table, rate: Rate, *_: object) -> TableDump:
    return _dump(
        table,
        rate,
        engine=CONNECTOR,
        segments=segments(table.bytes, rate.units),
        mappers=mappers(table.bytes, rate.units),
        seconds=cost.STEP_SECONDS + scan_seconds(table.bytes, rate),
    )


def _spark(table: Table, rate: Rate, wished: Wished, prices: Prices) -> TableDump:
    executors = max(1, min(ceil(rate.units / SPARK_VCPU_READ_UNITS), cut(table.bytes, table.items, rate.units).segments))
    seconds = max(rate.seconds, table.bytes / BYTES_PER_UNIT / (executors * SPARK_VCPU_READ_UNITS))
    start = cost.JOB_START_SECONDS if wished.serverless else cost.STEP_SECONDS
    made = _copied(table, rate, SPARK, start + seconds, executors)
    if not wished.serverless:
        return made
    return structs.replace(made, serverless=True, dollars=made.dollars + cost.job_run(1 + executors, made.seconds, prices))


def _worker(table: Table, rate: Rate, *_: object) -> TableDump:
    return _copied(table, rate, WORKER, engines.WORKER_START_SECONDS + max(rate.seconds, table.bytes / engines.WORKER_BYTES_PER_SECOND), 0)


def _native(table: Table, rate: Rate, _: Wished, prices: Prices) -> TableDump:
    """DynamoDB takes it out of its own backups: the table is not read, and not raised."""
    seconds, why = native.export_seconds(table.bytes), "exported without reading the table"
    dollars = cost.export(table.bytes, prices)
    free = structs.replace(rate, units=0.0, ratio=0.0, own_ratio=0.0, seconds=seconds, spike=None, dollars=dollars, why=why)
    return _dump(table, free, engine=NATIVE, segments=0, mappers=0, seconds=seconds)


def _copied(table: Table, rate: Rate, engine: str, seconds: float, mappers: int) -> TableDump:
    own = cut(table.bytes, table.items, rate.units)
    return _dump(table, rate, engine=engine, segments=own.segments, cut=own, mappers=mappers, seconds=seconds)


def _dump(table: Table, rate: Rate, *, engine: str, segments: int, mappers: int, seconds: float, cut: Cut | None = None) -> TableDump:
    return TableDump(
        name=table.name,
        engine=engine,
        billing=table.billing,
        items=table.items,
        bytes=table.bytes,
        before=table.throughput,
        raised=raised_for_read(rate.spike),
        rate=rate,
        segments=segments,
        cut=cut,
        mappers=mappers,
        seconds=seconds,
        dollars=rate.dollars,
    )


_MADE: dict[str, Callable[[Table, Rate, Wished, Prices], TableDump]] = {WORKER: _worker, SPARK: _spark, NATIVE: _native, CONNECTOR: _connector}
