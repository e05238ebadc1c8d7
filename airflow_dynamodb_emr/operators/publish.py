"""Publish: the last task tells the truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import Asset, AssetAlias
from msgspec import structs

from airflow_dynamodb_emr.aws import publishing, reporting
from airflow_dynamodb_emr.aws.reporting import Earlier
from airflow_dynamodb_emr.core import lineage
from airflow_dynamodb_emr.core.comparison import Point
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.report import backup_lines
from airflow_dynamodb_emr.core.runreport import Report, numbers
from airflow_dynamodb_emr.core.spent import Span
from airflow_dynamodb_emr.core.verdict import Backup
from airflow_dynamodb_emr.errors import BackupIncomplete
from airflow_dynamodb_emr.lineage import reported
from airflow_dynamodb_emr.links import BackupFolderLink
from airflow_dynamodb_emr.operators.base import AGAIN, PlanOperator, given, now
from airflow_dynamodb_emr.operators.reset import ResetNotes
from airflow_dynamodb_emr.operators.spike import SpikeNotes

if TYPE_CHECKING:
    from airflow.sdk import Context

Manifests = Mapping[str, TableManifest]
BACKUPS = AssetAlias("dynamodb_backups")  # every good backup is an event of its prefix' asset


class PublishBackupOperator(PlanOperator):
    """Writes the verdict and the flags, emits an asset event, and fails the run naming each table that is missing and why.

    It runs whatever happened before it: a run is red because of this task, or green because all of it can be restored.
    """

    operator_extra_links = (BackupFolderLink(),)

    def __init__(self, *, verify: str, spike: str, reset: str, **kwargs: Any) -> None:
        super().__init__(outlets=[BACKUPS], **kwargs)
        self.verify = verify  # task ids whose notes are read
        self.spike = spike
        self.reset = reset

    def execute(self, context: Context) -> dict[str, Any]:
        if not given(self.plan):
            raise AirflowFailException("nothing was backed up: there is no plan\nHINT: the log of the task `plan` says why")
        plan = self.read_plan(BackupPlan)
        BackupFolderLink.show(context, self, plan.root.uri, self.clients.region)
        spikes, resets = SpikeNotes.read(context, self.spike, len(plan.spiked)), ResetNotes.read(context, self.reset, len(plan.spiked))
        backup = publishing.judge(self.clients, plan, self._why(context), spikes.during, now(), [*spikes.lines, *resets.lines])
        manifests = publishing.manifests(self.store, plan)
        before, points = self._compared(plan, backup, manifests)
        backup = structs.replace(backup, notes=[*backup.notes, *before.notes, *(point.words for point in points)])
        holds = publishing.publish(self.store, plan, backup, manifests.values(), self.settings.write_ratio)
        report = self._reported(plan, holds, manifests, reporting.spans(spikes.since, resets.at), before, points)
        self.log.info("\n".join(backup_lines(backup, report)))
        _raise_unless_all_is_well(backup, resets.waiting)
        self._emit(context, backup, report)
        return {"backup": backup.uri}

    def get_openlineage_facets_on_complete(self, _: Any) -> Any:
        return reported(lineage.published(self.document(self.read_plan(BackupPlan).root.verdict, Backup)))

    def _compared(self, plan: BackupPlan, backup: Backup, manifests: Manifests) -> tuple[Earlier, list[Point]]:
        try:
            before = reporting.earlier(self.store, plan)
            return before, before.points(backup, plan.vanished, manifests)
        except Exception as error:  # whatever is wrong with the backups before it, this one is what it is
            self.log.warning("not compared with the backups before it: %s", error, exc_info=True)
            return Earlier(), []

    def _reported(
        self, plan: BackupPlan, backup: Backup, manifests: Manifests, raised: dict[str, Span], before: Earlier, points: list[Point]
    ) -> Report | None:
        try:
            found = reporting.facts(self.clients, plan, manifests, raised, before, points)
            report = reporting.write(self.store, plan, backup, found)
        except Exception as error:  # the verdict is written: a report that is missing makes no backup worse
            self.log.warning("there is no report: %s", error, exc_info=True)
            return None
        self.log.info("the report is in %s and %s", plan.root.page, plan.root.report)
        return report

    def _why(self, context: Context) -> dict[str, str]:
        return context["ti"].xcom_pull(task_ids=self.verify) or {}

    def _emit(self, context: Context, backup: Backup, report: Report | None) -> None:
        asset = Asset(name=f"dynamodb-backup-{backup.prefix}", uri=backup.uri.rsplit("/", 4)[0])
        counts: dict[str, Any] = {"backup": backup.uri, "tables": len(backup.tables), "items": backup.items, "bytes": backup.bytes}
        context["outlet_events"][BACKUPS].add(asset, extra={**counts, **(numbers(report) if report else {})})


def _raise_unless_all_is_well(backup: Backup, waiting: set[str]) -> None:
    """Trying this task again cures nothing: the tables have to be dumped again, or reset; what has to wait for that is the janitor's."""
    missing = [f"{name}: {why}" for name, why in backup.missing.items()]
    raised = [f"{name}: its throughput is still raised" for name in backup.raised if name not in waiting]
    if missing or raised:
        facts = (
            f"{len(missing)} of {len(backup.tables)} tables cannot be restored from {backup.uri}"
            if missing
            else "the backup is whole, but tables are still raised"
        )
        error = BackupIncomplete("\n".join([facts, *missing, *raised]), AGAIN)
        raise AirflowFailException(str(error)) from error
