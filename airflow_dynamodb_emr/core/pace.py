"""What a user and the account say about speed, and what becomes of it for a table; `core/rates.py` decides.

A read unit is one strongly consistent 4 KiB read a second, or two eventually consistent ones: the connector reads
eventually consistent, 8 KiB a unit. A write unit is 1 KiB a second.
"""

from __future__ import annotations

from collections.abc import Iterable

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.prices import LIST, Prices
from airflow_dynamodb_emr.core.spiking import Absolute, Deadline, Off, Spike
from airflow_dynamodb_emr.core.table import Table, Throughput
from airflow_dynamodb_emr.errors import BadInput


class Room(Noun, frozen=True, kw_only=True):
    """What the account leaves for spikes, of reads or of writes."""

    most: int = 40_000  # no table and no index has more
    left: int = 80_000  # beside what the tables of the plan have
    told: bool = False  # by DynamoDB; else it is what an account has that never asked for more


class Limits(Noun, frozen=True, kw_only=True):
    """What DescribeLimits says; the defaults are those of an account that never asked for more."""

    table: Throughput = Throughput(read=40_000, write=40_000)
    account: Throughput = Throughput(read=80_000, write=80_000)
    told: bool = False

    def reads(self, tables: Iterable[Table]) -> Room:
        """Indexes count like tables (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html)."""
        standing = sum(units.read for table in tables for units in table.capacities)
        return Room(most=self.table.read, left=self.account.read - standing, told=self.told)

    def writes(self, tables: Iterable[Table]) -> Room:
        standing = sum(units.write for table in tables for units in table.capacities)
        return Room(most=self.table.write, left=self.account.write - standing, told=self.told)


class Pace(Noun, frozen=True, kw_only=True):
    """What a user says about speed, and the account's room for it."""

    ratio: float = 0.5  # share of the table's own capacity that a dump or load may take
    spike: Spike = Deadline(minutes=20)
    max_units: int = 4000  # no spike goes above
    on_demand_units: int = 4000  # no more units a second are taken of an on-demand table
    hour_dollars: float = 1.0  # what an hour less of a table's time is worth: waiting for it, and its share of the cluster
    room: Room = Room()
    prices: Prices = LIST

    def spikes(self, tables: Iterable[Table]) -> bool:
        """Whether any of them may be spiked at all."""
        return not isinstance(self.spike, Off) and any(table.provisioned for table in tables)

    def refuse_useless(self, present: Iterable[int]) -> None:
        """Raises BadInput for an absolute number that no table can have, or that raises none of those which have *present* units."""
        capacities = list(present)
        if not isinstance(self.spike, Absolute) or not capacities:
            return
        if self.room.told and self.spike.number > self.room.most:
            hint = "ask for less, or have AWS raise the quota"
            raise BadInput(f"spike: {self.spike} is above the {self.room.most} that the account allows a table", hint)
        if self.spike.number <= min(capacities):
            hint = "ask for more, for a multiple as `x10`, or for `off`"
            raise BadInput(f"spike: {self.spike} would raise no table: each has {min(capacities)} or more already", hint)


class Raised(Noun, frozen=True, kw_only=True):
    """The capacity that a spike sets: the table's, and that of the indexes it touches. 0: left as it is, whatever it is by then."""

    table: Throughput
    indexes: dict[str, Throughput] = {}

    def shrunk(self, table: Throughput, indexes: dict[str, Throughput], share: float) -> Raised:
        """So that only a *share* of what it adds to these capacities is left."""
        return Raised(
            table=_between(table, self.table, share),
            indexes={name: _between(indexes[name], to, share) for name, to in self.indexes.items() if name in indexes},
        )


def _between(was: Throughput, to: Throughput, share: float) -> Throughput:
    return Throughput(read=was.read + int((to.read - was.read) * share), write=was.write + int((to.write - was.write) * share))


class Rate(Noun, frozen=True, kw_only=True):
    """What a table is dumped or loaded at."""

    units: float  # taken a second
    ratio: float  # the connector's argument: units as a share of what it believes the table has
    own_ratio: float  # the same without a spike, for where it cannot be had
    seconds: float  # of data transfer, at this rate
    spike: int | None  # the table's capacity meanwhile, where it is raised
    dollars: float  # for the spike, or on demand for the requests; what is provisioned anyway is paid for
    why: str

    def units_at(self, share: float, was: int) -> float:
        """Taken a second when only a *share* of the spike is there, on *was* units that the table has without it."""
        if self.spike is None:
            return self.units
        own = self.own_ratio * was
        return own + share * (self.units - own)

    def connector_ratio(self, share: float, was: int, full: int) -> float:
        """What the connector is told when only a *share* of the spike is there: the application's units stay the application's.

        *was* and *full*: the table's units without the spike and with all of it.
        """
        if self.spike is None or not share:
            return self.own_ratio
        return self.units_at(share, was) / (was + share * (full - was))

    def slower(self, share: float, was: int) -> float:
        """How many times as long it takes when only a *share* of the spike is there."""
        return self.units / self.units_at(share, was)


def raised_for_read(spike: int | None) -> Raised | None:
    """A dump reads the table alone, never its indexes."""
    return Raised(table=Throughput(read=spike, write=0)) if spike else None


def raised_for_write(table: Table, spike: int | None) -> Raised | None:
    """A load writes the table and its indexes: one index left behind would hold back all writes."""
    if not spike:
        return None
    return Raised(table=Throughput(read=0, write=spike), indexes=dict.fromkeys(table.indexes, Throughput(read=0, write=spike)))
