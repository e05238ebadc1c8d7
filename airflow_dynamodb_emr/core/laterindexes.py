"""Which global indexes are made after the load, and why."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import structs

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.pace import Pace, Rate
from airflow_dynamodb_emr.core.rates import WRITE_BYTES_PER_UNIT, write_rate
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.source import Source, cold, new_table
from airflow_dynamodb_emr.core.table import Table, Throughput
from airflow_dynamodb_emr.core.tablesettings.step import AFTER, BEFORE
from airflow_dynamodb_emr.core.words import counted, duration

TIMES_SLOWER, LEAST_SAVED_SECONDS = 2, 600  # that indexes must make a load, to be made after it


class Later(NamedTuple):
    names: list[str]
    why: str


def later_indexes(source: Source, pace: Pace, wished: str, imported: bool) -> Later | None:
    """Indexes that are slower than their table hold the load back, and with it the cluster and the raised capacity that are paid for meanwhile.
    Made afterwards they cost the same write units, and nobody waits for them but who reads them. As DynamoDB makes one at a time, all others
    are made with the table. An import fills indexes for nothing.
    """
    every = [index["IndexName"] for index in source.schema.indexes]
    if source.there or not every or wished == BEFORE or (imported and wished != AFTER):
        return None
    if wished == AFTER:
        return Later(every, f"{counted(len(every), 'index', 'indexes')} made after the load, as asked for")
    slow = _slower(new_table(source.schema, source.name), source.schema)
    with_them, without = rate_of(source, pace).seconds, rate_of(structs.replace(source, later=slow), pace).seconds
    if not slow or with_them < TIMES_SLOWER * without or with_them - without < LEAST_SAVED_SECONDS:
        return None
    return Later(slow, f"{', '.join(slow)} made after the load, which takes {duration(without)} instead of {duration(with_them)}")


def _slower(table: Table, schema: Schema) -> list[str]:
    """That take fewer writes than their table."""
    if table.provisioned:
        return [name for name, units in table.indexes.items() if units.write < table.throughput.write]
    own = Throughput.on_demand(cold(schema.table)).write
    return [index["IndexName"] for index in schema.indexes if Throughput.on_demand(cold(index)).write < own]


def rate_of(source: Source, pace: Pace) -> Rate:
    return write_rate(source.target, pace, Table.of(source.schema.table).bytes, source.manifest.items)


def fill_dollars(source: Source, pace: Pace) -> float:
    """For the writes into indexes that are made later, where these are paid for one by one."""
    if not source.later or source.target.provisioned:
        return 0.0
    units = max(source.manifest.items, Table.of(source.schema.table).bytes / WRITE_BYTES_PER_UNIT)
    return len(source.later) * cost.on_demand_writes(units, pace.prices)
