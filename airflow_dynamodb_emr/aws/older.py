"""A backup of the older system, as a verdict: flags say how it ended, and each table's folder holds the connector's files and its `manifest`."""

from __future__ import annotations

from airflow_dynamodb_emr.aws import together
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.engines import CONNECTOR
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.standing import RUNNING, Look, Standing, unjudged
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict, Verdict, worst
from airflow_dynamodb_emr.core.verification import TableVerification, Verification
from airflow_dynamodb_emr.transfer.parts import MANIFEST

_NOTES = [
    "made by the older system: no schema was saved, and nobody counted its items",
    "`dynamodb-emr load <folder>/<table> <table>` loads one of its tables",
]


def read(store: Store, look: Look, verification: Verification | None = None) -> Backup | None:
    """None where it is none; its time is known by where it lies alone. A LIST a table."""
    entry = unjudged(look, verification) if look.standing is Standing.OLDER and look.folder.is_placed else None
    if entry is None:
        return None
    under_way = look.flag == RUNNING
    looks = {table.name: table for table in verification.tables} if verification else {}
    tables = together.each(lambda name: _as_seen(looks[name]) if name in looks else _table(store, look.folder.uri, under_way, name), look.tables)
    return Backup(
        verdict=worst([entry.verdict, *(table.verdict for table in tables if table.verdict is not Verdict.UNVERIFIED)]),
        run="",
        prefix=entry.prefix,
        region=entry.region,
        account="",
        uri=entry.uri,
        time=entry.time,
        started=entry.time,
        ended=look.objects[f"BACKUP_{look.flag}"],
        tables=tables,
        notes=[*([entry.reason] if entry.reason else []), *_NOTES],
    )


def _as_seen(seen: TableVerification) -> TableVerdict:
    return TableVerdict(
        name=seen.name,
        verdict=seen.verdict,
        reasons=list(map(str, seen.reasons)),
        engine=CONNECTOR,
        engines=seen.engines,
        items=seen.items,
        bytes=seen.bytes,
    )


def _table(store: Store, backup: S3Uri, under_way: bool, name: str) -> TableVerdict:
    """Export writes its manifest last."""
    sizes = {(backup / name).relative(uri): size for uri, size in store.objects(backup / name)}
    whole = sizes.pop(MANIFEST, None) is not None
    verdict = Verdict.UNVERIFIED if whole else Verdict.IN_PROGRESS if under_way else Verdict.INCOMPLETE
    reasons = [] if whole else ["it has no manifest: its export is not done" if under_way else "it has no manifest: its export never finished"]
    return TableVerdict(name=name, verdict=verdict, reasons=reasons, engine=CONNECTOR, bytes=sum(sizes.values()))
