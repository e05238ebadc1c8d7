"""Reads what the judges of `core/verify.py` and `core/older.py` want to know of a backup; of its data, no more than names, sizes and ETags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from airflow_dynamodb_emr.aws import chains, ownlooks
from airflow_dynamodb_emr.aws.listed import Documents, Listed
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.exported import Stored
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.looking import Frame, Look, Planned, Read
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.origin import keys_of
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.verdict import Backup
from airflow_dynamodb_emr.core.verification import Verification, of_here


class Reader(Documents):
    """Of one backup, whose folder was listed."""

    def __init__(self, store: Store, folder: Folder, listed: Listed) -> None:
        super().__init__(store, folder, listed)
        self._tables = defaultdict[str, dict[str, Stored]](dict)
        for key, stored in listed.items():
            self._tables[key.partition("/")[0]][key] = stored

    def proven(self) -> set[str]:
        """The tables that have a manifest; a table may itself be called `tables`."""
        return self.folder.proven(self.folder.uri / key for key in self._tables["tables"] if key.count("/") == 1 and key.endswith(".json"))

    def below(self, table: str) -> Collection[str]:
        return self._tables[table].keys()

    def stored_bytes(self, table: str) -> int:
        return sum(each.bytes for each in self._tables[table].values())

    def record(self) -> tuple[Read, Verification | None]:
        """What earlier looks have found, as far as it holds here."""
        read, found = self.document(self.key(self.folder.verification), Verification)
        return read, found and of_here(found, str(self.folder.uri))

    def frame(self, record_read: Read) -> Frame:
        verdict_read, verdict = self.document(self.key(self.folder.verdict), Backup)
        plan_read, plan = self.document(self.key(self.folder.plan), Planned)
        return Frame(
            uri=str(self.folder.uri),
            verdict=verdict,
            verdict_read=verdict_read,
            plan=plan,
            plan_read=plan_read,
            record_read=record_read,
            running=self.has(self.folder.flag("RUNNING")),
            flagged=self.has(self.folder.flag("COMPLETE_SUCCESS")),
            forgotten=self.has(self.folder.forgotten),
        )

    def table(self, frame: Frame, name: str) -> Look:
        manifest_read, manifest = self.document(f"tables/{name}.json", TableManifest)
        schema_read, schema = self.document(f"schema/{name}.json", Schema, keys_of)
        ours = manifest is not None and manifest.table == name
        return Look(
            name=name,
            told=frame.verdict.table(name) if frame.verdict else None,
            manifest=manifest,
            manifest_read=manifest_read,
            schema=schema,
            schema_read=schema_read,
            own=ownlooks.own(self, manifest) if manifest and ours else None,
            listed=self._tables[name],
            chain=chains.broken(self.store, self.folder, name) if manifest and manifest.increment else "",
        )

    def older(self, name: str) -> Look:
        nothing = Read(key="", there=False)
        return Look(name=name, manifest_read=nothing, schema_read=nothing, own=ownlooks.of_connector(self, name), listed=self._tables[name])
