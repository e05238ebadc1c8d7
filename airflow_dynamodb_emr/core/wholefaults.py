"""What is wrong with a backup as a whole, and what backup.json must say of each table of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from airflow_dynamodb_emr.core.chain import folder_of
from airflow_dynamodb_emr.core.charge import MISSING, UNSURE, WRONG, Charge, Charges
from airflow_dynamodb_emr.core.looking import Frame, Look
from airflow_dynamodb_emr.core.verdict import Backup, Verdict, overall


def of_the_whole(frame: Frame, unread: Iterable[str]) -> Charges:
    """*unread*: tables that no deep look has looked at."""
    if frame.verdict is None:
        yield _unfinished(frame)
    else:
        yield from _plan(frame, frame.verdict)
        yield from _verdict(frame.verdict_read.key, frame.verdict)
    if frame.record_read.damage and any(unread):
        reason = f"{frame.record_read.damage}: what earlier looks have found is lost, and only a deep look can tell"
        yield Charge(UNSURE, frame.record_read.key, reason)


def as_published(frame: Frame, look: Look) -> Charges:
    """Of a table that is proven; beside what is held against its manifest."""
    if frame.verdict is None or not look.manifest_read.there:
        return
    if look.told is None:
        yield Charge(WRONG, look.manifest_read.key, "backup.json does not name this table: another run may have written here")
    increment, known = look.manifest.increment if look.manifest else None, frame.verdict.stands_on
    if increment and known is not None and folder_of(increment.base) not in known:
        facts = f"it does not say that {look.name} stands on {increment.base}, which retention might delete then"
        yield Charge(WRONG, frame.verdict_read.key, facts)


def _unfinished(frame: Frame) -> Charge:
    if frame.verdict_read.damage:
        return Charge(WRONG, frame.verdict_read.key, frame.verdict_read.damage)
    if frame.forgotten:
        return Charge(MISSING, "", "it was forgotten: retention has chosen to delete it, and may have begun")
    if frame.running:
        return Charge(Verdict.IN_PROGRESS, "", "it has no verdict yet: its run may be under way")
    return Charge(MISSING, frame.verdict_read.key, "it is not there: the backup was never finished")


def _plan(frame: Frame, verdict: Backup) -> Charges:
    plan = frame.plan
    if plan and plan.run != verdict.run:
        yield Charge(WRONG, frame.plan_read.key, f"it is of the run {plan.run}, backup.json of {verdict.run}: two have written here")
    if plan and plan.folder not in ("", verdict.uri):
        yield Charge(WRONG, frame.plan_read.key, f"it is of the backup {plan.folder}, backup.json of {verdict.uri}: one of them was put here")


def _verdict(key: str, verdict: Backup) -> Charges:
    worst = overall(verdict.tables)
    if verdict.verdict is not worst:
        yield Charge(WRONG, key, f"it says {verdict.verdict.value}, and its tables together are {worst.value}")
    for name, times in Counter(table.name for table in verdict.tables).items():
        if times > 1:
            yield Charge(WRONG, key, f"it names {name} {times} times")
