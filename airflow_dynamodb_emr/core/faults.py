"""What is wrong with one table of a backup: the rules of `verify`. Here those for our documents, in `ownfaults.py`
for its engine's, in `partfaults.py` for its data."""

from __future__ import annotations

from collections import Counter

from airflow_dynamodb_emr.core import ownfaults, partfaults
from airflow_dynamodb_emr.core.charge import MISSING, WRONG, Charge, Charges, differs, unread
from airflow_dynamodb_emr.core.engines import CONNECTOR
from airflow_dynamodb_emr.core.looking import Look
from airflow_dynamodb_emr.core.manifest import Proof, TableManifest
from airflow_dynamodb_emr.core.origin import keys_of
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.verdict import TableVerdict
from airflow_dynamodb_emr.core.words import counted


def charges(look: Look, manifest: TableManifest, moved: bool) -> Charges:
    """Against a table whose manifest can be read. *moved*: the backup was copied from where it was made."""
    if manifest.table != look.name:
        yield Charge(WRONG, look.manifest_read.key, f"it is the manifest of another table, {manifest.table}")
        return
    yield from _named(look, manifest)
    yield from _sums(look.manifest_read.key, manifest)
    yield from _proof(look.manifest_read.key, manifest)
    yield from _as_told(look, manifest, look.told) if look.told else ()
    yield from unread(look.schema_read, "its schema")
    yield from _schema(look, manifest, look.schema) if look.schema else ()
    yield from ownfaults.charges(look.own, manifest) if look.own else ()
    yield from partfaults.stored(look, manifest, moved)
    if look.chain:
        yield Charge(MISSING, "", look.chain)
    if look.found:
        yield from partfaults.read(look, manifest)
        yield from partfaults.together(look, manifest)


def _named(look: Look, manifest: TableManifest) -> Charges:
    inside = f"{look.name}/{manifest.attempt}/"
    for part in manifest.parts:
        if not part.key.startswith(inside):
            yield Charge(WRONG, part.key, f"its manifest names it, and it lies outside of {inside}: it is another table's, or another try's")
    for name, times in Counter(part.key for part in manifest.parts).items():
        if times > 1:
            yield Charge(WRONG, name, f"its manifest names it {times} times")


def _sums(key: str, manifest: TableManifest) -> Charges:
    stored, items = sum(part.bytes for part in manifest.parts), partfaults.items_of(manifest)
    if stored != manifest.bytes:
        yield Charge(WRONG, key, f"its parts have {stored} bytes together, it says {manifest.bytes}")
    if items not in (None, manifest.items):
        yield Charge(WRONG, key, f"its parts have {counted(items or 0, 'item')} together, it says {manifest.items}")
    if manifest.counter not in (None, manifest.items):
        yield Charge(WRONG, key, f"the engine counted {counted(manifest.counter or 0, 'item')}, it says {manifest.items}")


def _proof(key: str, manifest: TableManifest) -> Charges:
    """It has to say what it is the proof of."""
    if manifest.proof is Proof.COUNTED and manifest.counter is None:
        yield Charge(WRONG, key, "its items are said to be counted, and it has no count")
    for part in () if manifest.proof is Proof.COUNTED else manifest.parts:
        if part.items is None or not (part.sha256 or part.md5):
            yield Charge(WRONG, part.key, "its manifest has no count or no checksum of it, and says that it was read")
    if not manifest.engines or (CONNECTOR in manifest.engines and manifest.form != CONNECTOR):
        able = ", ".join(manifest.engines) or "no engine"
        yield Charge(WRONG, key, f"its lines are of the form {manifest.form}, and it says that {able} can load them")


def _as_told(look: Look, manifest: TableManifest, told: TableVerdict) -> Charges:
    key = look.manifest_read.key
    if told.manifest_sha256 not in ("", look.manifest_read.sha256):
        yield Charge(WRONG, key, "it is not as it was when backup.json was written: its SHA-256 is another")
    for what in ("engine", "attempt", "items", "bytes"):
        says, has = getattr(told, what), getattr(manifest, what)
        if says != has:
            yield Charge(WRONG, key, differs(what, has, says, "backup.json"))


def _schema(look: Look, manifest: TableManifest, schema: Schema) -> Charges:
    key = look.schema_read.key
    if manifest.schema_sha256 not in ("", look.schema_read.sha256):
        yield Charge(WRONG, key, "it is not as it was when the dump was proven: its SHA-256 is another")
    if schema.table.get("TableName") != look.name:
        yield Charge(WRONG, key, f"it is the schema of another table, {schema.table.get('TableName')}")
    held = {"arn": schema.table.get("TableArn"), "table id": schema.table.get("TableId")}
    for what, says in (("arn", manifest.arn), ("table id", manifest.table_id)):
        if says and held[what] not in (None, says):
            yield Charge(WRONG, key, f"its {what} is {held[what]}, the dump is of {says}")
    if not keys_of(schema) or not all(each.type for each in keys_of(schema)):
        yield Charge(WRONG, key, "it does not say what the table's key is")
    elif manifest.keys and manifest.keys != keys_of(schema):
        yield Charge(WRONG, key, f"its keys are {_names(schema)}, the dump has {', '.join(each.name for each in manifest.keys)}")


def _names(schema: Schema) -> str:
    return ", ".join(f"{each.name} ({each.type})" for each in keys_of(schema)) or "not told"
