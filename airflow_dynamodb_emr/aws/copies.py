"""Dumps that the copy engine makes in a backup's folder: where each try of a table goes, and whether it counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.names import step_name
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.transfer.raw.copying import Job, Told
from airflow_dynamodb_emr.transfer.raw.dump import dump
from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST, Source
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter
from airflow_dynamodb_emr.transfer.raw.place import Place

FAILURE = "_failure"  # beside the parts, hidden from whoever takes each file for data


def copy(clients: Clients, plan: BackupPlan, table: TableDump, share: float, told: Told) -> None:
    """By this process. A try that was killed is taken up where it was; one that is done is left as it is. *share* of its spike that is there."""
    store = Store(clients.s3)
    into = plan.root.data(table.name, number_of(store, plan.root, table.name))
    if store.size(into / MANIFEST) is None:
        schema = store.load(plan.root.schema(table.name), Schema)
        limiter = Limiter(table.rate.units_at(share, table.before.read))
        dump(clients.endpoint, place(store, into), table.name, job(plan, table, schema), limiter=limiter, told=told)


def failed(store: Store, root: Folder, table: str, why: str) -> None:
    """So that the verdict, or the report of a restore, can say it too."""
    store.put(root.data(table, number_of(store, root, table)) / FAILURE, why.encode())


def forget_failure(store: Store, root: Folder, table: str) -> None:
    """A new try has begun: if it dies without a word, the words of the one before it would mislead."""
    store.delete(root.data(table, number_of(store, root, table)) / FAILURE)


def why_failed(store: Store, root: Folder, table: str) -> str:
    """What the last try said; empty where it said nothing."""
    return (store.read(root.data(table, number_of(store, root, table)) / FAILURE) or b"").decode()


def job(plan: BackupPlan, table: TableDump, schema: Schema | None) -> Callable[[Source], Job]:
    assert table.cut  # the connector cuts by itself
    how: dict[str, Any] = structs.asdict(table.cut)

    def cut(source: Source) -> Job:
        if why := made_anew(table.name, source.id, schema):
            raise BadInput(why, "start a new backup")
        return Job(table.name, source.keys, form=plan.form, **how)

    return cut


def made_anew(table: str, table_id: str, schema: Schema | None) -> str:
    planned = str(schema.table.get("TableId", "")) if schema else ""
    return f"table {table} was deleted and made anew since the plan was made" if planned and table_id and planned != table_id else ""


def place(store: Store, uri: S3Uri) -> Place:
    return Place(store.s3, uri.bucket, uri.key)


def no_proof(store: Store, plan: BackupPlan, table: str) -> str:
    """Why a table that DynamoDB exports has no manifest."""
    why = why_failed(store, plan.root, table)
    return f"its export does not count: {why}" if why else "its export was not finished"


def number_of(store: Store, root: Folder, table: str) -> int:
    """Of the try that is to be made, or has been: behind those that were looked at and do not count."""
    return next(number for number in count(1) if store.size(root.refused / step_name(table, number)) is None)


def give_up(store: Store, root: Folder, table: str, number: int) -> None:
    """The next try is another one, in a fresh folder."""
    store.put(root.refused / step_name(table, number))


def refuse(store: Store, root: Folder, table: str) -> None:
    """The next try begins anew, in a fresh folder. One that was only broken off is taken up instead."""
    number = number_of(store, root, table)
    if store.size(root.data(table, number) / MANIFEST) is not None:
        give_up(store, root, table, number)
