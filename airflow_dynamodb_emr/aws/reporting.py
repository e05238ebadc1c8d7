"""Collects what the report of a backup is made of, and writes it: report.json and report.html, beside the verdict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar

from airflow_dynamodb_emr.aws import attempts, backups, clusters, lanes
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import comparison, documents, reckoning
from airflow_dynamodb_emr.core.comparison import Point
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.engines import NATIVE
from airflow_dynamodb_emr.core.layout import LEVELS, S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.names import attempt_of, step_name
from airflow_dynamodb_emr.core.page.page import page
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.reckoning import Facts
from airflow_dynamodb_emr.core.roster import Start
from airflow_dynamodb_emr.core.runreport import Past, Report
from airflow_dynamodb_emr.core.spent import Life, Span, Try
from airflow_dynamodb_emr.core.starting import AS_PLANNED
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.errors import DataDamaged

T = TypeVar("T")
MOST_LOOKS = 10  # folders before this one that are looked into


class Earlier(Noun, frozen=True, kw_only=True):
    """The backups of the same prefix before one."""

    backup: Backup | None = None  # the newest good one, or where there is none the newest that has a verdict
    partial: list[str] = []  # its dumps that hold only what has changed
    history: list[Past] = []  # oldest first
    notes: list[str] = []  # what of them cannot be read

    def points(self, now: Backup, vanished: Collection[str], manifests: Mapping[str, TableManifest]) -> list[Point]:
        if self.backup is None:
            return []
        gone = {name: f"{pattern} excludes it" for name, pattern in now.excluded.items()}
        gone |= dict.fromkeys(vanished, "it was deleted while this one was planned")
        changes = [name for name, manifest in manifests.items() if manifest.increment]
        return comparison.compare(now, self.backup, gone, {*self.partial, *changes})


class _Seen(NamedTuple):
    backup: Backup
    report: Report | None

    @property
    def good(self) -> bool:
        return self.backup.verdict is Verdict.VALID


def earlier(store: Store, plan: BackupPlan) -> Earlier:
    """What is damaged among them is passed over, with a note: it must not be in the way of this backup."""
    notes: list[str] = []
    seen = list(_seen(store, plan, notes))
    best = next((each for each in seen if each.good), seen[0] if seen else None)
    return Earlier(backup=best and best.backup, partial=_partial(best) if best else [], history=_history(seen), notes=notes)


def facts(
    clients: Clients, plan: BackupPlan, manifests: Mapping[str, TableManifest], raised: Mapping[str, Span], before: Earlier, points: list[Point]
) -> Facts:
    lives = [_life(clients, start) for start in lanes.starts(Store(clients.s3), plan.root) if start.cluster]
    return Facts(
        manifests=dict(manifests),
        clusters=lives,
        tries=list(_tries(clients, plan, {life.id: life for life in lives})) if lives else [],
        raised=dict(raised),
        points=points,
        compared_with=before.backup.uri if before.backup else "",
        before_was_whole=before.backup is not None and before.backup.verdict is Verdict.VALID,
        history=before.history,
    )


def write(store: Store, plan: BackupPlan, backup: Backup, found: Facts) -> Report:
    """A run that was cleared writes another one over it."""
    made = reckoning.report(plan, backup, found)
    store.put(plan.root.report, documents.encode(made), "application/json")
    store.put(plan.root.page, page(made).encode(), "text/html; charset=utf-8")
    return made


def _seen(store: Store, plan: BackupPlan, notes: list[str]) -> Iterator[_Seen]:
    """Newest first, a few, until one is good."""
    own = plan.root.uri
    app = S3Uri(own.bucket, own.key.rsplit("/", len(LEVELS))[0])
    before = (folder for folder in backups.folders(store, app, until=plan.root.time) if folder.uri != own)
    for folder in islice(before, MOST_LOOKS):
        backup = _readable(partial(backups.read, store, folder), notes)
        if backup is None or backup.prefix != plan.prefix:
            continue
        seen = _Seen(backup, _readable(partial(store.load, folder.report, Report), notes))
        yield seen
        if seen.good:
            break


def _readable(read: Callable[[], T | None], notes: list[str]) -> T | None:
    try:
        return read()
    except DataDamaged as damaged:
        notes.append(f"not compared with what cannot be read: {damaged.facts}")
        return None


def _history(seen: Iterable[_Seen]) -> list[Past]:
    """A report has that of all before it."""
    past: list[Past] = []
    for backup, report in seen:
        if report:
            return [*report.history, report.totals, *reversed(past)]
        past.append(Past.of(backup))
    return [*reversed(past)]


def _partial(seen: _Seen) -> list[str]:
    """Without a report only the backup as a whole says that it stands on others."""
    if seen.report:
        return [row.table.name for row in seen.report.tables if row.partial]
    return [table.name for table in seen.backup.tables if seen.backup.stands_on and table.engine == NATIVE]


def _life(clients: Clients, start: Start) -> Life:
    status, as_planned = clusters.status(clients.emr, start.cluster), start.words.startswith(AS_PLANNED)
    return Life(
        id=start.cluster,
        lane=start.lane,
        created=status.created,
        ready=status.since,
        ended=status.gone,
        words="; ".join(filter(None, [start.instead_of, "" if as_planned else start.words])),
        as_planned=as_planned,
    )


def _tries(clients: Clients, plan: BackupPlan, lives: Mapping[str, Life]) -> Iterator[Try]:
    """Every step that began: one that nobody saw end ended with its cluster."""
    tables = {attempt_of(step_name(dump.name, 0))[0]: dump.name for dump in plan.tables}
    for each in attempts.made(clients, plan.root):
        stem, number = attempt_of(each.step.name)
        life, ended = lives.get(each.cluster), each.step.ended
        ended = ended or (life.ended if life else None)
        if stem in tables and each.step.started and ended and life:
            state = each.step.state
            yield Try(table=tables[stem], number=number, cluster=life.id, lane=life.lane, state=state, started=each.step.started, ended=ended)


def spans(since: Mapping[str, datetime], until: Mapping[str, datetime]) -> dict[str, Span]:
    """Of tables of which both ends are known."""
    return {name: Span(start=start, end=until[name]) for name, start in since.items() if name in until}
