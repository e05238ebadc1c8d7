"""What a backup's exports can stand on: the newest good backup, where that shows a single moment, and not too much stands on it yet."""

from __future__ import annotations

from datetime import datetime

from airflow_dynamodb_emr.aws import backups, chains
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import Increment, TableManifest
from airflow_dynamodb_emr.core.recovery import Recovery, increment_after, no_increment
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.errors import DataDamaged, NotFound


def increments(store: Store, app: S3Uri, schemas: list[Schema], until: datetime, most: int) -> tuple[dict[str, Increment], dict[str, str]]:
    """Table -> the window to export; and table -> why all of it has to be exported. *app*: the folder of these tables' backups."""
    try:
        newest = Folder.parse(backups.choose(store, app, Wanted()).uri)
    except NotFound:
        return {}, {schema.name: "there is no good backup that it could stand on" for schema in schemas}
    except DataDamaged as damage:  # of another night, which must not keep this one from being backed up
        return {}, {schema.name: damage.facts for schema in schemas}
    found = {schema.name: _increment(store, newest, schema, until, most) for schema in schemas}
    return (
        {table: increment for table, increment in found.items() if isinstance(increment, Increment)},
        {table: why for table, why in found.items() if isinstance(why, str)},
    )


def _increment(store: Store, newest: Folder, schema: Schema, until: datetime, most: int) -> Increment | str:
    base, uri = store.load(newest.manifest(schema.name), TableManifest), newest.manifest(schema.name)
    saved = store.load(newest.schema(schema.name), Schema)
    if base is None or saved is None:
        return "the newest good backup does not have it"
    if Table.of(saved.table).id != Table.of(schema.table).id:
        return "it was made anew since the newest good backup"
    try:
        links = len(chains.of(store, newest, schema.name)) if base.increment else 1
    except DataDamaged as damage:  # the next backup begins anew
        return damage.facts
    if links > most:
        return f"{most} increments stand on one another"
    return no_increment(base, Recovery.of(schema), until) or increment_after(base, str(uri), until)
