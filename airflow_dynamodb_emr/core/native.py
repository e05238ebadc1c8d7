"""Engine `native`: DynamoDB exports a table to S3 itself, and imports one. No cluster, no capacity; consistent to the second."""

from __future__ import annotations

from datetime import datetime

from airflow_dynamodb_emr.core.engines import NATIVE, WORKER
from airflow_dynamodb_emr.core.exported import ROOT, Exported, parts
from airflow_dynamodb_emr.core.manifest import Increment, Proof, TableManifest
from airflow_dynamodb_emr.core.recovery import SETTING, Recovery
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.strangers import strangers

# AWS promises nothing. Seen: an empty table in two to six minutes, 60,000 items in seven, a small table in twelve; an import of one item in two.
EXPORT_SECONDS, IMPORT_SECONDS = 720, 240
# A guess: partitions are exported side by side, and nobody says how fast. It decides nothing but what a plan shows.
BYTES_PER_SECOND = 100e6


def export_seconds(table_bytes: int) -> float:
    return EXPORT_SECONDS + table_bytes / BYTES_PER_SECOND


def import_seconds(source_bytes: int) -> float:
    return IMPORT_SECONDS + source_bytes / BYTES_PER_SECOND


def no_export(schema: Schema, at: datetime | None = None) -> str:
    """Why DynamoDB cannot export it as of *at*, or of now; empty when it can."""
    if SETTING in schema.unread:
        return f"whether its point-in-time recovery is on could not be read: {schema.unread[SETTING]}"
    recovery = Recovery.of(schema)
    if recovery is None:
        return "its point-in-time recovery is off"
    if at and not recovery.earliest <= at <= recovery.latest:
        return f"its point-in-time recovery reaches from {recovery.earliest:%Y-%m-%d %H:%M:%S} to {recovery.latest:%Y-%m-%d %H:%M:%S}"
    return ""


def manifest(table: str, attempt: int, found: Exported, folder: str, increment: Increment | None = None) -> TableManifest:
    """The proof of an export that was found whole; *folder* is where it lies, relative to the backup's folder."""
    summary, made = found.summary, parts(found, folder)
    there = [f"{folder}/{ROOT}/{path}" for path in found.stored]
    return TableManifest(
        table=table,
        engine=NATIVE,
        attempt=attempt,
        items=summary.item_count,
        bytes=sum(part.bytes for part in made),
        parts=made,
        form="dynamodb-json",
        engines=[WORKER] if increment else [NATIVE, WORKER],
        started=summary.start_time,
        ended=summary.end_time,
        seconds=(summary.end_time - summary.start_time).total_seconds(),
        counter=summary.item_count,
        read_units=0,
        arn=summary.table_arn,
        table_id=summary.table_id,
        proof=Proof.EXPORTED,
        ignored=strangers(folder, there, {part.key for part in made}),
        consistent=summary.export_to_time if increment else summary.export_time,
        increment=increment,
    )
