"""What a backup has cost, by what is known of it afterwards; what had to be estimated is named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import NATIVE
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.rates import READ_BYTES_PER_UNIT
from airflow_dynamodb_emr.core.table import PROVISIONED
from airflow_dynamodb_emr.core.verdict import TableVerdict

OWN = ("capacity", "requests", "exports", "jobs")
PARTS = (*OWN, "clusters")


class Span(Noun, frozen=True, kw_only=True):
    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


class Spent(Noun, frozen=True, kw_only=True):
    """US dollars."""

    capacity: float = 0  # read capacity above what the table had, by the hour begun
    requests: float = 0  # reads on demand
    exports: float = 0  # by DynamoDB itself
    jobs: float = 0  # of EMR Serverless
    clusters: float | None = 0.0  # its share of the machines; None: their price is not known

    @property
    def own(self) -> float:
        """Without the machines that are shared."""
        return self.capacity + self.requests + self.exports + self.jobs

    @property
    def dollars(self) -> float | None:
        return None if self.clusters is None else self.own + self.clusters


class Life(Noun, frozen=True, kw_only=True):
    """Of one cluster; None for what EMR does not say, or not any more."""

    id: str
    lane: int  # from 0
    created: datetime | None = None
    ready: datetime | None = None
    ended: datetime | None = None
    words: str = ""  # why it was made, where it stands in for another
    as_planned: bool = True  # its machines

    @property
    def seconds(self) -> float | None:
        return (self.ended - self.created).total_seconds() if self.created and self.ended else None


class Try(Noun, frozen=True, kw_only=True):
    """One step, or what else dumped a table."""

    table: str
    number: int
    cluster: str = ""  # empty: none was needed
    lane: int | None = None
    state: str = "COMPLETED"
    started: datetime
    ended: datetime

    @property
    def seconds(self) -> float:
        return (self.ended - self.started).total_seconds()


def total(parts: Iterable[Spent]) -> Spent:
    """None of a sum is known where one part is not."""
    each = list(parts)
    clusters = [part.clusters for part in each]
    return Spent(
        capacity=sum(part.capacity for part in each),
        requests=sum(part.requests for part in each),
        exports=sum(part.exports for part in each),
        jobs=sum(part.jobs for part in each),
        clusters=None if None in clusters else sum(dollars or 0 for dollars in clusters),
    )


def read_units(dump: TableDump, manifest: TableManifest) -> tuple[float | None, bool]:
    """That the dump took, and whether that is only estimated, by the size that DynamoDB gave for the table when the backup was planned."""
    if manifest.read_units is not None or dump.engine == NATIVE:
        return manifest.read_units or 0.0, False
    if not dump.bytes and manifest.items:  # DynamoDB has not measured a new table yet
        return None, False
    return dump.bytes / READ_BYTES_PER_UNIT, True


def on_a_table(
    plan: BackupPlan, dump: TableDump, table: TableVerdict, manifest: TableManifest | None, raised: Span | None
) -> tuple[Spent, list[str]]:
    """Without the clusters; and which of it is estimated."""
    capacity, guessed = _capacity(plan, dump, table, raised)
    units, units_guessed = read_units(dump, manifest) if manifest else (None, False)
    on_demand = dump.billing != PROVISIONED and dump.engine != NATIVE
    requests = (units or 0.0) / 1e6 * plan.prices.million_reads if on_demand else 0.0
    exports = _export(plan, dump, manifest) if manifest and dump.engine == NATIVE else 0.0
    jobs = cost.job_run(1 + dump.mappers, table.seconds, plan.prices) if manifest and dump.serverless else 0.0
    told = {"capacity": guessed, "requests": on_demand and units_guessed, "exports": exports > 0, "jobs": jobs > 0}
    return Spent(capacity=capacity, requests=requests, exports=exports, jobs=jobs), [name for name, so in told.items() if so]


def shares(tries: Iterable[Try], whole: dict[str, float | None]) -> dict[str, float | None]:
    """Of each table: the dollars of each cluster are shared among the tables it worked on, by the time it worked on them."""
    worked = [(each.table, each.cluster, max(each.seconds, 1e-3)) for each in tries if each.cluster in whole]
    seconds = {cluster: sum(each for _, its, each in worked if its == cluster) for cluster in whole}
    found: dict[str, float | None] = {}
    for table, cluster, each in worked:
        dollars, before = whole[cluster], found.get(table, 0.0)
        found[table] = None if dollars is None or before is None else before + dollars * each / seconds[cluster]
    return found


def on_a_cluster(plan: BackupPlan, life: Life) -> float | None:
    """At the on-demand price of the planned machines."""
    if plan.size is None or life.seconds is None:
        return None
    return plan.size.each_dollars(life.seconds, plan.prices)


def _capacity(plan: BackupPlan, dump: TableDump, table: TableVerdict, raised: Span | None) -> tuple[float, bool]:
    seen = table.throughput.during
    during = seen.read if seen else dump.during.read
    if not dump.raised or during <= dump.before.read:
        return 0.0, False
    seconds = raised.seconds if raised else table.seconds + cost.STEP_SECONDS
    return cost.spike(during - dump.before.read, seconds, plan.prices.read_unit_hour), raised is None or seen is None


def _export(plan: BackupPlan, dump: TableDump, manifest: TableManifest) -> float:
    """Of what has changed, the lines are all that is known."""
    if manifest.increment:
        return cost.increment(sum(part.content_bytes or part.bytes for part in manifest.parts), plan.prices)
    return cost.export(dump.bytes, plan.prices)
