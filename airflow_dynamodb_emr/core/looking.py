"""What is known of one table of a backup before anybody judges it: everything that was read, as it lies in S3."""

from __future__ import annotations

from airflow_dynamodb_emr.core.checked import Found
from airflow_dynamodb_emr.core.documents import Document, Noun, digest
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
    says: dict[str, object] = {}  # field of our manifest -> what it says of that
    reasons: list[str] = []  # what is wrong with it, whatever ours says


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

    @property
    def dump_sha256(self) -> str:
        """Tells this dump from another of the same table: what backup.json says of its manifest, or else what lies there."""
        if self.told:
            return self.told.manifest_sha256
        return self.manifest_read.sha256 or (self.own.read.sha256 if self.own else "")

    @property
    def listed_sha256(self) -> str:
        """Of its parts' names, sizes and ETags: while these stay, nobody has written to them."""
        keys = {part.key for part in self.manifest.parts} if self.manifest else set(self.own.parts) if self.own else set()
        there = [f"{key} {self.listed[key].bytes} {self.listed[key].etag}" for key in sorted(keys & self.listed.keys())]
        return digest("\n".join(there).encode())


class PlannedTable(Noun, frozen=True, kw_only=True):
    name: str


class Planned(Document, frozen=True, kw_only=True):
    """As much of plan.json as is held against the rest."""

    run: str
    folder: str = ""
    tables: list[PlannedTable]


class Frame(Noun, frozen=True, kw_only=True):
    """The backup as a whole."""

    uri: str  # where it lies
    verdict: Backup | None = None
    verdict_read: Read
    plan: Planned | None = None
    plan_read: Read
    record_read: Read = Read(key="verification.json", there=False)
    running: bool = False  # its flag says that its run is under way
    flagged: bool = True  # its flag says that it is good
    forgotten: bool = False  # retention has chosen to delete it

    @property
    def moved(self) -> bool:
        """Whether it was copied from where it was made."""
        return self.verdict is not None and self.verdict.uri != self.uri
