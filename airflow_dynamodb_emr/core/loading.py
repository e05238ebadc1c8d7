"""One table's part of a restore: by which engine, at what rate, in what time and for what money."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.core import cost, importing, native
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.engines import AS_BEFORE, CONNECTOR, NATIVE, ON_CLUSTER, SERVERLESS, SPARK, WORKER, Offer, Wished, load_engine
from airflow_dynamodb_emr.core.manifest import Part, Proof, TableManifest
from airflow_dynamodb_emr.core.pace import Pace, Rate, raised_for_write
from airflow_dynamodb_emr.core.planned import Planned
from airflow_dynamodb_emr.core.rates import VCPU_WRITE_UNITS, write_rate
from airflow_dynamodb_emr.core.schema import Schema, create_request
from airflow_dynamodb_emr.core.table import Decreases, Table
from airflow_dynamodb_emr.core.verdict import TableVerdict

_EMPTIES = "it holds what the connector cannot load: empty lists or maps"
_UNSEEN = "nobody has looked whether it holds empty lists or maps, which it cannot load; `dynamodb-emr verify --deep --record` looks"


class TableLoad(Planned, frozen=True, kw_only=True):
    """One table's part of a restore; its name is that of the table it goes into, its dollars are for the indexes, too."""

    source: str  # of the table it was dumped from
    engine: str
    why: str  # this engine
    form: str = "connector"  # of the dump's lines
    folder: str = ""  # of the dump, relative to the backup's
    folded: bool = False  # of changes and what they stand on: how many items that makes is known when they are in
    serverless: bool = False  # by a job run, where it is Spark
    parts: list[Part]
    items: int
    bytes: int
    keys: list[str]
    create: dict[str, Any] | None  # the CreateTable request; None: the table is there

    def is_loaded_with(self, items: int) -> bool:
        """Whether so many are all of them."""
        return self.folded or items == self.items

    @property
    def own_units(self) -> int:
        return self.before.write

    @property
    def vcpu_units(self) -> float:
        return VCPU_WRITE_UNITS

    @property
    def on_cluster(self) -> bool:
        return self.engine in ON_CLUSTER and not self.serverless

    @property
    def way(self) -> str:
        """How its task does it."""
        return SERVERLESS if self.serverless else self.engine


class Source(Noun, frozen=True, kw_only=True):
    """One table of the backup, and where it goes."""

    schema: Schema
    manifest: TableManifest
    name: str
    there: Table | None  # the table that exists under this name, if one does
    verified: bool = False  # each part was read since the manifest was written

    @property
    def target(self) -> Table:
        return self.there or new_table(self.schema, self.name)


def as_seen(source: Source, told: TableVerdict | None) -> Source:
    """Whoever has read its parts since its manifest was written knows better which engines can load them."""
    if told is None or told.verified is None:
        return source
    return structs.replace(source, manifest=structs.replace(source.manifest, engines=told.engines), verified=True)


def table_load(source: Source, pace: Pace, wished: Wished = AS_BEFORE) -> TableLoad:
    manifest, target = source.manifest, source.target
    rate = write_rate(target, pace, Table.of(source.schema.table).bytes, manifest.items)
    offers = {offer.engine: offer for offer in _offers(source, pace, wished, rate)}
    engine, why = load_engine(offers.values(), wished, _why_not(source))
    by_itself = engine == NATIVE  # it makes the table, and takes no capacity
    return TableLoad(
        name=source.name,
        source=source.schema.name,
        engine=engine,
        why=why,
        form=manifest.form,
        folded=manifest.increment is not None,
        folder=f"{manifest.table}/{manifest.attempt}",
        serverless=engine == SPARK and wished.serverless,
        parts=manifest.parts,
        items=manifest.items,
        bytes=manifest.bytes,
        keys=target.keys,
        create=None if source.there or by_itself else create_request(source.schema, source.name),
        before=target.throughput,
        raised=None if by_itself else raised_for_write(target, rate.spike),
        rate=structs.replace(rate, spike=None, why="DynamoDB takes no write units for it") if by_itself else rate,
        mappers=_mappers(source, rate),
        seconds=offers[engine].seconds,
        dollars=offers[engine].dollars,
    )


def _offers(source: Source, pace: Pace, wished: Wished, rate: Rate) -> Iterator[Offer]:
    """Of the engines that can load it."""
    able, content = source.manifest.engines, sum(part.content_bytes or part.bytes for part in source.manifest.parts)
    long = rate.seconds > wished.worker_minutes * 60
    why_not = f"{rate.seconds / 60:,.0f} minutes are more than a worker's {wished.worker_minutes:g}" if long else ""
    yield Offer(WORKER, rate.seconds, rate.dollars, pace.hour_dollars, why_not)
    if CONNECTOR in able:
        yield Offer(CONNECTOR, rate.seconds + cost.STEP_SECONDS, rate.dollars, pace.hour_dollars)
    if SPARK in able:
        yield _spark_offer(source, pace, wished, rate)
    if NATIVE not in _why_not(source):
        yield Offer(NATIVE, native.import_seconds(content), cost.import_(content, pace.prices), pace.hour_dollars)


def _spark_offer(source: Source, pace: Pace, wished: Wished, rate: Rate) -> Offer:
    seconds = rate.seconds + (cost.JOB_START_SECONDS if wished.serverless else cost.STEP_SECONDS)
    machines = cost.job_run(1 + _mappers(source, rate), seconds, pace.prices) if wished.serverless else 0.0
    return Offer(SPARK, seconds, rate.dollars + machines, pace.hour_dollars)


def _mappers(source: Source, rate: Rate) -> int:
    return max(1, min(len(source.manifest.parts), ceil(rate.units / VCPU_WRITE_UNITS)))


def _why_not(source: Source) -> dict[str, str]:
    """By engine, why it cannot."""
    no_import = "the table is there, and ImportTable makes its own" if source.there else importing.no_import(source.schema, source.manifest)
    if source.manifest.form == CONNECTOR:
        others = {CONNECTOR: _EMPTIES if _was_read(source) else _UNSEEN, SPARK: "it reads DynamoDB JSON alone"}
    else:
        others = {} if SPARK in source.manifest.engines else {SPARK: "it goes by the manifest of the copy engine, and this dump has none"}
    return {**others, **({NATIVE: no_import} if no_import else {})}


def _was_read(source: Source) -> bool:
    """The copy engine counts while it writes, and looks for nothing else."""
    return source.verified or (source.manifest.engine == CONNECTOR and source.manifest.proof is Proof.READ)


def new_table(schema: Schema, name: str) -> Table:
    """As CreateTable will make it: the capacity of the source, none of its decreases, and on demand not warm for more than a new table is."""
    cold = _cold(schema.table) | {"GlobalSecondaryIndexes": [_cold(index) for index in schema.table.get("GlobalSecondaryIndexes", [])]}
    return structs.replace(Table.of(cold), name=name, decreases=Decreases(), index_decreases={})


def _cold(description: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in description.items() if key != "WarmThroughput"}
