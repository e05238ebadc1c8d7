"""Who knows what a backup has to be: of ours, or of the older system's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from airflow_dynamodb_emr.aws.looks import Reader
from airflow_dynamodb_emr.core import older, origin, verify
from airflow_dynamodb_emr.core.looking import Look
from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.core.verification import TableVerification, Verification, held
from airflow_dynamodb_emr.errors import NotFound


class Judge(Protocol):
    """Of one backup, at one time."""

    names: list[str]  # of the tables that there is anything to say of

    def stored_bytes(self, name: str) -> int:
        """Of all that lies in the table's folder."""

    def look(self, name: str) -> Look: ...

    def parts(self, look: Look) -> list[str] | None:
        """Those that can be read; None: of this table there is nothing to read."""

    def keys(self, look: Look) -> list[KeyAttribute]:
        """None where nobody knows them."""

    def table(self, look: Look) -> TableVerification:
        """Or what an earlier look knows better of it."""

    def whole(self, tables: Sequence[TableVerification]) -> Verification: ...


def judge_of(reader: Reader, now: datetime) -> Judge:
    """Raises NotFound where there is no backup."""
    folder = reader.folder
    if reader.has(folder.verdict, folder.plan, folder.forgotten) or reader.proven():
        return Ours(reader, now)
    if not reader.has(*(folder.uri / flag for flag in older.FLAGS)) and not older.names(reader.listed):
        raise NotFound(f"backup: {folder.uri} holds none", "name the folder that holds its backup.json, as in s3://.../2026/11/23/02_00.00")
    return Older(reader, now)


class Ours:
    def __init__(self, reader: Reader, now: datetime) -> None:
        self._reader, self._now = reader, now
        record_read, self._record = reader.record()
        self._frame = reader.frame(record_read)
        self.names = verify.names(self._frame, reader.proven())

    def stored_bytes(self, name: str) -> int:
        return self._reader.stored_bytes(name)

    def look(self, name: str) -> Look:
        return self._reader.table(self._frame, name)

    def parts(self, look: Look) -> list[str] | None:
        if look.manifest is None or look.manifest.table != look.name:
            return None
        return list({part.key: None for part in look.manifest.parts if part.key in look.listed})

    def keys(self, look: Look) -> list[KeyAttribute]:
        return (look.manifest.keys if look.manifest else []) or (origin.keys_of(look.schema) if look.schema else [])

    def table(self, look: Look) -> TableVerification:
        return held(self._record, verify.table(self._frame, look, self._now))

    def whole(self, tables: Sequence[TableVerification]) -> Verification:
        return verify.verification(self._frame, tables, self._now)


class Older:
    def __init__(self, reader: Reader, now: datetime) -> None:
        self._reader, (_, self._record), self._now = reader, reader.record(), now
        self.names = older.names(reader.listed)

    def stored_bytes(self, name: str) -> int:
        return self._reader.stored_bytes(name)

    def look(self, name: str) -> Look:
        return self._reader.older(name)

    def parts(self, look: Look) -> list[str] | None:
        return [key for key in look.own.parts if key in look.listed] if look.own else None

    def keys(self, look: Look) -> list[KeyAttribute]:  # noqa: ARG002 - nothing says them
        return []

    def table(self, look: Look) -> TableVerification:
        return held(self._record, older.table(look, self._now))

    def whole(self, tables: Sequence[TableVerification]) -> Verification:
        return older.verification(str(self._reader.folder.uri), self._reader.listed, tables, self._now)
