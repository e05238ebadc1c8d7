"""What a backup does to each table, takes and costs, before anything is decided for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import structs

from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.dumping import TableDump, dump_plan
from airflow_dynamodb_emr.core.engines import AS_BEFORE, NATIVE, WORKERS_AT_ONCE, Wished
from airflow_dynamodb_emr.core.fleet import Size
from airflow_dynamodb_emr.core.lanes import pack
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.prices import LIST, Prices
from airflow_dynamodb_emr.core.spiking import Off
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.errors import BadInput

MOST_SPIKED = 1024  # Airflow's own max_map_length


class Estimate(Noun, frozen=True, kw_only=True):
    """What a backup does to each table, takes and costs."""

    tables: list[TableDump]  # longest first
    seconds: float  # cluster start included
    dollars: float | None  # None: no price known for the instance type
    excluded: dict[str, str]  # table -> the pattern that excluded it
    size: Size | None  # of the clusters; None: no table needs one
    spot: int = 0  # workers of each cluster that are spot machines
    prices: Prices = LIST  # that its dollars go by


def _dumps(pace: Pace, wished: Wished, tables: list[Table], most_spiked: int) -> Iterator[TableDump]:
    """Each table that is spiked has tasks of its own, and Airflow takes only so many of a kind: the largest tables have them."""
    by_name = {table.name: table for table in tables}
    dumps = sorted((dump_plan(table, pace, wished) for table in tables), key=lambda dump: (dump.raised is None, -dump.bytes, dump.name))
    yield from dumps[:most_spiked]
    for dump in dumps[most_spiked:]:
        plain = dump_plan(by_name[dump.name], structs.replace(pace, spike=Off()), wished) if dump.raised else dump
        why = f"not spiked: {most_spiked} larger tables of this run are, and Airflow takes no more tasks of a kind" if dump.raised else dump.rate.why
        yield structs.replace(plain, rate=structs.replace(plain.rate, why=why))


def estimate(
    pace: Pace, cluster: ClusterSpec, tables: list[Table], excluded: dict[str, str], most_spiked: int = MOST_SPIKED, wished: Wished = AS_BEFORE
) -> Estimate:
    """Raises BadInput for a spike that would raise none of the tables, and for an engine that cannot dump some."""
    _refuse_unable(tables, wished)
    pace.refuse_useless(table.throughput.read for table in tables if table.provisioned)
    dumps = sorted(_dumps(pace, wished, tables, most_spiked), key=lambda dump: (-dump.seconds, dump.name))
    steps = [dump for dump in dumps if dump.on_cluster]
    size = cluster.size([dump.work for dump in steps]) if steps else None
    lanes = pack([(dump.name, dump.seconds) for dump in steps], size.lanes, size.concurrency) if size else {}
    machines = size.dollars(pace.prices) if size else 0.0
    return Estimate(
        tables=[structs.replace(dump, lane=lanes.get(dump.name, 0)) for dump in dumps],
        seconds=max(size.seconds if size else 0.0, _tasks_seconds([dump.seconds for dump in dumps if not dump.on_cluster])),
        dollars=None if machines is None else machines + sum(dump.dollars for dump in dumps),
        excluded=excluded,
        size=size,
        spot=cluster.spot_nodes(size) if size else 0,
        prices=pace.prices,
    )


def _refuse_unable(tables: list[Table], wished: Wished) -> None:
    unable = [table for table in tables if wished.engine == NATIVE and table.no_export]
    if unable:
        facts = f"engine: DynamoDB cannot export {len(unable)} of {len(tables)} tables: {unable[0].name}: {unable[0].no_export}"
        raise BadInput(facts, "turn on point-in-time recovery, exclude them, or take `auto`")


def _tasks_seconds(seconds: Sequence[float]) -> float:
    """Of what Airflow's own tasks do: no less than the longest, nor than all of it shared among those that run at once."""
    return max(max(seconds, default=0.0), sum(seconds) / WORKERS_AT_ONCE)
