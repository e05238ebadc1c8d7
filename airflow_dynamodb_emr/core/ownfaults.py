"""What is wrong with the manifest that the engine itself left with a dump, held against ours."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_dynamodb_emr.core.charge import WRONG, Charge, Charges, differs, unread
from airflow_dynamodb_emr.core.looking import Own
from airflow_dynamodb_emr.core.manifest import TableManifest


def charges(own: Own, manifest: TableManifest) -> Charges:
    yield from unread(own.read, "the engine's own manifest")
    if own.read.damage or not own.read.there:
        return
    for reason in own.reasons:
        yield Charge(WRONG, own.read.key, reason)
    yield from _says(own.read.key, own.says, manifest)
    yield from _parts(own, manifest)


def _says(key: str, says: Mapping[str, object], manifest: TableManifest) -> Charges:
    """What ours does not know, being of an earlier version, is nothing to hold against it."""
    for what, has in says.items():
        ours = getattr(manifest, what)
        if ours not in ("", None) and ours != has:
            yield Charge(WRONG, key, differs(what, has, ours, "ours"))


def _parts(own: Own, manifest: TableManifest) -> Charges:
    key, expected = own.read.key, {part.key: part for part in manifest.parts}
    for part in sorted(expected.keys() - own.parts.keys()):
        yield Charge(WRONG, key, f"it does not name {part}, which ours does")
    for part in sorted(own.parts.keys() - expected.keys()):
        yield Charge(WRONG, key, f"it names {part}, which ours does not")
    for part in sorted(own.parts.keys() & expected.keys()):
        (items, checksum), ours = own.parts[part], expected[part]
        if items not in (None, ours.items) or checksum not in ("", ours.sha256, ours.md5):
            yield Charge(WRONG, key, f"it says otherwise of {part} than ours")
