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
from airflow_dynamodb_emr.core.verification import TableVerification, Verification


def verification(frame: Frame, tables: Sequence[TableVerification], at: datetime) -> Verification:
    """*tables*: some or all of the backup's."""
    found = list(_of_the_whole(frame))
    return Verification(
        verdict=worst([*(each.verdict for each in tables), *(charge.verdict for charge in found)]),
        uri=frame.uri,
        at=at,
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
    found = list(charges(look, manifest, frame.moved) if manifest else _without_manifest(frame, look))
    if frame.verdict and look.told is None and look.manifest_read.there:
        found.append(Charge(Verdict.INVALID, look.manifest_read.key, "backup.json does not name this table: another run may have written here"))
    return TableVerification(
        name=look.name,
        verdict=worst([Verdict.VALID, *(charge.verdict for charge in found)]),
        items=manifest.items if manifest else 0,
        bytes=manifest.bytes if manifest else 0,
        engines=_engines(manifest, look) if manifest and not any(charge.verdict is not Verdict.UNVERIFIED for charge in found) else [],
        reasons=told(found),
        deep=look.found is not None,
        at=at,
    )


def _without_manifest(frame: Frame, look: Look) -> Iterator[Charge]:
    if look.told and look.told.verdict is not Verdict.VALID:
        yield Charge(look.told.verdict, "", "; ".join(look.told.reasons) or "its dump does not count")
    elif look.manifest_read.damage or look.told:
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


def _of_the_whole(frame: Frame) -> Iterator[Charge]:
    verdict, plan = frame.verdict, frame.plan
    if verdict is None:
        yield _unfinished(frame)
    elif plan and plan.run != verdict.run:
        yield Charge(Verdict.INVALID, frame.plan_read.key, f"it is of the run {plan.run}, backup.json of {verdict.run}: two have written here")


def _unfinished(frame: Frame) -> Charge:
    if frame.verdict_read.damage:
        return Charge(Verdict.INVALID, frame.verdict_read.key, frame.verdict_read.damage)
    if frame.forgotten:
        return Charge(Verdict.INCOMPLETE, "", "it was forgotten: retention has chosen to delete it, and may have begun")
    if frame.running:
        return Charge(Verdict.IN_PROGRESS, "", "it has no verdict yet: its run may be under way")
    return Charge(Verdict.INCOMPLETE, frame.verdict_read.key, "it is not there: the backup was never finished")


def _notes(frame: Frame) -> Iterator[str]:
    """No restore reads the plan: without it less is known, and nothing is lost."""
    if frame.plan_read.damage or not frame.plan_read.there:
        yield frame.plan_read.damage or f"{frame.plan_read.key} is not there"
    if frame.verdict and frame.verdict.verdict is Verdict.VALID and (frame.running or not frame.flagged):
        yield "its flags do not say that it is good: other programs may go by them"
    if frame.moved and frame.verdict:
        yield f"it was copied here from {frame.verdict.uri}"
