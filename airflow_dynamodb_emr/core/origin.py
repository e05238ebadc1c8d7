"""What a manifest says of where its dump comes from: the table, its schema as it was saved, and how the dump was to be made."""

from __future__ import annotations

from msgspec import structs

from airflow_dynamodb_emr.core.documents import digest
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import CONNECTOR
from airflow_dynamodb_emr.core.manifest import KeyAttribute, Settings, TableManifest
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.schema import Schema


def keys_of(schema: Schema) -> list[KeyAttribute]:
    """Partition key, then sort key if there is one; none where the schema does not say it."""
    types = {each["AttributeName"]: each["AttributeType"] for each in schema.table.get("AttributeDefinitions", [])}
    ranked = sorted(schema.table.get("KeySchema", []), key=lambda each: str(each["KeyType"]))  # HASH before RANGE
    return [KeyAttribute(name=each["AttributeName"], type=types.get(each["AttributeName"], "")) for each in ranked]


def with_origin(manifest: TableManifest, schema: Schema, stored: bytes) -> TableManifest:
    """*stored*: the bytes of the schema."""
    return structs.replace(
        manifest,
        arn=str(schema.table.get("TableArn", "")),
        table_id=str(schema.table.get("TableId", "")),
        keys=keys_of(schema),
        schema_sha256=digest(stored),
    )


def settings_of(plan: BackupPlan, dump: TableDump) -> Settings:
    """As planned; what a table without its spike made of that, the verdict says."""
    return Settings(
        release=_release(plan, dump),
        jar=plan.jar if dump.engine == CONNECTOR else "",
        segments=dump.segments,
        read_units_a_second=dump.rate.units,
        spiked_to=dump.during.read if dump.raised else None,
    )


def _release(plan: BackupPlan, dump: TableDump) -> str:
    if dump.on_cluster:
        return str((plan.cluster or {}).get("ReleaseLabel", ""))
    return plan.serverless.release if dump.serverless and plan.serverless else ""
