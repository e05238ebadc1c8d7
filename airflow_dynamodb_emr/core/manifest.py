"""What a dump consists of: this package's manifest of a table (`tables/<table>.json`), and the connector's own (`manifest`)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

import msgspec

from airflow_dynamodb_emr.core.documents import UNREADABLE, Document, Noun, Time
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput, DataDamaged

CONNECTOR_FORMAT = 3
_HEADER = f'{{"name":"DynamoDB-export","version":{CONNECTOR_FORMAT},\n"entries": [\n'
_FOOTER = "\n]}"


class Part(Noun, frozen=True, kw_only=True):
    """One data file of a dump, as it is stored."""

    key: str  # relative to the backup's folder, so that a backup can be copied
    bytes: int  # as stored: compressed, where it is
    etag: str
    items: int | None  # None: nobody has counted them, see `Proof`
    sha256: str | None = None  # of the bytes as stored, in hex; None: nobody of ours has read them
    md5: str | None = None  # the same, where DynamoDB itself has written them and says it
    content_sha256: str = ""  # of the lines, unpacked; empty where nobody counted that
    content_bytes: int = 0


class Copied(Document, frozen=True, kw_only=True):
    """What the copy engine says of a dump: manifest.json in the dump's own folder, written last."""

    engine: str
    form: str  # of its lines
    table: str
    arn: str
    table_id: str
    keys: list[str]
    items: int
    bytes: int
    content_bytes: int  # of the lines, unpacked
    read_units: float
    started: Time
    ended: Time
    seconds: float
    parts: list[Part]  # keys are relative to the dump's folder


class Increment(Noun, frozen=True, kw_only=True):
    """What of a table a dump holds that is not the whole of it: the net change of each key within a window."""

    base: str  # URI of the manifest of the dump it stands on: of the whole table, or the increment before this one
    base_time: Time  # the moment that dump leads to
    start: Time  # changes at this very moment are in it
    end: Time  # those at this one are not


class Proof(str, Enum):
    """How it is known what a dump holds."""

    READ = "read"  # each part was read back, and its items counted
    WRITTEN = "written"  # the copy engine counted while it wrote, and S3 has each part as it was written
    COUNTED = "counted"  # by the step's own counter; of the parts only their sizes and ETags are known
    EXPORTED = "exported"  # by DynamoDB, under its checksums


class KeyAttribute(Noun, frozen=True, kw_only=True):
    """One attribute of a table's primary key."""

    name: str
    type: str  # S, N or B


class Settings(Noun, frozen=True, kw_only=True):
    """How a dump was made."""

    release: str = ""  # of EMR
    jar: str = ""  # of the connector: its URI, which tells the version
    segments: int = 0  # that were read side by side; 0: DynamoDB exported it
    read_units_a_second: float = 0  # that it was to take at most
    spiked_to: int | None = None  # read units a second; None: the table was left as it was


class TableManifest(Document, frozen=True, kw_only=True):
    """The proof of one table's dump: written once, when the dump is verified."""

    table: str
    engine: str
    attempt: int
    items: int  # of an increment: keys that changed
    bytes: int
    parts: list[Part]
    form: str = "connector"  # of its lines; or dynamodb-json
    engines: list[str]  # those that can load it; the connector cannot load every dump of its own
    started: Time
    ended: Time
    seconds: float
    cluster: str = ""
    step: str = ""
    read_units: float | None = None  # None where the engine does not say
    counter: int | None = None  # the items that the step said it read; None where the engine has no counter
    schema_sha256: str = ""  # of schema/<table>.json
    arn: str = ""  # of the table
    table_id: str = ""  # a table that is deleted and made anew has another
    keys: list[KeyAttribute] = []  # partition key, then sort key if there is one
    proof: Proof = Proof.READ
    settings: Settings = Settings()
    ignored: list[str] | None = None  # other files beside its parts when this was written, no part of it; None: nobody looked
    consistent: Time | None = None  # the moment it shows the table at, or leads to; None: it was read while it was written to
    increment: Increment | None = None  # None: it holds the whole table

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        return (self.increment.start, self.increment.end) if self.increment else None


class _Entry(msgspec.Struct, forbid_unknown_fields=False):
    url: str
    mandatory: bool = True


class _ConnectorManifest(msgspec.Struct):
    version: int
    entries: list[_Entry]


def parse_connector_manifest(data: bytes, source: object = "the manifest") -> list[S3Uri]:
    """The data files a connector's `manifest` names; raises DataDamaged for what is none, or is of another version than 3."""
    try:
        version = msgspec.json.decode(data, type=dict[str, Any]).get("version")
        if version != CONNECTOR_FORMAT:
            raise DataDamaged(f"{source} has version {version}, expected {CONNECTOR_FORMAT}")
        entries = msgspec.json.decode(data, type=_ConnectorManifest).entries
        return [S3Uri.parse(entry.url, str(source)) for entry in entries]
    except UNREADABLE as error:
        raise DataDamaged(f"{source} is no manifest of the connector: {error}", "it was changed by hand or cut short") from error
    except BadInput as error:
        raise DataDamaged(error.facts) from error


def connector_manifest(urls: list[S3Uri]) -> bytes:
    """As the connector writes it, byte for byte."""
    entries = (msgspec.json.encode({"url": str(url), "mandatory": True}).decode() for url in urls)
    return (_HEADER + ",\n".join(entries) + _FOOTER).encode()


def moved_to(folder: S3Uri, urls: list[S3Uri]) -> list[S3Uri]:
    """*urls* as they are in a copy of the dump: the connector writes its files straight into one folder and names them by absolute URLs."""
    return [folder / url.key.rpartition("/")[2] for url in urls]
