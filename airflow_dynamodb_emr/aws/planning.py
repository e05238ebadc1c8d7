"""Makes a plan from what there is, and writes it down. `draft` touches nothing; `commit` writes the plan first of all."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from airflow_dynamodb_emr.aws import bases, limits, preflight, readers, schemas, shipping, tables, together
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.errors import refused_as_bad_input
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents, native
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.engines import AUTO, CONNECTOR, NATIVE, Wished
from airflow_dynamodb_emr.core.estimate import Estimate, estimate
from airflow_dynamodb_emr.core.forgotten import Reader
from airflow_dynamodb_emr.core.names import Selection
from airflow_dynamodb_emr.core.pace import Limits, Pace
from airflow_dynamodb_emr.core.plan import BackupPlan, Request, backup_plan
from airflow_dynamodb_emr.core.recovery import Recovery, common_moment
from airflow_dynamodb_emr.core.schema import RECOVERY, Schema
from airflow_dynamodb_emr.core.table import Table
from airflow_dynamodb_emr.errors import BadInput, NotFound


class Draft(Noun, frozen=True, kw_only=True):
    plan: BackupPlan
    schemas: list[Schema]


def draft(clients: Clients, request: Request, run: str, time: datetime, now: datetime) -> Draft:
    """Raises BadInput for anything that cannot work, before anything is touched or spent."""
    preflight.bucket(clients.s3, request.base, "base")
    preflight.request(request.cluster.request("", request.logs))
    selected, excluded = request.selection.split(tables.list_tables(clients.dynamodb))
    saved, vanished = schemas.save(clients, selected)
    found = [_table(schema) for schema in saved]
    _refuse_none(request.selection, found)
    request = structs.replace(request, pace=_with_room(clients, request.pace, found))
    plan = backup_plan(request, run, time, now, found, excluded, vanished)
    preflight.machinery(clients, request.cluster, request.logs, plan.cluster, request.jar, any(dump.engine == CONNECTOR for dump in plan.tables))
    preflight.spark(clients, plan.program, plan.serverless, plan.logs)
    exported = [schema for schema in saved if plan.table(schema.name).engine == NATIVE]
    return Draft(plan=_with_increments(Store(clients.s3), request, structs.replace(plan, moment=_moment(exported)), exported), schemas=saved)


def preview(clients: Clients, selection: Selection, pace: Pace, cluster: ClusterSpec, wished: Wished, told: Limits | None = None) -> Estimate:
    """What a backup would do, from what there is now; needs neither bucket nor jar. *told*: the account's limits, where they are known."""
    preflight.request(cluster.request("", None))
    selected, excluded = selection.split(tables.list_tables(clients.dynamodb))
    asks = wished.engine in (AUTO, NATIVE)  # for what else than the table itself there is to know
    found = list(map(_table, schemas.save(clients, selected, only={RECOVERY})[0])) if asks else tables.look_at(clients.dynamodb, selected)
    _refuse_none(selection, found)
    return estimate(_with_room(clients, pace, found, told), cluster, found, excluded, wished=wished)


def _table(schema: Schema) -> Table:
    return structs.replace(Table.of(schema.table), no_export=native.no_export(schema))


def _moment(exported: list[Schema]) -> datetime | None:
    """One for all that DynamoDB exports, so that they fit together. Where they have none in common, each shows when it begins."""
    return common_moment(recovery for schema in exported if (recovery := Recovery.of(schema)))


def _with_increments(store: Store, request: Request, plan: BackupPlan, exported: list[Schema]) -> BackupPlan:
    if not request.increments or plan.moment is None:
        return plan
    app = request.base / request.region / request.app
    found, why = bases.increments(store, app, exported, plan.moment, request.increments)
    words = {table: f"what has changed since {increment.start:%Y-%m-%d %H:%M:%S}" for table, increment in found.items()}
    words |= {table: f"all of it: {reason}" for table, reason in why.items()}
    told = [structs.replace(dump, why="; ".join(filter(None, [dump.why, words.get(dump.name)]))) for dump in plan.tables]
    return structs.replace(plan, increments=found, tables=told)


def _refuse_none(selection: Selection, found: list[Table]) -> None:
    if not found:
        raise NotFound(
            f"prefix: all tables that start with {selection.prefix!r} were deleted just now", "look whether the prefix is the one you mean"
        )


def _with_room(clients: Clients, pace: Pace, found: list[Table], told: Limits | None = None) -> Pace:
    return structs.replace(pace, room=(told or limits.describe(clients)).reads(found)) if pace.spikes(found) else pace


def commit(store: Store, draft: Draft) -> BackupPlan:
    """The plan that holds from now on: this one, or that of an earlier try of the same run.

    What its increments will stand on is marked as read until its own verdict says so. Raises DataDamaged when that was forgotten meanwhile.
    """
    plan = draft.plan
    with readers.reading(store, plan.bases, Reader(run=plan.run, at=plan.made, result=str(plan.root.verdict))):
        with refused_as_bad_input(f"base: {plan.base} (writing to it)", "allow s3:PutObject there"):
            fresh = store.write_once(plan.root.plan, plan)
        plan = plan if fresh else _own(store, plan)
    if plan.program:
        shipping.ship(store, plan.program)
    store.put(plan.root.flag("RUNNING"))
    together.each(lambda schema: store.write_once(plan.root.schema(schema.name), schema), draft.schemas)
    store.put_new(plan.root.steps("export"), documents.encode(plan.export_steps()))
    return plan


def _own(store: Store, plan: BackupPlan) -> BackupPlan:
    known = store.load(plan.root.plan, BackupPlan)
    if known is None or known.run != plan.run:
        other = known.run if known else "unknown"
        raise BadInput(
            f"base: {plan.root.plan} is there already, of run {other}", "two backups of one app cannot share a time: start it again, or set app"
        )
    return known
