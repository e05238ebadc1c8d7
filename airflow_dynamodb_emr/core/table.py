"""A DynamoDB table as far as a backup cares: its capacity, size, indexes and budget of decreases."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from airflow_dynamodb_emr.core.documents import Noun

ON_DEMAND = "PAY_PER_REQUEST"
PROVISIONED = "PROVISIONED"
NEW_ON_DEMAND_READS, NEW_ON_DEMAND_WRITES = 12_000, 4_000  # what DynamoDB serves at once of a table that was never busier
QUICK_DECREASES = 4  # a UTC day begins with so many; from then on one in an hour


class Throughput(Noun, frozen=True, kw_only=True):
    """Provisioned capacity in units a second."""

    read: int
    write: int

    @classmethod
    def of(cls, description: dict[str, Any]) -> Throughput:
        units = description.get("ProvisionedThroughput", {})
        return cls(read=int(units.get("ReadCapacityUnits", 0)), write=int(units.get("WriteCapacityUnits", 0)))

    def request(self) -> dict[str, int]:
        """As UpdateTable and CreateTable want it."""
        return {"ReadCapacityUnits": self.read, "WriteCapacityUnits": self.write}

    @classmethod
    def on_demand(cls, description: dict[str, Any]) -> Throughput:
        """What a table or index is warm for, unless a lower maximum is set (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html)."""
        warm, most = description.get("WarmThroughput", {}), description.get("OnDemandThroughput", {})
        read, write = warm.get("ReadUnitsPerSecond", NEW_ON_DEMAND_READS), warm.get("WriteUnitsPerSecond", NEW_ON_DEMAND_WRITES)
        return cls(read=_at_most(most.get("MaxReadRequestUnits"), read), write=_at_most(most.get("MaxWriteRequestUnits"), write))

    def __str__(self) -> str:
        return f"{self.read} reads and {self.write} writes a second"

    def at_least(self, other: Throughput) -> Throughput:
        return Throughput(read=max(self.read, other.read), write=max(self.write, other.write))


class Decreases(Noun, frozen=True, kw_only=True):
    """How often a table's or an index' capacity was lowered: each has a budget of its own."""

    today: int = 0  # UTC
    last: datetime | None = None

    @classmethod
    def of(cls, description: dict[str, Any]) -> Decreases:
        units = description.get("ProvisionedThroughput", {})
        return cls(today=units.get("NumberOfDecreasesToday", 0), last=units.get("LastDecreaseDateTime"))

    def next(self, now: datetime) -> datetime:
        """When capacity may be lowered next (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html)."""
        midnight = now.astimezone(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        if self.last is None or self.last < midnight or self.today < QUICK_DECREASES:
            return now
        return min(max(now, self.last + timedelta(hours=1)), midnight + timedelta(days=1))


class Table(Noun, frozen=True, kw_only=True):
    """What DescribeTable says, in our words."""

    name: str
    arn: str
    status: str
    billing: str  # PROVISIONED or PAY_PER_REQUEST
    throughput: Throughput  # 0 and 0 on demand
    indexes: dict[str, Throughput]  # global secondary indexes; local ones share the table's
    keys: list[str]  # partition key, then sort key if there is one
    items: int  # both refreshed by DynamoDB about every six hours
    bytes: int
    id: str = ""
    decreases: Decreases = Decreases()
    index_decreases: dict[str, Decreases] = {}
    on_demand: Throughput = Throughput(read=NEW_ON_DEMAND_READS, write=NEW_ON_DEMAND_WRITES)  # what it serves where it is on demand
    no_export: str = "whether its point-in-time recovery is on is not known"  # why DynamoDB cannot export it; empty: it can
    settled: bool = True  # the table and each of its indexes are ACTIVE

    @classmethod
    def of(cls, description: dict[str, Any]) -> Table:
        """From the `Table` of DescribeTable. BillingModeSummary is absent on tables that were always provisioned."""
        indexes = description.get("GlobalSecondaryIndexes", [])
        return cls(
            name=description["TableName"],
            arn=description["TableArn"],
            status=description["TableStatus"],
            billing=description.get("BillingModeSummary", {}).get("BillingMode", PROVISIONED),
            throughput=Throughput.of(description),
            indexes={index["IndexName"]: Throughput.of(index) for index in indexes},
            keys=[key["AttributeName"] for key in sorted(description["KeySchema"], key=lambda key: key["KeyType"])],
            items=description.get("ItemCount", 0),
            bytes=description.get("TableSizeBytes", 0),
            id=description.get("TableId", ""),
            decreases=Decreases.of(description),
            index_decreases={index["IndexName"]: Decreases.of(index) for index in indexes},
            on_demand=_on_demand(description, indexes),
            settled=all(state == "ACTIVE" for state in [description["TableStatus"], *(i.get("IndexStatus", "ACTIVE") for i in indexes)]),
        )

    @property
    def provisioned(self) -> bool:
        return self.billing == PROVISIONED

    @property
    def capacities(self) -> list[Throughput]:
        """The table's, and that of each of its indexes."""
        return [self.throughput, *self.indexes.values()]

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]

    def units(self, index: str = "") -> Throughput:
        """Of an index, or without a name of the table itself."""
        return self.indexes[index] if index else self.throughput

    def lowered_today(self, with_indexes: bool) -> int:
        """How often, or an index where that was more often: a load raises them too, a dump does not."""
        return max(each.today for each in [self.decreases, *(self.index_decreases.values() if with_indexes else [])])

    def next_decrease(self, now: datetime, index: str = "") -> datetime:
        """When its capacity, or that of an index, may be lowered next."""
        return (self.index_decreases.get(index, Decreases()) if index else self.decreases).next(now)


def _on_demand(description: dict[str, Any], indexes: list[dict[str, Any]]) -> Throughput:
    """An index that serves fewer writes than its table holds the table's back; reads are the table's own."""
    own = Throughput.on_demand(description)
    return Throughput(read=own.read, write=min([own.write, *(Throughput.on_demand(index).write for index in indexes)]))


def _at_most(most: int | None, units: int) -> int:
    """DynamoDB says -1, or nothing, where no maximum is set."""
    return min(most, units) if most and most > 0 else units
