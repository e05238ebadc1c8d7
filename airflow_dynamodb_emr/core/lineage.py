"""Which data came from which, in OpenLineage's terms: a dataset has a namespace and a name in it.

OpenLineage (https://openlineage.io/docs/spec/naming) names no DynamoDB; a table is named by its ARN, as it names those of Glue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.names import partition
from airflow_dynamodb_emr.core.restore import Restore, RestorePlan
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.verdict import Backup, Verdict


class Data(Noun, frozen=True, kw_only=True):
    """A dataset."""

    namespace: str
    name: str
    fields: dict[str, str] = {}  # a table's key attributes -> S, N or B; it has no others that are known
    items: int | None = None  # that are proven; None: nobody has counted
    bytes: int | None = None  # stored


class Flow(Noun, frozen=True, kw_only=True):
    inputs: list[Data]
    outputs: list[Data]


def table(region: str, account: str, name: str, fields: Mapping[str, str] | None = None, items: int | None = None) -> Data:
    namespace = f"arn:{partition(region)}:dynamodb:{region}:{account}"
    return Data(namespace=namespace, name=f"table/{name}", fields=dict(fields or {}), items=items)


def stored(uri: S3Uri, items: int | None = None, bytes: int | None = None) -> Data:
    """A dump, or a whole backup."""
    return Data(namespace=f"s3://{uri.bucket}", name=uri.key, items=items, bytes=bytes)


def dumped(region: str, account: str, folder: S3Uri, schemas: Iterable[Schema]) -> Flow:
    """Of some tables. What they hold is counted when they are verified."""
    keys = {schema.name: _fields(schema) for schema in schemas}
    inputs = [table(region, account, name, fields) for name, fields in keys.items()]
    return Flow(inputs=inputs, outputs=[stored(folder / name) for name in keys])


def published(backup: Backup) -> Flow:
    """The good tables of a backup, each with its dump, and the backup itself if it is whole."""
    folder, good = S3Uri.parse(backup.uri), [each for each in backup.tables if each.verdict is Verdict.VALID]
    whole = [stored(folder, backup.items, backup.bytes)] if backup.verdict is Verdict.VALID else []
    inputs = [table(backup.region, backup.account, each.name) for each in good]
    return Flow(inputs=inputs, outputs=[*(stored(folder / each.name, each.items, each.bytes) for each in good), *whole])


def loaded(plan: RestorePlan, names: Iterable[str]) -> Flow:
    """Of some tables. What went in is counted when the restore is judged."""
    loads = [plan.table(name) for name in names]
    inputs = [stored(S3Uri.parse(plan.backup) / load.source, load.items, load.bytes) for load in loads]
    return Flow(inputs=inputs, outputs=[table(plan.region, plan.account, load.name) for load in loads])


def restored(plan: RestorePlan, restore: Restore) -> Flow:
    folder = S3Uri.parse(plan.backup)
    outputs = [table(plan.region, plan.account, each.name, items=each.items) for each in restore.loaded]
    return Flow(inputs=[stored(folder / each.source) for each in restore.loaded], outputs=outputs)


def _fields(schema: Schema) -> dict[str, str]:
    types = {each["AttributeName"]: each["AttributeType"] for each in schema.table["AttributeDefinitions"]}
    return {key["AttributeName"]: types[key["AttributeName"]] for key in schema.table["KeySchema"]}
