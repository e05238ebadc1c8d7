"""What a table's dump and its load have in common in a plan."""

from __future__ import annotations

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.fleet import Work
from airflow_dynamodb_emr.core.pace import Raised, Rate
from airflow_dynamodb_emr.core.table import Throughput


class Planned(Noun, frozen=True, kw_only=True):
    """One table's part of a plan, be it of a backup or of a restore."""

    name: str
    before: Throughput
    raised: Raised | None  # its capacity meanwhile, where that is raised
    rate: Rate
    mappers: int = 0  # side by side; 0: as many as the connector makes
    lane: int = 0  # the cluster that does it
    seconds: float  # its step's
    dollars: float

    @property
    def own_units(self) -> int:
        """Of those that it takes, reads or writes, what the table had."""
        raise NotImplementedError

    @property
    def vcpu_units(self) -> float:
        """How many units a second keep a processor busy."""
        raise NotImplementedError

    def seconds_at(self, share: float) -> float:
        """Of its step, when only a *share* of the spike is there."""
        return self.seconds * self.rate.slower(share, self.own_units)

    @property
    def during(self) -> Throughput:
        """Meanwhile; before and after it is as it was."""
        return self.before.at_least(self.raised.table) if self.raised else self.before

    @property
    def work(self) -> Work:
        """What its step asks of the cluster; a small table is over before it has kept a processor busy."""
        moving = min(1.0, self.rate.seconds / self.seconds)
        return Work(self.name, self.seconds, self.mappers, moving * self.rate.units / self.vcpu_units)
