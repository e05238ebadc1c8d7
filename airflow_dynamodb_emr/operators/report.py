"""Report: what became of each table of a restore; the last task tells the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import Asset, AssetAlias

from airflow_dynamodb_emr.aws import loaded
from airflow_dynamodb_emr.core import lineage
from airflow_dynamodb_emr.core.report import restore_lines
from airflow_dynamodb_emr.core.restore import Restore, RestorePlan
from airflow_dynamodb_emr.core.steps import LOADED_COUNTER
from airflow_dynamodb_emr.errors import RestoreIncomplete
from airflow_dynamodb_emr.lineage import reported
from airflow_dynamodb_emr.operators.base import AGAIN, PlanOperator, given, now
from airflow_dynamodb_emr.operators.prove import LOGS_TIMEOUT
from airflow_dynamodb_emr.operators.reset import ResetNotes
from airflow_dynamodb_emr.operators.spike import SpikeNotes

if TYPE_CHECKING:
    from airflow.sdk import Context


TABLES = AssetAlias("dynamodb_tables")  # every table that was restored is an event of its own asset


class ReportRestoreOperator(PlanOperator):
    """A table counts as loaded when as many items went in as the backup's manifest has. Fails the run naming each table that does not."""

    def __init__(self, *, spike: str, reset: str, **kwargs: Any) -> None:
        super().__init__(outlets=[TABLES], **kwargs)
        self.spike = spike  # task ids whose notes are read
        self.reset = reset

    def execute(self, context: Context) -> dict[str, Any]:
        if not given(self.plan):
            raise AirflowFailException("nothing was restored: there is no plan\nHINT: the log of the task `plan` says why")
        logs = loaded.logs(self.clients, self.read_plan(RestorePlan))
        return self.wait(context, "logs_complete", {"logs": logs, "counter": LOADED_COUNTER}, LOGS_TIMEOUT, self.logs_there)

    def logs_there(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Airflow's signature
        plan = self.read_plan(RestorePlan)
        spikes, resets = SpikeNotes.read(context, self.spike, len(plan.tables)), ResetNotes.read(context, self.reset, len(plan.tables))
        restore = loaded.judge(self.clients, plan, now(), [*spikes.lines, *resets.lines])
        self.log.info("\n".join(restore_lines(restore)))
        raised = [f"{name}: its throughput is still raised" for name in restore.raised if name not in resets.waiting]
        if restore.missing or raised or restore.unsettled:
            lines = [f"{name}: {why}" for name, why in restore.missing.items()] + raised + restore.unsettled
            error = RestoreIncomplete(
                "\n".join([f"{len(restore.missing)} of {len(plan.tables)} tables are not restored from {plan.backup}", *lines]),
                AGAIN,
            )
            raise AirflowFailException(str(error)) from error
        self._emit(context, plan, restore)
        return {"restore": restore.uri, "tables": len(restore.loaded)}

    def get_openlineage_facets_on_complete(self, _: Any) -> Any:
        plan = self.read_plan(RestorePlan)
        return reported(lineage.restored(plan, self.document(plan.report, Restore)))

    def _emit(self, context: Context, plan: RestorePlan, restore: Restore) -> None:
        for table in restore.loaded:
            asset = Asset(name=f"dynamodb-table-{table.name}", uri=f"dynamodb://{plan.account}.{plan.region}/{table.name}")
            context["outlet_events"][TABLES].add(asset, extra={"backup": restore.backup, "items": table.items})
