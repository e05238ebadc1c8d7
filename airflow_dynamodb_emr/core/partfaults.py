"""What is wrong with the parts of a dump: where they lie, and in what was read of them."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_dynamodb_emr.core.charge import MISSING, UNSURE, WRONG, Charge, Charges
from airflow_dynamodb_emr.core.checked import Checked
from airflow_dynamodb_emr.core.engines import CONNECTOR
from airflow_dynamodb_emr.core.looking import Look
from airflow_dynamodb_emr.core.manifest import Part, TableManifest
from airflow_dynamodb_emr.core.strangers import strangers
from airflow_dynamodb_emr.core.words import counted


def stored(look: Look, manifest: TableManifest, moved: bool) -> Charges:
    """As S3 lists them."""
    read = {part.key for part in look.found.parts} if look.found else set()
    for part in manifest.parts:
        there = look.listed.get(part.key)
        if there is None:
            yield Charge(MISSING, part.key, "it is not there")
        elif there.bytes != part.bytes:
            yield Charge(WRONG, part.key, f"it has {counted(there.bytes, 'byte')}, its manifest says {part.bytes}")
        elif there.etag not in (part.etag, part.md5) and not (part.key in read and _says_more(part, moved)):
            yield _another(part, moved)
    yield from _strange(look, manifest)


def _strange(look: Look, manifest: TableManifest) -> Charges:
    known = {part.key for part in manifest.parts} | set(manifest.ignored or ())
    # A mapper that was lost leaves files that the connector's manifest does not name; older manifests of ours do not say which.
    excused = manifest.engine == CONNECTOR and manifest.ignored is None and look.own is not None and look.own.read.there
    for key in [] if excused else strangers(f"{manifest.table}/{manifest.attempt}", look.listed, known):
        yield Charge(WRONG, key, "it is no part of the dump, and would be taken for one")


def _another(part: Part, moved: bool) -> Charge:
    if moved:
        return Charge(UNSURE, part.key, "its ETag is another: a copy may have another, so only a deep look can tell")
    return Charge(WRONG, part.key, "it is not as it was written: its ETag is another")


def _says_more(part: Part, moved: bool) -> bool:
    """Than an ETag, what was read of it: by its checksum. Of a copy without one nobody can say more than that it holds what was counted."""
    return moved or bool(part.sha256 or part.md5)


def read(look: Look, manifest: TableManifest) -> Charges:
    found = {part.key: part for part in look.found.parts} if look.found else {}
    for part in manifest.parts:
        seen = found.get(part.key)
        if seen is None:
            continue
        yield from in_part(seen)
        for reason in () if seen.reasons else _other_content(part, seen):
            yield Charge(WRONG, part.key, reason)
        if not (part.sha256 or part.md5 or seen.reasons) and seen.etag != look.listed[part.key].etag:
            yield Charge(UNSURE, part.key, "it was written over while it was looked at: look again")


def in_part(seen: Checked) -> Charges:
    """What a look at its bytes has found, whatever it should be."""
    verdict = UNSURE if seen.archived else WRONG if seen.sha256 else MISSING
    for reason in seen.reasons:
        yield Charge(verdict, seen.key, reason)


def _other_content(part: Part, seen: Checked) -> Iterator[str]:
    if part.items not in (None, seen.items):
        yield f"it holds {counted(seen.items, 'item')}, its manifest says {part.items}"
    for what, written, now in (("SHA-256", part.sha256, seen.sha256), ("MD5", part.md5, seen.md5)):
        if written and now and written != now:
            yield f"its bytes are not those that were written: its {what} is another"


def together(look: Look, manifest: TableManifest) -> Charges:
    assert look.found
    whole = len(look.found.parts) == len(manifest.parts) and not any(part.reasons for part in look.found.parts)
    if whole and items_of(manifest) is None and look.found.items != manifest.items:
        yield Charge(WRONG, "", f"its parts hold {counted(look.found.items, 'item')}, its manifest says {manifest.items}")
    if look.found.duplicate_count:
        lines = counted(look.found.duplicate_count, "line")
        yield Charge(WRONG, "", f"{lines} too many: keys are there more than once, {', '.join(look.found.duplicates)} among them")


def items_of(manifest: TableManifest) -> int | None:
    """None where nobody has counted the parts'."""
    counts = [part.items for part in manifest.parts if part.items is not None]
    return sum(counts) if len(counts) == len(manifest.parts) else None
