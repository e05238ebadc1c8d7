"""Makes the report of a backup from its plan, its verdict, and what is known beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import structs

from airflow_dynamodb_emr.core import cost, spent
from airflow_dynamodb_emr.core.comparison import Point
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.runreport import Past, Report, Row
from airflow_dynamodb_emr.core.spent import Life, Span, Spent, Try
from airflow_dynamodb_emr.core.verdict import Backup, TableVerdict

MOST_PAST = 90  # runs of which a report remembers the totals, so that nobody has to read so many


class Facts(Noun, frozen=True, kw_only=True):
    """What is known of a run beside its plan and verdict."""

    manifests: dict[str, TableManifest] = {}
    clusters: list[Life] = []
    tries: list[Try] = []
    raised: dict[str, Span] = {}
    points: list[Point] = []
    compared_with: str = ""
    before_was_whole: bool = False
    history: list[Past] = []


def report(plan: BackupPlan, backup: Backup, facts: Facts) -> Report:
    whole = {life.id: spent.on_a_cluster(plan, life) for life in facts.clusters}
    shares = spent.shares(facts.tries, whole)
    rows = [_row(plan, table, facts, shares) for table in backup.tables]
    money = structs.replace(spent.total(row.spent for row in rows), clusters=spent.total(Spent(clusters=each) for each in whole.values()).clusters)
    units = [row.read_units for row in rows if row.read_units is not None]
    return Report(
        verdict=backup.verdict,
        run=backup.run,
        prefix=backup.prefix,
        region=backup.region,
        uri=backup.uri,
        totals=structs.replace(Past.of(backup), dollars=money.dollars, read_units=sum(units) if units else None),
        spent=money,
        storage_month_dollars=cost.storage(backup.bytes, plan.prices),
        prices=str(plan.prices),
        estimated=sorted({name for row in rows for name in row.estimated}),
        tables=rows,
        clusters=facts.clusters,
        tries=sorted([*facts.tries, *_alone(rows, facts.tries)], key=lambda each: (each.started, each.table)),
        excluded=backup.excluded,
        notes=backup.notes,
        raised=backup.raised,
        points=facts.points,
        compared_with=facts.compared_with,
        before_was_whole=facts.before_was_whole,
        history=facts.history[-MOST_PAST:],
        started=backup.started,
        ended=backup.ended,
    )


def _row(plan: BackupPlan, table: TableVerdict, facts: Facts, shares: Mapping[str, float | None]) -> Row:
    dump, manifest, raised = plan.table(table.name), facts.manifests.get(table.name), facts.raised.get(table.name)
    own, estimated = spent.on_a_table(plan, dump, table, manifest, raised)
    units, guessed = spent.read_units(dump, manifest) if manifest else (None, False)
    machines = shares.get(table.name, 0.0)
    upper = bool(machines) and (plan.spot > 0 or not all(life.as_planned for life in facts.clusters))
    tries = [each for each in facts.tries if each.table == table.name]
    return Row(
        table=table,
        partial=bool(manifest and manifest.increment),
        started=manifest.started if manifest else min((each.started for each in tries), default=None),
        ended=manifest.ended if manifest else max((each.ended for each in tries), default=None),
        cluster=manifest.cluster if manifest else next((each.cluster for each in reversed(tries)), ""),
        raised=raised,
        read_units=units,
        spent=structs.replace(own, clusters=machines),
        estimated=[*estimated, *(["read_units"] if guessed else []), *(["clusters"] if upper else [])],
    )


def _alone(rows: Sequence[Row], tries: Sequence[Try]) -> list[Try]:
    """The dumps that needed no cluster, for the same time line."""
    known = {each.table for each in tries}
    return [
        Try(table=row.table.name, number=row.table.attempt, started=row.started, ended=row.ended)
        for row in rows
        if row.started and row.ended and row.table.name not in known
    ]
