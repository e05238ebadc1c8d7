"""The engines, and which of them dumps a table: what costs least, counting the dollars and what the time is worth."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.words import duration
from airflow_dynamodb_emr.errors import BadInput

CONNECTOR, SPARK, WORKER, NATIVE, AUTO = "connector", "spark", "worker", "native", "auto"
SERVERLESS = "serverless"  # Spark, as a job run
ENGINES = (CONNECTOR, SPARK, WORKER, NATIVE)
ON_CLUSTER = (CONNECTOR, SPARK)
WORKER_BYTES_PER_SECOND = 40_000_000  # of a table, by one process beside others
WORKER_START_SECONDS = 3
WORKERS_AT_ONCE = 8  # tasks that copy at the same time, of a run; only an estimate


class Wished(Noun, frozen=True, kw_only=True):
    """What the user says about engines."""

    engine: str = CONNECTOR
    serverless: bool = False  # `spark` runs on EMR Serverless, not on clusters
    worker_minutes: float = 10  # `auto` gives a worker no table that takes longer

    def __post_init__(self) -> None:
        if self.engine not in (*ENGINES, AUTO):
            raise BadInput(f"engine: there is no {self.engine!r}", f"name one of {', '.join((*ENGINES, AUTO))}")


AS_BEFORE = Wished()


def able(form: str) -> list[str]:
    """The engines that load a dump of ours, of lines of that *form*."""
    return [WORKER, SPARK, NATIVE] if form == "dynamodb-json" else [WORKER]


class Offer(NamedTuple):
    """What one engine would take for a table."""

    engine: str
    seconds: float
    dollars: float
    hour_dollars: float  # what an hour of it is worth: waiting, and the machines that only wait with it
    why_not: str = ""  # `auto` does not take it

    @property
    def worth(self) -> float:
        return self.dollars + self.seconds / 3600 * self.hour_dollars

    def __str__(self) -> str:
        return f"{self.engine} {duration(self.seconds)} and {cost.amount(self.dollars)}"


def best(offers: Iterable[Offer]) -> tuple[str, str]:
    """The engine that `auto` takes, and why."""
    ranked = sorted(offers, key=lambda offer: (bool(offer.why_not), offer.worth))
    first, *others = ranked
    told = (other for other in others if not other.why_not or other.worth < first.worth)  # one that would be no better needs no reason
    against = "; ".join(f"{other.engine}: {other.why_not}" if other.why_not else str(other) for other in told)
    return first.engine, f"{first}, against {against}" if against else str(first)


def load_engine(offers: Collection[Offer], wished: Wished, why_not: Mapping[str, str] = {}) -> tuple[str, str]:
    """The engine that loads a dump, of those that can, and why. *why_not*: of those that cannot."""
    can = {offer.engine for offer in offers}
    if wished.engine in can:
        return wished.engine, f"the {wished.engine} can load it"
    if wished.engine == AUTO:
        return best(offers)
    return WORKER, f"the {wished.engine} cannot: {why_not.get(wished.engine, 'it does not read such lines')}"
