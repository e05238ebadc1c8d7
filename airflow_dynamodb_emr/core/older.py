"""Backups of the older system: flags, and folders of the connector's with its own manifest. Nothing says how many items there should be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from airflow_dynamodb_emr.core.charge import Charge, told, unread
from airflow_dynamodb_emr.core.engines import CONNECTOR, WORKER
from airflow_dynamodb_emr.core.looking import Look
from airflow_dynamodb_emr.core.partfaults import in_part
from airflow_dynamodb_emr.core.verdict import Verdict, worst
from airflow_dynamodb_emr.core.verification import TableVerification, Verification

MANIFEST, _DONE = "manifest", "_SUCCESS"
FAILED, RUNNING = "BACKUP_COMPLETE_FAILED", "BACKUP_RUNNING"
FLAGS = (FAILED, RUNNING, "BACKUP_COMPLETE_SUCCESS")


def names(listed: Iterable[str]) -> list[str]:
    """The folders that a connector has written straight into; where a flag says that this is a backup, any file in one will do."""
    keys = list(listed)
    flagged = any(flag in keys for flag in FLAGS)
    split = (key.split("/") for key in keys)
    return sorted({parts[0] for parts in split if len(parts) == 2 and (flagged or parts[1] in {MANIFEST, _DONE})})


def verification(uri: str, flags: Collection[str], tables: Sequence[TableVerification], at: datetime) -> Verification:
    """*flags*: the objects straight in its folder."""
    whole = list(_of_the_whole(flags))
    return Verification(
        verdict=worst([*(each.verdict for each in tables), *(charge.verdict for charge in whole)]),
        uri=uri,
        at=at,
        tables=list(tables),
        reasons=told(whole),
        notes=["it was made by another system: nothing says how many items its tables had"],
    )


def _of_the_whole(flags: Collection[str]) -> Iterator[Charge]:
    if FAILED in flags:
        yield Charge(Verdict.INCOMPLETE, FAILED, "the run that made it says that it failed")
    if RUNNING in flags:
        yield Charge(Verdict.IN_PROGRESS, RUNNING, "the run that makes it has not said that it is done")


def table(look: Look, at: datetime) -> TableVerification:
    found = list(_charges(look))
    good = all(charge.verdict is Verdict.UNVERIFIED for charge in found)
    return TableVerification(
        name=look.name,
        verdict=worst([Verdict.VALID, *(charge.verdict for charge in found)]),
        items=look.found.items if look.found else 0,
        bytes=sum(look.listed[key].bytes for key in look.own.parts if key in look.listed) if look.own else 0,
        engines=_engines(look) if good else [],
        reasons=told(found),
        deep=look.found is not None,
        at=at,
        manifest_sha256=look.dump_sha256,
        listed_sha256=look.listed_sha256,
    )


def _charges(look: Look) -> Iterator[Charge]:
    if look.own is None:
        return
    yield from unread(look.own.read, "the connector's manifest")
    for reason in look.own.reasons:
        yield Charge(Verdict.INVALID, look.own.read.key, reason)
    for key in look.own.parts:
        if key not in look.listed:
            yield Charge(Verdict.INCOMPLETE, key, "it is not there")
    if look.found is None:
        yield Charge(Verdict.UNVERIFIED, "", "nobody has counted its items: only a deep look can tell whether it is whole")
        return
    for part in look.found.parts:
        yield from in_part(part)


def _engines(look: Look) -> list[str]:
    return [CONNECTOR, WORKER] if look.found and look.found.connector_can_load else [WORKER]
