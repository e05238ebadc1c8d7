"""How fast a table is read or written, whether it is spiked for that, and what the connector is told."""

from __future__ import annotations

from math import ceil

from msgspec import structs

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.pace import Pace, Rate
from airflow_dynamodb_emr.core.sizing import Work, because, spiked
from airflow_dynamodb_emr.core.spiking import Present
from airflow_dynamodb_emr.core.table import QUICK_DECREASES, Table

READ_BYTES_PER_UNIT = 8192
WRITE_BYTES_PER_UNIT = 1024
CONNECTOR_ON_DEMAND_UNITS = 40_000  # what the connector takes an on-demand table for, whatever it serves
PARTITION_READ_UNITS, PARTITION_WRITE_UNITS, PARTITION_BYTES = 3000, 1000, 10 * 2**30
SEGMENT_UNITS = 100  # the connector starts one mapper for so many units
MAPPER_UNITS = 300  # read by one are 2.4 MB a second: one processor moves 3 to 7
VCPU_READ_UNITS, VCPU_WRITE_UNITS = 500, 1000  # that keep a processor busy: 4 MB read, 1 MB written a second
LEAST_MAPPER_BYTES = 64 * 2**20  # a smaller table is one mapper, and so one file
SMALLEST_SEGMENT_BYTES = 8 * 2**20
LARGEST_SEGMENT_BYTES = 2**30


def read_rate(table: Table, pace: Pace) -> Rate:
    useful = (1 + table.bytes // PARTITION_BYTES) * PARTITION_READ_UNITS
    units, requests = table.bytes / READ_BYTES_PER_UNIT, cost.on_demand_reads(table.bytes, pace.prices)
    return _rate(table, pace, Work("read", units, [table.throughput.read], table.on_demand.read, useful, pace.prices.read_unit_hour, requests))


def write_rate(table: Table, pace: Pace, bytes_to_write: int, items: int) -> Rate:
    """For a load; an item costs at least one unit, and each index that it touches as many again, in the index's own capacity."""
    units = max(items, bytes_to_write / WRITE_BYTES_PER_UNIT)
    present, requests = [each.write for each in table.capacities], cost.on_demand_writes(units, pace.prices) * (1 + len(table.indexes))
    useful = max(1, ceil(bytes_to_write / PARTITION_BYTES)) * PARTITION_WRITE_UNITS
    rate = _rate(table, pace, Work("write", units, present, table.on_demand.write, useful, pace.prices.write_unit_hour, requests))
    if not table.provisioned:
        return rate
    # The connector knows the capacity of the table, not that of a slower index.
    own_ratio = min(present) * pace.ratio / table.throughput.write
    return structs.replace(rate, ratio=rate.units / max(table.throughput.write, rate.spike or 0), own_ratio=own_ratio)


def mappers(table_bytes: int, units: float) -> int:
    """That read a table side by side: enough for the rate, no more than the connector makes of it, and none for next to nothing."""
    return max(1, int(min(ceil(units / MAPPER_UNITS), units // SEGMENT_UNITS, table_bytes // LEAST_MAPPER_BYTES)))


def segments(table_bytes: int, units: float) -> int:
    """Enough to use the rate and to keep each below a gigabyte, never more than one for 8 MiB; as many for each mapper as for the others,
    because a mapper's rate is its share of the segments, and that of those which are done first is lost."""
    wanted = max(ceil(table_bytes / LARGEST_SEGMENT_BYTES), units // SEGMENT_UNITS)
    most, each = ceil(table_bytes / SMALLEST_SEGMENT_BYTES), mappers(table_bytes, units)
    return each * max(1, min(ceil(wanted / each), most // each))


def scan_seconds(table_bytes: int, rate: Rate) -> float:
    """At the rate, or as fast as the mappers' processors are."""
    return max(rate.seconds, table_bytes / READ_BYTES_PER_UNIT / (mappers(table_bytes, rate.units) * VCPU_READ_UNITS))


def _rate(table: Table, pace: Pace, work: Work) -> Rate:
    if not table.provisioned:
        return _on_demand(pace, work)
    units = work.capacity * pace.ratio
    own = Rate(units=units, ratio=pace.ratio, own_ratio=pace.ratio, seconds=work.units / units, spike=None, dollars=0.0, why="")
    # Its share stays the application's, whatever the spike: all that is above is ours.
    now = Present(work.capacity, work.units, own.seconds, work.capacity * max(0.0, 1 - pace.ratio), max(1.0, pace.ratio))
    declined, lowered = pace.spike.declined(now), table.lowered_today(with_indexes=work.kind == "write")
    if not declined and lowered >= QUICK_DECREASES:
        declined = f"not spiked: its capacity was lowered {lowered} times today, a reset would have to wait"
    return because(own, declined) if declined else spiked(pace, work, own, now)


def _on_demand(pace: Pace, work: Work) -> Rate:
    """An on-demand table has nothing to raise, and the connector would take it for one of 40,000 units."""
    units = min(pace.on_demand_units, pace.ratio * work.serves, CONNECTOR_ON_DEMAND_UNITS)
    ratio, why = units / CONNECTOR_ON_DEMAND_UNITS, f"on demand, never spiked: {units:g} of the {work.serves} units it serves"
    return Rate(units=units, ratio=ratio, own_ratio=ratio, seconds=work.units / units, spike=None, dollars=work.requests, why=why)
