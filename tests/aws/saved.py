"""Backups as they lie in S3, without anybody having made them."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from airflow_dynamodb_emr.aws import schemas
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.documents import digest, encode
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from tests.core import makers


def verdict_at(store: Store, base: S3Uri, app: str, time: datetime, verdict: Verdict = Verdict.VALID, names: tuple[str, ...] = ("orders",)) -> Backup:
    """Just the backup.json."""
    folder = Folder.of(base, "us-east-1", app, time)
    judged = [makers.judged(name, verdict, reasons=[] if verdict is Verdict.VALID else ["its step is FAILED"]) for name in names]
    made = structs.replace(makers.backup(*judged), uri=str(folder.uri), time=time)
    store.write_once(folder.verdict, made)
    return made


def backup_of(clients: Clients, base: S3Uri, app: str, names: list[str], engines: tuple[str, ...] = ("connector", "worker")) -> Backup:
    """With the schema and the manifest of each of these tables, which are there."""
    store, folder, judged = Store(clients.s3), Folder.of(base, "us-east-1", app, makers.NOON), []
    for schema in schemas.save(clients, names)[0]:
        manifest = structs.replace(makers.manifest(schema.name, engines), schema_sha256=digest(encode(schema)))
        store.write_once(folder.schema(schema.name), schema)
        store.write_once(folder.manifest(schema.name), manifest)
        judged.append(makers.judged(schema.name, manifest_sha256=digest(encode(manifest))))
    made = structs.replace(makers.backup(*judged), uri=str(folder.uri))
    store.write_once(folder.verdict, made)
    return made
