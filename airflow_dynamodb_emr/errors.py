"""Every error of this package, one tree:

    DynamoDBBackupError
    ├── BadInput            what was asked for cannot be done; nothing was touched; trying again will not help
    │   └── NotFound        a bucket, table, backup, subnet, role or jar that was named is not there
    ├── ClusterFailed       an EMR cluster could not start, or died
    ├── StepFailed          an EMR step ended otherwise than COMPLETED
    ├── SpikeDeclined       a table cannot or need not be raised now: it is dumped or loaded as it is
    ├── ThroughputNotReset  a table's throughput could not be put back yet; its ledger entry stays
    │   └── DecreaseRefused DynamoDB allows no decrease before the time given
    ├── CopyFailed          not all items of a table could be read or written; what was written is no dump
    ├── DataDamaged         what is in S3 is not what it should be
    ├── BackupIncomplete    some tables of a backup cannot be restored
    ├── RestoreIncomplete   some tables of a restore were not loaded
    └── SettingsNotRestored a table is loaded, and some of its settings are not as they were

Each prints one line of facts, then `HINT:` with what to do.
"""

from __future__ import annotations

from datetime import datetime


class DynamoDBBackupError(Exception):
    """The root: one line of facts and, where there is something to do, a hint."""

    def __init__(self, facts: str, hint: str = "") -> None:
        super().__init__(facts, hint)
        self.facts = facts
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.facts}\nHINT: {self.hint}" if self.hint else self.facts


def facts_of(error: Exception) -> str:
    """In one line, of an error of ours or of anybody's."""
    return error.facts if isinstance(error, DynamoDBBackupError) else " ".join(str(error).split())


class BadInput(DynamoDBBackupError):
    """What was asked for cannot be done; nothing was touched, and trying again will not help."""


class NotFound(BadInput):
    """Something that was named is not there."""


class ClusterFailed(DynamoDBBackupError):
    """An EMR cluster could not start, or died before its work was done."""


class StepFailed(DynamoDBBackupError):
    """An EMR step ended otherwise than COMPLETED."""


class SpikeDeclined(DynamoDBBackupError):
    """A table cannot or need not be raised now: it is dumped or loaded as it is."""


class ThroughputNotReset(DynamoDBBackupError):
    """A table's throughput could not be put back yet; its ledger entry stays."""


class DecreaseRefused(ThroughputNotReset):
    """DynamoDB allows no decrease of this capacity before *until*."""

    def __init__(self, table: str, until: datetime, why: str) -> None:
        facts = f"{table}: its throughput can be lowered again at {until:%H:%M:%S} UTC: {why}"
        super().__init__(facts, "its ledger entry stays, and `dynamodb_janitor` resets it then; `dynamodb-emr raised --reset` does so by hand")
        self.until = until


class CopyFailed(DynamoDBBackupError):
    """Not all items of a table could be read or written; what was written is no dump."""


class DataDamaged(DynamoDBBackupError):
    """What is in S3 is not what it should be."""


class BackupIncomplete(DynamoDBBackupError):
    """Some tables of a backup cannot be restored from it."""


class SettingsNotRestored(DynamoDBBackupError):
    """A table is loaded, and some of its settings are not as they were."""

    def __init__(self, table: str, settings: list[str]) -> None:
        hint = "correct that, and clear this task: what is as it was is not touched again"
        super().__init__(f"{table} is loaded, but {'; '.join(settings)}", hint)


class RestoreIncomplete(DynamoDBBackupError):
    """Some tables of a restore were not loaded."""
