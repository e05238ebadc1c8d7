"""What is wrong with one table of a backup, each thing with what it makes of the table: the rules of `verify`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from airflow_dynamodb_emr.core.checked import Checked
from airflow_dynamodb_emr.core.engines import CONNECTOR
from airflow_dynamodb_emr.core.looking import Look, Read
from airflow_dynamodb_emr.core.manifest import Part, TableManifest
from airflow_dynamodb_emr.core.origin import keys_of
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.strangers import strangers
from airflow_dynamodb_emr.core.verdict import TableVerdict, Verdict
from airflow_dynamodb_emr.core.words import counted

_MISSING, _WRONG, _UNSURE = Verdict.INCOMPLETE, Verdict.INVALID, Verdict.UNVERIFIED


class Charge(NamedTuple):
    """One thing that is wrong."""

    verdict: Verdict  # that it makes of the table
    part: str  # its key relative to the backup's folder; empty: the table as a whole
    reason: str


Charges = Iterator[Charge]


def unread(read: Read, what: str) -> Charges:
    """Of a document that has to be there."""
    if read.damage:
        yield Charge(_WRONG, read.key, read.damage)
    elif not read.there:
        yield Charge(_MISSING, read.key, f"{what} is not there")


def charges(look: Look, manifest: TableManifest, moved: bool) -> Charges:
    """Against a table whose manifest can be read. *moved*: the backup was copied from where it was made."""
    if manifest.table != look.name:
        yield Charge(_WRONG, look.manifest_read.key, f"it is the manifest of another table, {manifest.table}")
        return
    yield from _named(look, manifest)
    yield from _sums(look.manifest_read.key, manifest)
    yield from _told(look, manifest, look.told) if look.told else ()
    yield from unread(look.schema_read, "its schema")
    yield from _schema(look, manifest, look.schema) if look.schema else ()
    yield from _own(look, manifest)
    yield from _stored(look, manifest, moved)
    if look.chain:
        yield Charge(_MISSING, "", look.chain)
    if look.found:
        yield from _read(manifest, {part.key: part for part in look.found.parts})
        yield from _together(look, manifest)


def _named(look: Look, manifest: TableManifest) -> Charges:
    inside = f"{look.name}/{manifest.attempt}/"
    for part in manifest.parts:
        if not part.key.startswith(inside):
            yield Charge(_WRONG, part.key, f"its manifest names it, and it lies outside of {inside}: it is another table's, or another try's")
    for name, times in Counter(part.key for part in manifest.parts).items():
        if times > 1:
            yield Charge(_WRONG, name, f"its manifest names it {times} times")


def _sums(key: str, manifest: TableManifest) -> Charges:
    stored, items = sum(part.bytes for part in manifest.parts), _items(manifest)
    if stored != manifest.bytes:
        yield Charge(_WRONG, key, f"its parts have {stored} bytes together, it says {manifest.bytes}")
    if items not in (None, manifest.items):
        yield Charge(_WRONG, key, f"its parts have {counted(items or 0, 'item')} together, it says {manifest.items}")
    if manifest.counter not in (None, manifest.items):
        yield Charge(_WRONG, key, f"the engine counted {counted(manifest.counter or 0, 'item')}, it says {manifest.items}")


def _items(manifest: TableManifest) -> int | None:
    """None where nobody has counted the parts'."""
    counts = [part.items for part in manifest.parts if part.items is not None]
    return sum(counts) if len(counts) == len(manifest.parts) else None


def _told(look: Look, manifest: TableManifest, told: TableVerdict) -> Charges:
    key = look.manifest_read.key
    if told.manifest_sha256 not in ("", look.manifest_read.sha256):
        yield Charge(_WRONG, key, "it is not as it was when backup.json was written: its SHA-256 is another")
    for what in ("engine", "attempt", "items", "bytes"):
        says, has = getattr(told, what), getattr(manifest, what)
        if says != has:
            yield Charge(_WRONG, key, f"its {what} {'are' if what.endswith('s') else 'is'} {has}, backup.json says {says}")


def _schema(look: Look, manifest: TableManifest, schema: Schema) -> Charges:
    key = look.schema_read.key
    if manifest.schema_sha256 not in ("", look.schema_read.sha256):
        yield Charge(_WRONG, key, "it is not as it was when the dump was proven: its SHA-256 is another")
    if schema.table.get("TableName") != look.name:
        yield Charge(_WRONG, key, f"it is the schema of another table, {schema.table.get('TableName')}")
    held = {"arn": schema.table.get("TableArn"), "table id": schema.table.get("TableId")}
    for what, says in (("arn", manifest.arn), ("table id", manifest.table_id)):
        if says and held[what] not in (None, says):
            yield Charge(_WRONG, key, f"its {what} is {held[what]}, the dump is of {says}")
    if manifest.keys and manifest.keys != keys_of(schema):
        yield Charge(_WRONG, key, f"its keys are {_names(schema)}, the dump has {', '.join(each.name for each in manifest.keys)}")


def _names(schema: Schema) -> str:
    return ", ".join(f"{each.name} ({each.type})" for each in keys_of(schema)) or "not told"


def _own(look: Look, manifest: TableManifest) -> Charges:
    if look.own is None:
        return
    read, expected = look.own.read, {part.key: part for part in manifest.parts}
    yield from unread(read, "the engine's own manifest")
    if read.damage or not read.there:
        return
    if look.own.reason:
        yield Charge(_WRONG, read.key, look.own.reason)
    for key in sorted(expected.keys() - look.own.parts.keys()):
        yield Charge(_WRONG, read.key, f"it does not name {key}, which ours does")
    for key in sorted(look.own.parts.keys() - expected.keys()):
        yield Charge(_WRONG, read.key, f"it names {key}, which ours does not")
    for key, (items, checksum) in look.own.parts.items():
        part = expected.get(key)
        if part and (items not in (None, part.items) or checksum not in ("", part.sha256, part.md5)):
            yield Charge(_WRONG, read.key, f"it says otherwise of {key} than ours")


def _stored(look: Look, manifest: TableManifest, moved: bool) -> Charges:
    for part in manifest.parts:
        stored = look.listed.get(part.key)
        if stored is None:
            yield Charge(_MISSING, part.key, "it is not there")
        elif stored.bytes != part.bytes:
            yield Charge(_WRONG, part.key, f"it has {counted(stored.bytes, 'byte')}, its manifest says {part.bytes}")
        elif stored.etag not in (part.etag, part.md5) and not _was_read(look, part, moved):
            yield _another(part, moved)
    known = {part.key for part in manifest.parts} | set(manifest.ignored or ())
    # A mapper that was lost leaves files that the connector's manifest does not name; older manifests of ours do not say which.
    excused = manifest.engine == CONNECTOR and manifest.ignored is None and look.own is not None and look.own.read.there
    for key in [] if excused else strangers(f"{manifest.table}/{manifest.attempt}", look.listed, known):
        yield Charge(_WRONG, key, "it is no part of the dump, and would be taken for one")


def _another(part: Part, moved: bool) -> Charge:
    if moved:
        return Charge(_UNSURE, part.key, "its ETag is another: a copy may have another, so only a deep look can tell")
    return Charge(_WRONG, part.key, "it is not as it was written: its ETag is another")


def _was_read(look: Look, part: Part, moved: bool) -> bool:
    """Then its checksum says more than an ETag. Of a copy that has none, nobody can say more than that it holds what was counted."""
    read = look.found is not None and any(each.key == part.key for each in look.found.parts)
    return read and (moved or bool(part.sha256 or part.md5))


def _read(manifest: TableManifest, found: dict[str, Checked]) -> Charges:
    for part in manifest.parts:
        seen = found.get(part.key)
        if seen is None:
            continue
        for reason in seen.reasons:
            yield Charge(_WRONG, part.key, reason)
        for reason in () if seen.reasons else _other_content(part, seen):
            yield Charge(_WRONG, part.key, reason)


def _other_content(part: Part, seen: Checked) -> Iterator[str]:
    if part.items not in (None, seen.items):
        yield f"it holds {counted(seen.items, 'item')}, its manifest says {part.items}"
    for what, written, now in (("SHA-256", part.sha256, seen.sha256), ("MD5", part.md5, seen.md5)):
        if written and now and written != now:
            yield f"its bytes are not those that were written: its {what} is another"


def _together(look: Look, manifest: TableManifest) -> Charges:
    assert look.found
    whole = len(look.found.parts) == len(manifest.parts) and not any(part.reasons for part in look.found.parts)
    if whole and _items(manifest) is None and look.found.items != manifest.items:
        yield Charge(_WRONG, "", f"its parts hold {counted(look.found.items, 'item')}, its manifest says {manifest.items}")
    if look.found.duplicate_count:
        lines = counted(look.found.duplicate_count, "line")
        yield Charge(_WRONG, "", f"{lines} too many: keys are there more than once, {', '.join(look.found.duplicates)} among them")
