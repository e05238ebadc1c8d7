"""Load: one dump into one table."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws import chains, copies
from airflow_dynamodb_emr.core import documents, importing, lineage
from airflow_dynamodb_emr.core.engines import NATIVE, SERVERLESS, WORKER
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.loading import TableLoad
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.restore import RestorePlan, TableLoaded
from airflow_dynamodb_emr.core.steps import LOADED_COUNTER
from airflow_dynamodb_emr.errors import DynamoDBBackupError, facts_of
from airflow_dynamodb_emr.lineage import reported
from airflow_dynamodb_emr.operators.base import no_retry_for_bad_input
from airflow_dynamodb_emr.operators.native import ImportTask
from airflow_dynamodb_emr.operators.serverless import ServerlessTask
from airflow_dynamodb_emr.operators.step import StepOperator
from airflow_dynamodb_emr.transfer import increments, write
from airflow_dynamodb_emr.transfer.meter import Meter
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter
from airflow_dynamodb_emr.transfer.raw.slices import Keys
from airflow_dynamodb_emr.transfer.raw.write import load

if TYPE_CHECKING:
    from airflow.sdk import Context


class LoadOperator(ImportTask, ServerlessTask, StepOperator):
    """By an EMR step, by DynamoDB's own import, or by this task itself, as the plan says."""

    counter = LOADED_COUNTER

    @no_retry_for_bad_input
    def execute(self, context: Context) -> dict[str, Any] | None:
        (name,) = self.tables
        table, done = self.whole_plan.table(name), self.store.load(self.whole_plan.root.manifest(name), TableLoaded)
        if done and table.is_loaded_with(done.items):
            self.log.info("%s is loaded already", name)
            return None
        if context["ti"].try_number > 1:
            copies.forget_failure(self.store, self.whole_plan.root, name)
        try:
            return self._loaded(context, table)
        except (DynamoDBBackupError, ClientError, BotoCoreError) as error:
            self.gave_up({name: facts_of(error)})
            raise

    def _loaded(self, context: Context, table: TableLoad) -> dict[str, Any]:
        if table.way == WORKER:
            return self._load_here(self.whole_plan, table)
        if table.way == NATIVE:
            return self._import(context, self.whole_plan, table)
        return self.run_jobs(context, [table.name]) if table.way == SERVERLESS else self.follow(context, [table.name])

    def get_openlineage_facets_on_complete(self, _: Any) -> Any:
        return reported(lineage.loaded(self.whole_plan, self.tables))

    def gave_up(self, why: Mapping[str, str]) -> None:
        for table, reason in why.items():
            copies.failed(self.store, self.whole_plan.root, table, reason)

    @cached_property
    def whole_plan(self) -> RestorePlan:
        return self.read_plan(RestorePlan)

    @property
    def serverless_plan(self) -> RestorePlan:
        return self.whole_plan

    def outcome_of(self, table: str, attempt: int) -> S3Uri:
        return self.whole_plan.outcome(table, attempt)

    def undone(self, table: str, attempt: int) -> str:
        planned, outcome = self.whole_plan.table(table), self.told_by(table, attempt)
        if outcome is None or not outcome.ok:
            return outcome.facts if outcome else "it says nothing of what came of it"
        if outcome.items != planned.items:
            return f"{outcome.items} items went in, the backup has {planned.items}"
        self._write_down(planned, outcome.items, outcome.seconds)
        return ""

    def _write_down(self, table: TableLoad, items: int, seconds: float) -> None:
        done = TableLoaded(name=table.name, source=table.source, engine=table.engine, items=items, seconds=seconds)
        self.store.put(self.whole_plan.root.manifest(table.name), documents.encode(done))  # of a task that is cleared, the last load counts

    def step_of(self, table: str, attempt: int, share: float, overruns: int) -> dict[str, Any]:  # noqa: ARG002 - a load has no segments
        return self.whole_plan.step(self.whole_plan.table(table), attempt, share)

    def _import(self, context: Context, plan: RestorePlan, table: TableLoad) -> dict[str, Any]:
        backup = Folder.parse(plan.backup)
        manifest, owner = self.document(backup.manifest(table.source), TableManifest), plan.custody.owner_of(backup.uri.bucket)
        assert table.create  # or ImportTable could not load it
        wish = importing.wish(table.create, plan.place.arn(table.name), manifest, backup.uri, plan.run, owner)
        return self.import_dump(context, wish, manifest, backup.uri, plan.root)

    def _load_here(self, plan: RestorePlan, table: TableLoad) -> dict[str, Any]:
        began = time.monotonic()
        self.log.info("%s: loaded by this task, because %s", table.name, table.why)
        items = self._folded(plan, table) if table.folded else write.items_of(self.clients.s3, S3Uri.parse(plan.backup), table.parts, table.form)
        limiter, meter = Limiter(table.rate.units_at(self._share(table.name), table.before.write)), self._meter(table)
        loaded = load(
            self.clients.endpoint,
            table.name,
            Keys(*table.keys),
            items,
            limiter=limiter,
            told=lambda batch: meter.told(batch.items, batch.bytes, batch.write_units),
        )
        seconds = time.monotonic() - began
        self.log.info("%s: %s items in %.1f s, %.0f write units", table.name, loaded.items, seconds, loaded.write_units)
        self._write_down(table, loaded.items, seconds)
        return {"items": loaded.items}

    def _folded(self, plan: RestorePlan, table: TableLoad) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Of a dump that holds changes, and of all that it stands on."""
        links = chains.of(self.store, Folder.parse(plan.backup), table.source)
        base, *changes = (increments.stored(self.clients.s3, link.parts) for link in links)
        self.log.info("%s: %s increments stand on the dump of the whole table in %s", table.name, len(changes), links[0].uri)
        yield "folded", increments.items(increments.fold(base(), changes, table.keys))

    def _meter(self, table: TableLoad) -> Meter:
        return Meter(table.items, lambda line: self.log.info("%s: %s", table.name, line))
