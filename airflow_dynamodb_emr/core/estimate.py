"""What a backup does to each table, takes and costs, before anything is decided for good."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.fleet import Size
from airflow_dynamodb_emr.core.lanes import pack
from airflow_dynamodb_emr.core.pace import Pace, raised_for_read
from airflow_dynamodb_emr.core.planned import Planned
from airflow_dynamodb_emr.core.rates import VCPU_READ_UNITS, mappers, read_rate, scan_seconds, segments
from airflow_dynamodb_emr.core.spiking import Off
from airflow_dynamodb_emr.core.table import Table

MOST_SPIKED = 1024  # Airflow's own max_map_length


class TableDump(Planned, frozen=True, kw_only=True):
    """One table's part of a backup."""

    engine: str
    billing: str
    items: int
    bytes: int
    segments: int

    @property
    def own_units(self) -> int:
        return self.before.read

    @property
    def vcpu_units(self) -> float:
        return VCPU_READ_UNITS


class Estimate(Noun, frozen=True, kw_only=True):
    """What a backup does to each table, takes and costs."""

    tables: list[TableDump]  # longest first
    seconds: float  # cluster start included
    dollars: float | None  # None: no price known for the instance type
    excluded: dict[str, str]  # table -> the pattern that excluded it
    size: Size
    spot: int  # workers of each cluster that are spot machines


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
