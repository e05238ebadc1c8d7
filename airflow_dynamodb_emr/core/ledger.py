"""The ledger: what a table's throughput was, written before it is raised, deleted when it is back.

The decisions of spike and reset are here, as lists of changes; `aws/throughput.py` carries them out.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from airflow_dynamodb_emr.core.documents import Document, Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Table, Throughput


class Target(Noun, frozen=True, kw_only=True):
    """One scalable target of Application Auto Scaling."""

    resource: str  # table/<name> or table/<name>/index/<index>
    dimension: str  # dynamodb:table:ReadCapacityUnits, dynamodb:index:WriteCapacityUnits, ...
    least: int
    most: int
    suspended: dict[str, bool] = {}

    @property
    def index(self) -> str:
        """Empty for the table itself."""
        return self.resource.partition("/index/")[2]

    def allowing(self, units: int) -> Target:
        """At least *units*: autoscaling takes a manual raise above its minimum back within minutes."""
        return structs.replace(self, least=max(self.least, units), most=max(self.most, units))


class Entry(Document, frozen=True, kw_only=True):
    """What to put back, and for whom it was raised."""

    table: str
    run: str
    since: datetime
    billing: str
    throughput: Throughput
    indexes: dict[str, Throughput]
    targets: list[Target]
    raised: Raised


def ledger_uri(base: S3Uri, account: str, region: str, table: str) -> S3Uri:
    return base / "ledger" / account / region / f"{table}.json"


def entry(table: Table, targets: list[Target], raised: Raised, run: str, now: datetime) -> Entry:
    return Entry(
        table=table.name,
        run=run,
        since=now,
        billing=table.billing,
        throughput=table.throughput,
        indexes=table.indexes,
        targets=targets,
        raised=raised,
    )


def targets_while_raised(entry: Entry) -> list[Target]:
    """The targets to change for the spike, before the capacity itself."""
    wanted = [(target, target.allowing(_units(target, entry.raised))) for target in entry.targets]
    return [after for before, after in wanted if after != before]


def targets_to_put_back(entry: Entry, now: Table) -> list[Target]:
    """Those whose index was not deleted meanwhile."""
    return [target for target in entry.targets if not target.index or target.index in now.indexes]


def capacity_changes(now: Table, throughput: Throughput, indexes: dict[str, Throughput]) -> tuple[Throughput | None, dict[str, Throughput]]:
    """What UpdateTable has to be told for *now* to become the given capacity: nothing that is so already, which DynamoDB refuses."""
    if not now.provisioned:  # somebody switched it to on demand meanwhile
        return None, {}
    table = throughput if now.throughput != throughput else None
    changed = {name: units for name, units in indexes.items() if name in now.indexes and now.indexes[name] != units}
    return table, changed


def is_raised(now: Table, raised: Raised) -> bool:
    """Whether *now* has at least the raised capacity; autoscaling may have gone above it, and on demand there is none to raise."""
    if not now.provisioned:
        return True
    return now.throughput.at_least(raised.table) == now.throughput and all(
        now.indexes[name].at_least(units) == now.indexes[name] for name, units in raised.indexes.items() if name in now.indexes
    )


def is_back(now: Table, entry: Entry) -> bool:
    return capacity_changes(now, entry.throughput, entry.indexes) == (None, {})


def _units(target: Target, raised: Raised) -> int:
    units = raised.indexes.get(target.index) if target.index else raised.table
    if units is None:
        return 0
    return units.read if target.dimension.endswith("ReadCapacityUnits") else units.write
