"""Backups for the catalogue, put straight into moto in the test's own process, where thousands are made in no time; and calls counted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from msgspec import structs

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import TableVerdict, Verdict
from airflow_dynamodb_emr.core.verification import Fault, TableVerification, Verification
from airflow_dynamodb_emr.local import moto_side
from tests.core import makers

BASE = S3Uri("catalogue", "dynamodb")
REGION = "us-east-1"
APP = BASE / REGION / "PROD_"


class Calls(Counter[str]):
    """How often each operation of a client is called, from now on."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        store.s3.meta.events.register("before-call.s3", lambda model, **_: self.update([model.name]))


def folder(time: datetime, app: str = "PROD_", region: str = REGION) -> Folder:
    return Folder.of(BASE, region, app, time)


def made(time: datetime, *tables: TableVerdict, app: str = "PROD_", region: str = REGION, **more: Any) -> Folder:
    """A backup: of one table that is whole, unless others are given."""
    known = {"uri": str(folder(time, app, region).uri), "time": time, "prefix": app, "region": region, **more}
    backup = structs.replace(makers.backup(*(tables or [makers.judged(items=3, bytes=10)])), **known)
    return put(folder(time, app, region), ("backup.json", documents.encode(backup)), "plan.json", "BACKUP_COMPLETE_SUCCESS")


def put(into: Folder, *objects: str | tuple[str, bytes]) -> Folder:
    for each in objects:
        name, data = each if isinstance(each, tuple) else (each, b"")
        moto_side.put_object(into.uri / name, data)
    return into


def older(time: datetime, flag: str = "COMPLETE_SUCCESS", tables: tuple[str, ...] = ("orders",)) -> Folder:
    """As the older system leaves one: flags, its steps, and in each table's folder the connector's files."""
    data = [(f"{table}/{name}", b"{}") for table in tables for name in ("5a1b", "manifest")]
    return put(folder(time), *data, f"BACKUP_{flag}", "exportSteps_01.json", "importSteps_01.json")


def looked(at: datetime, verdict: Verdict, into: Folder, *names: str, deep: bool = True) -> Folder:
    """Somebody has looked at these tables of *into*."""
    reasons = [] if verdict is Verdict.VALID else [Fault(part="a.gz", reason="line 7 is no item")]
    more = {"verdict": verdict, "items": 3, "bytes": 10, "engines": ["worker"], "reasons": reasons, "deep": deep, "at": at}
    tables = [TableVerification(name=name, **more) for name in names or ("orders",)]  # type: ignore[arg-type]
    found = Verification(verdict=verdict, uri=str(into.uri), at=at, tables=tables)
    return put(into, ("verification.json", documents.encode(found)))
