"""What S3 says of a run's backup or restore when somebody is to be told about it: input for `core/wording.py`, made by `aws/telling.py`."""

from __future__ import annotations

from datetime import datetime

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.ledger import Entry


class Whole(Noun, frozen=True, kw_only=True):
    """A good backup."""

    uri: str
    time: datetime


class Outcome(Noun, frozen=True, kw_only=True):
    """Of one backup, or one restore."""

    what: str  # backup of PROD_, restore of PROD_
    restores: bool = False
    uri: str  # its folder
    source: str = ""  # of a restore: the backup
    base: str
    tables: list[str]
    judged: bool  # whether it has a verdict; the next two say nothing where it has none
    missing: dict[str, str] = {}  # table -> why it does not count
    items: int = 0
    bytes: int = 0  # stored; 0 of a restore
    written: list[str] = []  # tables whose dump or load is done, counted or not
    proven: list[str] = []  # those of which it is proven
    raised: dict[str, str] = {}  # table -> how far and since when; by this run, now
    unsettled: dict[str, str] = {}  # of a restore: tables that are loaded -> settings that were not put back, and why
    waits: list[str] = []  # what has to wait before it is reset, and until when
    newest: Whole | None = None  # good backup of the same prefix

    @property
    def well(self) -> bool:
        """Nothing is left to do."""
        return self.judged and not self.missing and not self.unsettled and all(map(self.wait, self.raised))

    @property
    def unwritten(self) -> list[str]:
        return [table for table in self.tables if table not in {*self.written, *self.proven}]

    def wait(self, table: str) -> str:
        """Why a table cannot be reset yet, and when it can; empty where that is not known."""
        return next((line.partition(": ")[2] for line in self.waits if line.startswith(f"{table}: ")), "")


class Run(Noun, frozen=True, kw_only=True):
    """What Airflow knows of the run."""

    dag_id: str
    run_id: str
    failed: bool = True
    url: str = ""  # of its page
    whys: list[str] = []  # what its tasks have left of why they failed, in their own words
    again: str = ""  # what to do about tables that are missing


def raised(entry: Entry) -> str:
    return f"at {entry.raised.table} since {entry.since:%Y-%m-%d %H:%M} UTC, it had {entry.throughput}"
