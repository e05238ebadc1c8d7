"""Whether a backup is restorable, judged by what was read of it: green means restorable, and everything else is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from airflow_dynamodb_emr.core.charge import Charge, told, unread
from airflow_dynamodb_emr.core.engines import CONNECTOR
from airflow_dynamodb_emr.core.faults import charges
from airflow_dynamodb_emr.core.looking import Frame, Look
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.verdict import Verdict, worst
from airflow_dynamodb_emr.core.verification import DAMAGED, TableVerification, Verification
from airflow_dynamodb_emr.core.wholefaults import as_published, of_the_whole


def verification(frame: Frame, tables: Sequence[TableVerification], at: datetime) -> Verification:
    """*tables*: some or all of the backup's."""
    read = {table.name for table in tables if table.deep or table.verdict in DAMAGED}
    found = list(of_the_whole(frame, set(names(frame, ())) - read))
    return Verification(
        verdict=worst([*(each.verdict for each in tables), *(charge.verdict for charge in found)]),
        uri=frame.uri,
        at=at,
        judged=frame.verdict.ended if frame.verdict else None,
        tables=list(tables),
        reasons=told(found),
        notes=list(_notes(frame)),
    )


def names(frame: Frame, proven: Iterable[str]) -> list[str]:
    """The tables that there is anything to say of. *proven*: those that have a manifest."""
    told = [table.name for table in frame.verdict.tables] if frame.verdict else []
    planned = [table.name for table in frame.plan.tables] if frame.plan else []
    return sorted({*told, *planned, *proven})


def table(frame: Frame, look: Look, at: datetime) -> TableVerification:
    manifest = look.manifest
    found = list(_charges(frame, look))
    return TableVerification(
        name=look.name,
        verdict=worst([Verdict.VALID, *(charge.verdict for charge in found)]),
        items=manifest.items if manifest else 0,
        bytes=manifest.bytes if manifest else 0,
        engines=_engines(manifest, look) if manifest and not any(charge.verdict is not Verdict.UNVERIFIED for charge in found) else [],
        reasons=told(found),
        deep=look.found is not None,
        at=at,
        manifest_sha256=look.dump_sha256,
        listed_sha256=look.listed_sha256,
    )


def _charges(frame: Frame, look: Look) -> Iterator[Charge]:
    if look.told and look.told.verdict is not Verdict.VALID:  # if it was dumped again since, its run has not said so yet
        yield Charge(look.told.verdict, "", "; ".join(look.told.reasons) or "its dump does not count")
        return
    yield from charges(look, look.manifest, frame.moved) if look.manifest else _without_manifest(frame, look)
    yield from as_published(frame, look)


def _without_manifest(frame: Frame, look: Look) -> Iterator[Charge]:
    if look.manifest_read.damage or look.told:
        yield from unread(look.manifest_read, "its manifest")
    elif frame.running:
        yield Charge(Verdict.IN_PROGRESS, "", "it is not proven yet")
    else:
        yield Charge(Verdict.INCOMPLETE, "", "it was planned, and never proven")


def _engines(manifest: TableManifest, look: Look) -> list[str]:
    """Those that can load it: as its manifest says, until somebody has looked."""
    able = list(manifest.engines)
    if look.found is None or manifest.form != CONNECTOR or manifest.increment:
        return able
    others = [engine for engine in able if engine != CONNECTOR]
    return [CONNECTOR, *others] if look.found.connector_can_load else others


def _notes(frame: Frame) -> Iterator[str]:
    """No restore reads the plan: without it less is known, and nothing is lost."""
    if frame.plan_read.damage or not frame.plan_read.there:
        yield frame.plan_read.damage or f"{frame.plan_read.key} is not there"
    if frame.verdict and frame.verdict.verdict is Verdict.VALID and (frame.running or not frame.flagged):
        yield "its flags do not say that it is good: other programs may go by them"
    if frame.moved and frame.verdict:
        yield f"it was copied here from {frame.verdict.uri}"
