"""Whether a dump that the copy engine made is whole: what it says of itself, held against the plan and what lies in S3. No part is read."""

from __future__ import annotations

from msgspec import structs

from airflow_dynamodb_emr.aws import copies
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import able
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import Copied, Proof, TableManifest
from airflow_dynamodb_emr.core.origin import settings_of, with_origin
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.words import parts_are
from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST
from airflow_dynamodb_emr.transfer.raw.output import DATA


def judge(store: Store, plan: BackupPlan, table: TableDump, number: int) -> tuple[list[str], TableManifest | None]:
    """Why this try does not count; or its manifest for the backup. Every part must be in S3 as it was written: S3 checked each byte's way there."""
    into = plan.root.data(table.name, number)
    copied = store.load(into / MANIFEST, Copied)
    if copied is None:
        why_not = store.read(into / copies.FAILURE)
        return [f"its copy was not finished{': ' + why_not.decode() if why_not else ''}"], None
    saved = store.read(plan.root.schema(table.name))
    schema = None if saved is None else documents.decode(saved, Schema, plan.root.schema(table.name))
    why = [*_of_another(table.name, copied, schema), *_not_as_written(store, into, copied)]
    if why or saved is None or schema is None:
        return why, None
    return [], with_origin(_manifest(plan, table, number, copied), schema, saved)


def _of_another(table: str, copied: Copied, schema: Schema | None) -> list[str]:
    """Its schema is what its table would be made of, and its parts what would be loaded into that."""
    if copied.table != table:
        return [f"it is a dump of {copied.table}"]
    why = "its schema was not saved" if schema is None else copies.made_anew(table, copied.table_id, schema)
    return [why] if why else []


def _not_as_written(store: Store, into: S3Uri, copied: Copied) -> list[str]:
    stored = {into.relative(uri): (size, etag) for uri, size, etag in store.etags(into / DATA)}
    lost = [part.key for part in copied.parts if part.key not in stored]
    other = [part.key for part in copied.parts if part.key in stored and stored[part.key] != (part.bytes, part.etag)]
    foreign = sorted(stored.keys() - {part.key for part in copied.parts})
    items = sum(part.items or 0 for part in copied.parts)
    return [
        *([f"its parts hold {items} items, it says {copied.items}"] if items != copied.items else []),
        *([parts_are(lost, "gone")] if lost else []),
        *([parts_are(other, "not what was written")] if other else []),
        *([f"{foreign[0]} is no part of it"] if foreign else []),
    ]


def _manifest(plan: BackupPlan, table: TableDump, number: int, copied: Copied) -> TableManifest:
    folder = plan.root.uri.relative(plan.root.data(table.name, number))
    return TableManifest(
        table=table.name,
        engine=copied.engine,
        attempt=number,
        items=copied.items,
        bytes=copied.bytes,
        parts=[structs.replace(part, key=f"{folder}/{part.key}") for part in copied.parts],
        form=copied.form,
        engines=able(copied.form),
        started=copied.started,
        ended=copied.ended,
        seconds=copied.seconds,
        counter=copied.items,
        read_units=copied.read_units,
        proof=Proof.WRITTEN,
        settings=settings_of(plan, table),
        ignored=[],  # there is none: see `_not_as_written`
    )
