"""Publish: the last task tells the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import Asset, AssetAlias

from airflow_dynamodb_emr.aws import publishing
from airflow_dynamodb_emr.core import lineage
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.report import backup_lines
from airflow_dynamodb_emr.core.verdict import Backup
from airflow_dynamodb_emr.errors import BackupIncomplete
from airflow_dynamodb_emr.lineage import reported
from airflow_dynamodb_emr.links import BackupFolderLink
from airflow_dynamodb_emr.operators.base import AGAIN, PlanOperator, given, now
from airflow_dynamodb_emr.operators.reset import ResetNotes
from airflow_dynamodb_emr.operators.spike import SpikeNotes

if TYPE_CHECKING:
    from airflow.sdk import Context

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
        publishing.publish(self.store, plan, backup, self.settings.write_ratio)
        self.log.info("\n".join(backup_lines(backup)))
        _raise_unless_all_is_well(backup, resets.waiting)
        self._emit(context, backup)
        return {"backup": backup.uri}

    def get_openlineage_facets_on_complete(self, _: Any) -> Any:
        return reported(lineage.published(self.document(self.read_plan(BackupPlan).root.verdict, Backup)))

    def _why(self, context: Context) -> dict[str, str]:
        return context["ti"].xcom_pull(task_ids=self.verify) or {}

    def _emit(self, context: Context, backup: Backup) -> None:
        asset = Asset(name=f"dynamodb-backup-{backup.prefix}", uri=backup.uri.rsplit("/", 4)[0])
        counts: dict[str, Any] = {"backup": backup.uri, "tables": len(backup.tables), "items": backup.items, "bytes": backup.bytes}
        context["outlet_events"][BACKUPS].add(asset, extra=counts)


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
