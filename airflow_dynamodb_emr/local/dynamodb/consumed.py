"""Capacity that a request used, and the refusal where there is none left."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.local.dynamodb.indexes import Index
from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Refused

_RAISE_IT = "Consider increasing your provisioning level with the UpdateTable API."


class ThroughputExceeded(Refused):
    """Trying again later helps."""


class Used:
    """Units of a table, of its local indexes (which take the table's capacity) and of its global indexes."""

    def __init__(self, table: float) -> None:
        self.table, self.local = table, 0.0
        self.indexes: dict[str, float] = {}
        self._locals: dict[str, float] = {}

    def add(self, index: Index, units: float) -> None:
        if not units:
            return
        if index.capacity:
            self.indexes[index.name] = self.indexes.get(index.name, 0) + units
        else:
            self.local += units
            self._locals[index.name] = self._locals.get(index.name, 0) + units

    def __add__(self, other: Used | None) -> Used:
        if other:
            self.table += other.table
            self.local += other.local
            if other.indexes or other._locals:
                self.indexes = _sum(self.indexes, other.indexes)
                self._locals = _sum(self._locals, other._locals)
        return self

    def describe(self, table: str, detail: str | None) -> dict[str, Any] | None:
        """ConsumedCapacity, as far as ReturnConsumedCapacity asks for it."""
        if detail not in ("TOTAL", "INDEXES"):
            return None
        described: dict[str, Any] = {"TableName": table, "CapacityUnits": float(self.table + self.local + sum(self.indexes.values()))}
        if detail == "INDEXES":
            described["Table"] = {"CapacityUnits": float(self.table)}
            for word, units in (("GlobalSecondaryIndexes", self.indexes), ("LocalSecondaryIndexes", self._locals)):
                if units:
                    described[word] = {name: {"CapacityUnits": float(one)} for name, one in units.items()}
        return described


def throttled(table: Table) -> Refused:
    if table.capacity.provisioned:
        message = f"The level of configured provisioned throughput for the table was exceeded. {_RAISE_IT}"
        return ThroughputExceeded("ProvisionedThroughputExceededException", message)
    return ThroughputExceeded("ThrottlingException", "Throughput exceeds the maximum OnDemandThroughput configured on table or index")


def throttled_index() -> Refused:
    message = "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded."
    raise_it = "Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API"
    return ThroughputExceeded("ProvisionedThroughputExceededException", f"{message} {raise_it}")


def _sum(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in [*one, *(name for name in other if name not in one)]}
