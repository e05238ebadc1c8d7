"""How fast a table is read or written, whether it is spiked for that, and what the connector is told.

A read unit is one strongly consistent 4 KiB read a second, or two eventually consistent ones: the connector reads
eventually consistent, 8 KiB a unit. A write unit is 1 KiB a second.
"""

from __future__ import annotations

from math import ceil

from msgspec import structs

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.table import QUICK_DECREASES, Table, Throughput

READ_BYTES_PER_UNIT = 8192
WRITE_BYTES_PER_UNIT = 1024
CONNECTOR_ON_DEMAND_UNITS = 40_000  # what the connector takes an on-demand table for, whatever it serves
PARTITION_READ_UNITS, PARTITION_WRITE_UNITS, PARTITION_BYTES = 3000, 1000, 10 * 2**30
SEGMENT_UNITS = 100  # the connector starts one mapper for so many units
SMALLEST_SEGMENT_BYTES = 8 * 2**20  # a smaller table is one file
LARGEST_SEGMENT_BYTES = 2**30


class Pace(Noun, frozen=True, kw_only=True):
    """What a user says about speed."""

    ratio: float = 0.5  # share of the table's own capacity that a dump or load may take
    spike_minutes: float = 20  # a table that would take longer is spiked to be done by then; 0: never
    max_units: int = 4000  # no spike goes above
    on_demand_units: int = 4000  # units a second taken of an on-demand table


class Raised(Noun, frozen=True, kw_only=True):
    """The capacity that a spike sets: the table's, and that of the indexes it touches."""

    table: Throughput
    indexes: dict[str, Throughput] = {}


class Rate(Noun, frozen=True, kw_only=True):
    """What a table is dumped or loaded at."""

    units: float  # taken a second
    ratio: float  # the connector's argument: units as a share of what it believes the table has
    own_ratio: float  # the same without a spike, for where it cannot be had
    seconds: float  # of data transfer, at this rate
    spike: int | None  # the table's capacity meanwhile, where it is raised
    why: str

    def connector_ratio(self, raised: bool) -> float:
        """What the connector is told; *raised*: whether the spike that was planned is there."""
        return self.ratio if raised or self.spike is None else self.own_ratio


def read_rate(table: Table, pace: Pace) -> Rate:
    partitions = 1 + table.bytes // PARTITION_BYTES
    return _rate(table, pace, table.throughput.read, table.bytes / READ_BYTES_PER_UNIT, partitions * PARTITION_READ_UNITS)


def write_rate(table: Table, pace: Pace, bytes_to_write: int, items: int) -> Rate:
    """For a load; an item costs at least one unit, and each index that it touches as many again, in the index's own capacity."""
    work = max(items, bytes_to_write / WRITE_BYTES_PER_UNIT)
    slowest = min([table.throughput.write, *(index.write for index in table.indexes.values())])
    rate = _rate(table, pace, slowest, work, max(1, -(-bytes_to_write // PARTITION_BYTES)) * PARTITION_WRITE_UNITS)
    if not table.provisioned:
        return rate
    # The connector knows the capacity of the table, not that of a slower index.
    own_ratio = slowest * pace.ratio / table.throughput.write
    return structs.replace(rate, ratio=rate.units / max(table.throughput.write, rate.spike or 0), own_ratio=own_ratio)


def segments(table_bytes: int, units: float) -> int:
    """Enough to use the rate and to keep each below a gigabyte, never more than one for 8 MiB."""
    wanted = max(ceil(table_bytes / LARGEST_SEGMENT_BYTES), units // SEGMENT_UNITS)
    return int(max(1, min(wanted, ceil(table_bytes / SMALLEST_SEGMENT_BYTES))))


def _rate(table: Table, pace: Pace, capacity: int, work: float, most_useful: int) -> Rate:
    """*work* in units; *most_useful*: more than its partitions serve is wasted."""
    if not table.provisioned:
        units = float(min(pace.on_demand_units, CONNECTOR_ON_DEMAND_UNITS))
        ratio = units / CONNECTOR_ON_DEMAND_UNITS
        return Rate(units=units, ratio=ratio, own_ratio=ratio, seconds=work / units, spike=None, why="on demand: a fixed rate")
    units = capacity * pace.ratio
    own = Rate(units=units, ratio=pace.ratio, own_ratio=pace.ratio, seconds=work / units, spike=None, why="")
    return _spiked(table, pace, capacity, work, most_useful, own)


def _spiked(table: Table, pace: Pace, capacity: int, work: float, most_useful: int, own: Rate) -> Rate:
    """Raise so that the application keeps what it had: its share stays untouched, the rest is ours."""
    if pace.spike_minutes <= 0:
        return _because(own, "spikes are switched off")
    if own.seconds <= pace.spike_minutes * 60:
        return _because(own, f"done within {pace.spike_minutes:g} minutes as it is")
    if table.decreases.today >= QUICK_DECREASES:
        return _because(own, f"not spiked: its capacity was lowered {table.decreases.today} times today, a reset would have to wait")
    kept, stretch = capacity * max(0.0, 1 - pace.ratio), max(1.0, pace.ratio)
    target = ceil(min((work / (pace.spike_minutes * 60) + kept) / stretch, pace.max_units, most_useful + kept))
    if target <= capacity:
        return _because(own, f"not spiked: {capacity} units are as much as it may or can use")
    units = target * stretch - kept
    why = f"spiked from {capacity} to {target} units"
    return structs.replace(own, units=units, ratio=units / target, seconds=work / units, spike=target, why=why)


def _because(rate: Rate, why: str) -> Rate:
    return structs.replace(rate, why=why)


def raised_for_read(table: Table, spike: int | None) -> Raised | None:
    """A dump reads the table alone, never its indexes."""
    return Raised(table=structs.replace(table.throughput, read=spike)) if spike else None


def raised_for_write(table: Table, spike: int | None) -> Raised | None:
    """A load writes the table and its indexes: one index left behind would hold back all writes."""
    if not spike:
        return None
    least = Throughput(read=0, write=spike)
    return Raised(table=table.throughput.at_least(least), indexes={name: was.at_least(least) for name, was in table.indexes.items()})
