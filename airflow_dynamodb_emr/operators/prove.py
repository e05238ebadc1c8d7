"""Prove: look at every dump of a run, and write the manifest of those that are whole. It is the task `verify` of a backup."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_dynamodb_emr.aws import attempts, copies, proof, together
from airflow_dynamodb_emr.aws.attempts import Attempt
from airflow_dynamodb_emr.core.dumping import TableDump
from airflow_dynamodb_emr.core.engines import CONNECTOR
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.steps import READ_COUNTER
from airflow_dynamodb_emr.operators.base import PlanOperator, given, now

if TYPE_CHECKING:
    from airflow.sdk import Context

AT_ONCE = 4  # tables that are read back
LOGS_TIMEOUT = timedelta(minutes=15)  # EMR ships logs every five minutes, and when the cluster ends


class ProveOperator(PlanOperator):
    """Returns why each table that does not count does not. It runs whatever happened before it, also when there is no plan or no cluster."""

    def execute(self, context: Context) -> dict[str, str]:
        if not given(self.plan):
            self.log.warning("there is no plan: nothing was backed up")
            return {}
        plan = self.read_plan(BackupPlan)
        tries = self._attempts(plan)
        counted = (tried for name, tried in tries.items() if plan.table(name).engine == CONNECTOR)
        logs = [str(tried.log(plan.logs)) for tried in counted if tried and tried.completed]
        return self.wait(context, "logs_complete", {"logs": logs, "counter": READ_COUNTER}, LOGS_TIMEOUT, self.logs_there)

    def logs_there(self, context: Context, event: dict[str, Any]) -> dict[str, str]:  # noqa: ARG002 - Airflow's signature
        """Also called when the logs never came: then a dump whose count is missing does not count, and says so."""
        plan = self.read_plan(BackupPlan)
        tries = self._attempts(plan)
        todo = [plan.table(name) for name in tries]

        def prove(dump: TableDump) -> list[str]:
            return proof.prove(self.store, plan, dump, tries[dump.name], now(), self.settings.read_back_bytes)

        proofs = zip(todo, together.each(prove, todo, AT_ONCE), strict=True)
        why = {dump.name: "; ".join(reasons) for dump, reasons in proofs if reasons}
        attempts.refuse(self.store, plan.root, [tried for name in why if (tried := tries[name])])  # clearing them dumps them again
        for name in why:
            if not plan.table(name).on_cluster:
                copies.refuse(self.store, plan.root, name)
        self.log.info("%s of %s tables are whole", len(plan.tables) - len(why), len(plan.tables))
        return why

    def _attempts(self, plan: BackupPlan) -> dict[str, Attempt | None]:
        """For each table that has no manifest yet: the attempt to look at."""
        proven = plan.root.proven(uri for uri, _ in self.store.objects(plan.root.manifests))
        unproven = [dump.name for dump in plan.tables if dump.name not in proven]
        tries = attempts.made(self.clients, plan.root) if any(plan.table(name).on_cluster for name in unproven) else []
        return {name: attempts.best(name, tries) for name in unproven}
