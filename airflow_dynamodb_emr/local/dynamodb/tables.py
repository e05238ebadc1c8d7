"""All the tables of a region, by name."""

from __future__ import annotations

import threading

from airflow_dynamodb_emr.local.dynamodb.table import Table
from airflow_dynamodb_emr.local.http.protocol import Refused

MOST_CHANGES = 500  # tables that may be CREATING, UPDATING or DELETING at once


class Tables:
    """Tables by name; an ARN is as good as a name."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}
        self.lock = threading.RLock()

    def all(self) -> list[Table]:
        """In alphabetical order."""
        with self.lock:
            for table in list(self._tables.values()):
                table.settle()
            self._tables = {name: table for name, table in sorted(self._tables.items()) if table.status != "GONE"}
            return list(self._tables.values())

    def add(self, table: Table) -> None:
        self._tables[table.name] = table

    def find(self, name: str) -> Table | None:
        table = self._tables.get(name.rpartition("table/")[2])
        if table:
            table.settle()
        return table if table and table.status != "GONE" else None

    def get(self, name: str) -> Table:
        """For the control plane."""
        table = self.find(name)
        if not table:
            raise Refused("ResourceNotFoundException", f"Requested resource not found: Table: {name.rpartition('table/')[2]} not found")
        return table

    def open(self, name: str) -> Table:
        """For items: not while the table is made or deleted."""
        table = self.find(name)
        if not table or table.status in ("CREATING", "DELETING"):
            raise Refused("ResourceNotFoundException", "Requested resource not found")
        return table

    def check_changes(self) -> None:
        if sum(table.status != "ACTIVE" for table in self.all()) >= MOST_CHANGES:
            raise too_many_changes()


def too_many_changes() -> Refused:
    limit = f"Only {MOST_CHANGES} tables can be created, updated, or deleted simultaneously"
    return Refused("LimitExceededException", f"Subscriber limit exceeded: {limit}")


def in_use(what: str) -> Refused:
    return Refused("ResourceInUseException", f"Attempt to change a resource which is still in use: {what}")
