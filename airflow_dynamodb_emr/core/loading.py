"""One table's part of a restore: by which engine, at what rate, in what time and for what money."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import ceil
from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.core import cost, importing, native
from airflow_dynamodb_emr.core.engines import AS_BEFORE, CONNECTOR, NATIVE, ON_CLUSTER, SERVERLESS, SPARK, WORKER, Offer, Wished, load_engine
from airflow_dynamodb_emr.core.laterindexes import fill_dollars, later_indexes, rate_of
from airflow_dynamodb_emr.core.manifest import Part, Proof
from airflow_dynamodb_emr.core.pace import Pace, Rate, raised_for_write
from airflow_dynamodb_emr.core.planned import Planned
from airflow_dynamodb_emr.core.rates import VCPU_WRITE_UNITS
from airflow_dynamodb_emr.core.source import Source
from airflow_dynamodb_emr.core.tablesettings.plan import created, put_back
from airflow_dynamodb_emr.core.tablesettings.step import AS_IT_WAS, LONG_AGO, Choices, Place, PutBack, Target

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
    create: dict[str, Any] | None  # as CreateTable takes it; None: the table is there
    put_back: PutBack = PutBack()  # its settings, once it is loaded

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


def table_load(
    source: Source, pace: Pace, wished: Wished = AS_BEFORE, choices: Choices = AS_IT_WAS, place: Place | None = None, now: datetime = LONG_AGO
) -> TableLoad:
    """*place*: where the table is made, if that is not where it was. Raises BadInput for settings that need a word of the user's."""
    offers, rate, engine, why = _offered(source, pace, wished)
    if later := later_indexes(source, pace, choices.indexes, engine == NATIVE):
        source = structs.replace(source, later=later.names)
        offers, rate, engine, why = _offered(source, pace, wished)
        why = f"{why}; {later.why}"
    manifest, target = source.manifest, source.target
    by_itself = engine == NATIVE  # it makes the table, and takes no capacity
    put = _put_back(source, choices, place or source.own_place, now)
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
        create=None if source.there else created(source.schema, source.name, put, source.later),
        put_back=put,
        before=target.throughput,
        raised=None if by_itself else raised_for_write(target, rate.spike),
        rate=structs.replace(rate, spike=None, why="DynamoDB takes no write units for it") if by_itself else rate,
        mappers=_mappers(source, rate),
        seconds=offers[engine].seconds,
        dollars=offers[engine].dollars + fill_dollars(source, pace),
    )


def _put_back(source: Source, choices: Choices, place: Place, now: datetime) -> PutBack:
    """Of a table that is there nothing is touched."""
    if source.there:
        return PutBack()
    return put_back(source.schema, Target(name=source.name, place=place, now=now), choices, source.later)


def _offered(source: Source, pace: Pace, wished: Wished) -> tuple[dict[str, Offer], Rate, str, str]:
    """With the engine that is taken, and why."""
    rate = rate_of(source, pace)
    offers = {offer.engine: offer for offer in _offers(source, pace, wished, rate)}
    return offers, rate, *load_engine(offers.values(), wished, _why_not(source))


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
