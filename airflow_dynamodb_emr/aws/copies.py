"""Dumps that the copy engine makes in a backup's folder: where each try of a table goes, and whether it counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import able
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import Copied, TableManifest
from airflow_dynamodb_emr.core.names import step_name
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.transfer.raw.copying import Job, Told
from airflow_dynamodb_emr.transfer.raw.dump import dump
from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST, Source
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter
from airflow_dynamodb_emr.transfer.raw.output import DATA
from airflow_dynamodb_emr.transfer.raw.place import Place

FAILURE = "_failure"  # beside the parts, hidden from whoever takes each file for data


def copy(clients: Clients, plan: BackupPlan, table: TableDump, share: float, told: Told) -> None:
    """By this process. A try that was killed is taken up where it was; one that is done is left as it is. *share* of its spike that is there."""
    store = Store(clients.s3)
    into = plan.root.data(table.name, number_of(store, plan.root, table.name))
    if store.size(into / MANIFEST) is None:
        limiter = Limiter(table.rate.units_at(share, table.before.read))
        dump(clients.endpoint, place(store, into), table.name, job(plan, table), limiter=limiter, told=told)


def failed(store: Store, plan: BackupPlan, table: str, why: str) -> None:
    """So that the verdict can say it too."""
    store.put(plan.root.data(table, number_of(store, plan.root, table)) / FAILURE, why.encode())


def job(plan: BackupPlan, table: TableDump) -> Callable[[Source], Job]:
    assert table.cut  # the connector cuts by itself
    how: dict[str, Any] = structs.asdict(table.cut)
    return lambda source: Job(table.name, source.keys, form=plan.form, **how)


def place(store: Store, uri: S3Uri) -> Place:
    return Place(store.s3, uri.bucket, uri.key)


def no_proof(store: Store, plan: BackupPlan, table: str) -> str:
    """Why a table that DynamoDB exports has no manifest."""
    why = store.read(plan.root.data(table, number_of(store, plan.root, table)) / FAILURE)
    return f"its export does not count: {why.decode()}" if why else "its export was not finished"


def number_of(store: Store, root: Folder, table: str) -> int:
    """Of the try that is to be made, or has been: behind those that were looked at and do not count."""
    return next(number for number in count(1) if store.size(root.refused / step_name(table, number)) is None)


def refuse(store: Store, root: Folder, table: str) -> None:
    """The next try begins anew, in a fresh folder. One that was only broken off is taken up instead."""
    number = number_of(store, root, table)
    if store.size(root.data(table, number) / MANIFEST) is not None:
        store.put(root.refused / step_name(table, number))


def judge(store: Store, plan: BackupPlan, table: TableDump, number: int) -> tuple[list[str], TableManifest | None]:
    """Why this try does not count; or its manifest for the backup. Every part must be in S3 as it was written: S3 checked each byte's way there."""
    into = plan.root.data(table.name, number)
    copied = store.load(into / MANIFEST, Copied)
    if copied is None:
        why_not = store.read(into / FAILURE)
        return [f"its copy was not finished{': ' + why_not.decode() if why_not else ''}"], None
    stored = {into.relative(uri): (size, etag) for uri, size, etag in store.etags(into / DATA)}
    lost = [part.key for part in copied.parts if part.key not in stored]
    other = [part.key for part in copied.parts if part.key in stored and stored[part.key] != (part.bytes, part.etag)]
    foreign = sorted(stored.keys() - {part.key for part in copied.parts})
    why = [
        *([f"{len(lost)} parts are gone, {lost[0]} among them"] if lost else []),
        *([f"{len(other)} parts are not what was written, {other[0]} among them"] if other else []),
        *([f"{foreign[0]} is no part of it"] if foreign else []),
    ]
    return why, None if why else _manifest(plan, table, number, copied)


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
    )
