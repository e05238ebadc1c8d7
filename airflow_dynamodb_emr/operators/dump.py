"""Dump: some tables into the backup's folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException
from botocore.exceptions import BotoCoreError, ClientError

from airflow_dynamodb_emr.aws import copies, ledgers, together
from airflow_dynamodb_emr.core import exporting, lineage
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import CONNECTOR, NATIVE, SERVERLESS, SPARK, WORKER
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.steps import READ_COUNTER
from airflow_dynamodb_emr.errors import BadInput, CopyFailed, DynamoDBBackupError, facts_of
from airflow_dynamodb_emr.lineage import reported
from airflow_dynamodb_emr.operators.base import no_retry_for_bad_input
from airflow_dynamodb_emr.operators.native import ExportTask
from airflow_dynamodb_emr.operators.serverless import ServerlessTask
from airflow_dynamodb_emr.operators.step import StepOperator
from airflow_dynamodb_emr.transfer.meter import Meter
from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST

if TYPE_CHECKING:
    from airflow.sdk import Context


class DumpOperator(ExportTask, ServerlessTask, StepOperator):
    """Submits the tables' steps, or has DynamoDB export them, and waits without a worker; or copies them itself, one after the other.

    A table that is dumped and verified already is not dumped again.
    """

    counter = READ_COUNTER

    @no_retry_for_bad_input
    def execute(self, context: Context) -> dict[str, str]:
        plan = self.whole_plan
        left = self._not_proven(plan)
        if len(left) < len(self.tables):
            self.log.info("dumped and verified already: %s", ", ".join(set(self.tables) - set(left)))
        if not left:
            return {}
        if context["ti"].try_number > 1 and not plan.table(left[0]).on_cluster:
            together.each(lambda table: copies.forget_failure(self.store, plan.root, table), left)
        return self._done_by[plan.table(left[0]).way](context, left)

    def get_openlineage_facets_on_complete(self, _: Any) -> Any:
        plan = self.whole_plan
        schemas = together.each(lambda table: self.document(plan.root.schema(table), Schema), self.tables)
        return reported(lineage.dumped(plan.region, plan.account, plan.root.uri, schemas))

    @cached_property
    def whole_plan(self) -> BackupPlan:
        return self.read_plan(BackupPlan)

    @property
    def serverless_plan(self) -> BackupPlan:
        return self.whole_plan

    def outcome_of(self, table: str, attempt: int) -> S3Uri:
        return self.whole_plan.root.data(table, attempt)

    def step_of(self, table: str, attempt: int, share: float, overruns: int) -> dict[str, Any]:
        return self.whole_plan.step(self.whole_plan.table(table), attempt, share, overruns)

    def _not_proven(self, plan: BackupPlan) -> list[str]:
        sizes = together.each(lambda table: self.store.size(plan.root.manifest(table)), self.tables)
        return [table for table, size in zip(self.tables, sizes, strict=True) if size is None]

    @property
    def _done_by(self) -> Mapping[str, Callable[[Context, list[str]], dict[str, str]]]:
        """A task has tables of one party only."""
        return {WORKER: self._copied, NATIVE: self._exported, SERVERLESS: self.run_jobs, CONNECTOR: self.follow, SPARK: self.follow}

    def _exported(self, context: Context, tables: list[str]) -> dict[str, str]:
        plan = self.whole_plan
        schemas = together.each(lambda table: self.document(plan.root.schema(table), Schema), tables)
        return self.export(context, [self._export_of(plan, schema) for schema in schemas])

    def _export_of(self, plan: BackupPlan, schema: Schema) -> exporting.Wish:
        increment = plan.increments.get(schema.name)
        at = None if increment else plan.moment
        return exporting.Wish.of(schema, plan.run, plan.folder, at=at, increment=increment, custody=plan.custody)

    def gave_up(self, why: Mapping[str, str]) -> None:
        for table, reason in why.items():
            copies.failed(self.store, self.whole_plan.root, table, reason)

    def undone(self, table: str, attempt: int) -> str:
        return "" if self.store.size(self.outcome_of(table, attempt) / MANIFEST) is not None else f"it left no {MANIFEST}"

    def _copied(self, _: Context, tables: list[str]) -> dict[str, str]:
        """One that fails does not hold up the others; the next try goes on where it was."""
        failures: dict[str, Exception] = {}
        for table in tables:
            try:
                self._copy(self.whole_plan.table(table))
            except (DynamoDBBackupError, ClientError, BotoCoreError) as error:
                self.log.error("%s: %s", table, error)
                failures[table] = error
        self.gave_up({table: facts_of(error) for table, error in failures.items()})
        self._raise_for(failures)
        return dict.fromkeys(tables, WORKER)

    def _copy(self, table: TableDump) -> None:
        share = ledgers.share_of(self.store, self.whole_plan, table.name) if table.raised else 0
        meter = Meter(table.items, lambda line: self.log.info("%s: %s", table.name, line))
        copies.copy(self.clients, self.whole_plan, table, share, meter.told)
        self.log.info("%s is copied: %s items, %.0f read units", table.name, f"{meter.items:,}", meter.units)

    def _raise_for(self, failures: dict[str, Exception]) -> None:
        """Another try cures no bad input; what of the others is copied is not copied again."""
        if not failures:
            return
        facts = "\n".join(f"{name}: {error}" for name, error in failures.items())
        if all(isinstance(error, BadInput) for error in failures.values()):
            raise AirflowFailException(facts)
        raise CopyFailed(facts)
