"""Load: one dump into one table."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.core import documents, importing
from airflow_dynamodb_emr.core.engines import NATIVE, WORKER
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.loading import TableLoad
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.restore import RestorePlan, TableLoaded
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.steps import LOADED_COUNTER
from airflow_dynamodb_emr.operators.native import ImportTask
from airflow_dynamodb_emr.operators.step import StepOperator
from airflow_dynamodb_emr.transfer import write
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.write import load

if TYPE_CHECKING:
    from airflow.sdk import Context


class LoadOperator(ImportTask, StepOperator):
    """By an EMR step, by DynamoDB's own import, or by this task itself, as the plan says."""

    counter = LOADED_COUNTER

    def execute(self, context: Context) -> dict[str, Any] | None:
        (name,) = self.tables
        table, done = self.whole_plan.table(name), self.store.load(self.whole_plan.root.manifest(name), TableLoaded)
        if done and done.items == table.items:
            self.log.info("%s is loaded already", name)
            return None
        if table.engine == WORKER:
            return self._load_here(self.whole_plan, table)
        return self._import(context, self.whole_plan, table) if table.engine == NATIVE else self.follow(context, [name])

    @cached_property
    def whole_plan(self) -> RestorePlan:
        return self.read_plan(RestorePlan)

    def step_of(self, table: str, attempt: int, share: float, overruns: int) -> dict[str, Any]:  # noqa: ARG002 - a load has no segments
        return self.whole_plan.step(self.whole_plan.table(table), attempt, share)

    def _import(self, context: Context, plan: RestorePlan, table: TableLoad) -> dict[str, Any]:
        backup = Folder.parse(plan.backup)
        schema, manifest = self.document(backup.schema(table.source), Schema), self.document(backup.manifest(table.source), TableManifest)
        wish = importing.wish(schema, manifest, table.name, backup.uri, plan.run, plan.account, plan.region)
        return self.import_dump(context, wish, manifest, backup.uri, plan.root)

    def _load_here(self, plan: RestorePlan, table: TableLoad) -> dict[str, Any]:
        began = time.monotonic()
        self.log.info("%s: loaded by this task, because %s", table.name, table.why)
        items = write.items_of(self.clients.s3, S3Uri.parse(plan.backup), table.parts, table.form)
        loaded = load(self.clients.endpoint, table.name, Keys(*table.keys), items)
        seconds = time.monotonic() - began
        self.log.info("%s: %s items in %.1f s, %.0f write units", table.name, loaded.items, seconds, loaded.write_units)
        done = TableLoaded(name=table.name, source=table.source, engine=table.engine, items=loaded.items, seconds=seconds)
        self.store.put(plan.root.manifest(table.name), documents.encode(done))  # of a task that is cleared, the last load counts
        return {"items": loaded.items}
