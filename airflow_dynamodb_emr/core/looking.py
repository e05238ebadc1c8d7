"""What is known of one table of a backup before anybody judges it: everything that was read, as it lies in S3."""

from __future__ import annotations

from airflow_dynamodb_emr.core.checked import Found
from airflow_dynamodb_emr.core.documents import Document, Noun
from airflow_dynamodb_emr.core.exported import Stored
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict


class Read(Noun, frozen=True, kw_only=True):
    """A document that was looked for."""

    key: str  # relative to the backup's folder
    there: bool = True
    sha256: str = ""  # of its bytes
    damage: str = ""  # why it cannot be read; empty: it can, or is not there


class Own(Noun, frozen=True, kw_only=True):
    """The manifest that the engine itself left with the dump."""

    read: Read
    parts: dict[str, tuple[int | None, str]] = {}  # key relative to the backup's folder -> items and checksum, as far as it says them
    reason: str = ""  # what is wrong with the rest of it


class Look(Noun, frozen=True, kw_only=True):
    """One table."""

    name: str
    told: TableVerdict | None = None  # by backup.json
    manifest: TableManifest | None = None
    manifest_read: Read
    schema: Schema | None = None
    schema_read: Read
    own: Own | None = None  # None: nobody looked, or there is no manifest to hold it against
    listed: dict[str, Stored] = {}  # below the table's folder, by key relative to the backup's
    chain: str = ""  # why what it stands on does not fit
    found: Found | None = None  # None: its parts were not read


class PlannedTable(Noun, frozen=True, kw_only=True):
    name: str


class Planned(Document, frozen=True, kw_only=True):
    """As much of plan.json as is held against the rest."""

    run: str
    tables: list[PlannedTable]


class Frame(Noun, frozen=True, kw_only=True):
    """The backup as a whole."""

    uri: str  # where it lies
    verdict: Backup | None = None
    verdict_read: Read
    plan: Planned | None = None
    plan_read: Read
    running: bool = False  # its flag says that its run is under way
    flagged: bool = True  # its flag says that it is good
    forgotten: bool = False  # retention has chosen to delete it

    @property
    def moved(self) -> bool:
        """Whether it was copied from where it was made."""
        return self.verdict is not None and self.verdict.uri != self.uri
