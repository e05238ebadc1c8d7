"""The words of putting settings back: where to, what a user chooses, one step, and what became of a setting."""

from __future__ import annotations

from datetime import datetime, timezone
from enum import Enum
from typing import Any

from airflow_dynamodb_emr.core.documents import Document, Noun

TABLE_CLASS, ENCRYPTION, TAGS, TTL, PITR, INSIGHTS = "class", "encryption", "tags", "ttl", "recovery", "insights"
KINESIS, STREAM, AUTOSCALING, POLICY, PROTECTION = "kinesis", "stream", "autoscaling", "policy", "protection"
KINDS = (TABLE_CLASS, ENCRYPTION, TAGS, TTL, PITR, INSIGHTS, KINESIS, STREAM, AUTOSCALING, POLICY, PROTECTION)
AUTO, BEFORE, AFTER = "auto", "before", "after"  # when global indexes are made: with the table, or when it is loaded

LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


class Outcome(Enum):
    RESTORED = "restored"
    MAPPED = "mapped"  # as it was, but for names, accounts, regions or keys that are others here
    LEFT_OUT = "left out"  # nothing that anybody waits for: it cannot be, or is not wanted
    FAILED = "failed"


class Setting(Noun, frozen=True, kw_only=True):
    """What became of one setting of one table."""

    name: str
    outcome: Outcome
    how: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome.value}" + (f": {self.how}" if self.how else "")


class Step(Noun, frozen=True, kw_only=True):
    """One setting, and the call that puts it back."""

    setting: str
    call: str  # as AWS names it
    request: dict[str, Any]
    mapped: bool = False
    how: str = ""  # what is different, or what somebody has to know

    def ended(self, failure: str = "") -> Setting:
        if failure:
            return Setting(name=self.setting, outcome=Outcome.FAILED, how=failure)
        return Setting(name=self.setting, outcome=Outcome.MAPPED if self.mapped else Outcome.RESTORED, how=self.how)


class PutBack(Noun, frozen=True, kw_only=True):
    """What a restore will do about the settings of one table."""

    steps: list[Step] = []  # in this order
    left_out: list[Setting] = []


class SettingsReport(Document, frozen=True, kw_only=True):
    """settings/<table>.json in the restore's folder: what became of each setting, written by the last try."""

    table: str
    settings: list[Setting]

    @property
    def failed(self) -> list[Setting]:
        return [each for each in self.settings if each.outcome is Outcome.FAILED]


class Place(Noun, frozen=True, kw_only=True):
    """Where a table is, or will be."""

    partition: str
    region: str
    account: str

    @classmethod
    def of(cls, arn: str) -> Place:
        _, partition, _, region, account, *_ = arn.split(":")
        return cls(partition=partition, region=region, account=account)

    def arn(self, table: str) -> str:
        return f"arn:{self.partition}:dynamodb:{self.region}:{self.account}:table/{table}"

    def __str__(self) -> str:
        return f"{self.account}, {self.region}"


class Target(Noun, frozen=True, kw_only=True):
    """The table that is made, and when."""

    name: str
    place: Place
    now: datetime

    @property
    def arn(self) -> str:
        return self.place.arn(self.name)


class Choices(Noun, frozen=True, kw_only=True):
    """What a user says about settings."""

    keys: dict[str, str] = {}  # of KMS: ARN in the backup, or * for each that cannot be used, to the one to use
    tags: dict[str, str] = {}  # that each table made gets beside its own
    without: list[str] = []  # of KINDS
    indexes: str = AUTO


AS_IT_WAS = Choices()
