"""One table of a backup, and the table it goes into."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.table import Decreases, Table
from airflow_dynamodb_emr.core.tablesettings.step import Place
from airflow_dynamodb_emr.core.verdict import TableVerdict


class Source(Noun, frozen=True, kw_only=True):
    """One table of the backup, and where it goes."""

    schema: Schema
    manifest: TableManifest
    name: str
    there: Table | None  # the table that exists under this name, if one does
    verified: bool = False  # each part was read since the manifest was written
    later: list[str] = []  # global indexes that are made after the load

    @property
    def target(self) -> Table:
        """As it is while it is loaded."""
        return self.there or new_table(self.schema.without(self.later), self.name)

    @property
    def own_place(self) -> Place:
        """Where the table was that was dumped."""
        return Place.of(self.schema.table["TableArn"])


def as_seen(source: Source, told: TableVerdict | None) -> Source:
    """Whoever has read its parts since its manifest was written knows better which engines can load them."""
    if told is None or told.verified is None:
        return source
    return structs.replace(source, manifest=structs.replace(source.manifest, engines=told.engines), verified=True)


def new_table(schema: Schema, name: str) -> Table:
    """As CreateTable will make it: the capacity of the source, none of its decreases, and on demand not warm for more than a new table is."""
    description = cold(schema.table) | {"GlobalSecondaryIndexes": [cold(index) for index in schema.indexes]}
    return structs.replace(Table.of(description), name=name, decreases=Decreases(), index_decreases={})


def cold(description: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in description.items() if key != "WarmThroughput"}
