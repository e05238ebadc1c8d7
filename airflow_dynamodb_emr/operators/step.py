"""What dump and load share: the EMR steps of some tables, submitted and waited for together with all others of their cluster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec
from airflow.providers.common.compat.sdk import TaskDeferred
from msgspec import structs

from airflow_dynamodb_emr.aws import lanes, steplog
from airflow_dynamodb_emr.aws.watch import Wish
from airflow_dynamodb_emr.core import roster
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.names import step_name
from airflow_dynamodb_emr.core.rounds import Ended, Round
from airflow_dynamodb_emr.core.steps import COMPLETED
from airflow_dynamodb_emr.errors import ClusterFailed, StepFailed
from airflow_dynamodb_emr.links import StepLogLink
from airflow_dynamodb_emr.operators.base import SLACK, PlanOperator
from airflow_dynamodb_emr.operators.clusters import ClusterTask, lanes_of
from airflow_dynamodb_emr.triggers import StepTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_dynamodb_emr.core.plan import BackupPlan
    from airflow_dynamodb_emr.core.restore import RestorePlan

LONGEST_ROUND = timedelta(days=2)
PENDING_AHEAD = 10  # steps that wait on a cluster, so that none of its lanes is ever idle between two looks
MOST_LOSSES = 3  # clusters that may die under a task


class StepOperator(ClusterTask, PlanOperator):
    """One step for each table. A table whose step fails is tried again, alone and in a fresh folder; if the cluster dies, on the next one.

    Whatever an earlier try of the task has left is joined while it lives or when it has succeeded, and never when it has failed.
    """

    template_fields = ("plan", "tables")
    operator_extra_links = (StepLogLink(),)

    def __init__(self, *, tables: Sequence[str], **kwargs: Any) -> None:
        kwargs.setdefault("map_index_template", "{{ task.tables[0] }}{% if task.tables[1:] %} and {{ task.tables[1:] | length }} more{% endif %}")
        super().__init__(**kwargs)
        self.tables = tables

    # What dump and load say differently.

    def whole_plan(self) -> BackupPlan | RestorePlan:
        raise NotImplementedError

    def step_of(self, plan: Any, table: str, attempt: int, stretched: int) -> dict[str, Any]:
        """*stretched*: how often the table's step has taken far too long."""
        raise NotImplementedError

    def is_raised(self, plan: Any, table: str) -> bool:
        raise NotImplementedError

    def follow(self, context: Context, tables: list[str]) -> dict[str, str]:
        """Returns table -> id of the step that did it; raises StepFailed, or ClusterFailed, with the reasons."""
        plan = self.whole_plan()
        round_ = Round(left=tables, lane=plan.table(tables[0]).lane)
        if context["ti"].try_number > 1:  # it may be long since: does the cluster still live?
            return self._find_cluster(context, round_)
        return self._submit(context, round_)

    def _submit(self, context: Context, round_: Round) -> NoReturn:
        plan, run, number = self.whole_plan(), self.run_of_plan(), context["ti"].try_number
        started = self.starts(run)
        start = roster.last(started, round_.lane)
        if start is None:
            raise ClusterFailed(f"lane {round_.lane + 1} has no cluster", "clear `create_cluster` with everything downstream of it")
        StepLogLink.show(context, self, S3Uri.parse(plan.logs) / start.cluster / "steps", self.clients.region)
        wishes = {table: self._wish(plan, start.cluster, round_, table, number) for table in round_.left}
        again = number > 1 or round_.number > 1
        trigger = StepTrigger(
            self.connection,
            self.settings.poll_seconds,
            {"round": msgspec.to_builtins(round_), "cluster": start.cluster, "names": {table: wish.name for table, wish in wishes.items()}},
            start.cluster,
            [each.cluster for each in started if each.cluster != start.cluster] if again else [],
            msgspec.to_builtins(list(wishes.values())),
            plan.concurrency + PENDING_AHEAD,
            any(self.is_raised(plan, table) for table in round_.left),
        )
        raise TaskDeferred(trigger=trigger, method_name="ended", timeout=LONGEST_ROUND + SLACK)

    def _wish(self, plan: BackupPlan | RestorePlan, cluster: str, round_: Round, table: str, try_number: int) -> Wish:
        attempt = round_.attempt(try_number)
        seconds = plan.table(table).seconds
        limit = self.settings.overrun_times * seconds + self.settings.overrun_minutes * 60
        step = self.step_of(plan, table, attempt, round_.overruns.get(table, 0))
        earlier = [step_name(table, number) for number in range(1, attempt)]
        return Wish(step=step, earlier=earlier, seconds=seconds, limit_seconds=limit, claim=str(plan.root.step_claim(cluster, step["Name"])))

    def ended(self, context: Context, event: dict[str, Any]) -> dict[str, str]:
        before, plan = msgspec.convert(event["round"], Round), self.whole_plan()
        found = {table: event["steps"][event["names"][table]] for table in before.left}
        results = {table: self._result(context, plan, event["cluster"], table, each) for table, each in found.items()}
        after = before.after(results, bool(event["lost"]), self.settings.table_tries)
        if not after.left:
            return self._all_done(after)
        if not event["lost"]:
            return self._submit(context, after)
        self.log.warning("cluster %s: %s; %s tables are left", event["cluster"], event["lost"], len(after.left))
        if after.losses > MOST_LOSSES:
            raise ClusterFailed(f"{after.losses} clusters died under these tables; the last, {event['cluster']}: {event['lost']}")
        return self._find_cluster(context, after)

    def _find_cluster(self, context: Context, round_: Round) -> dict[str, str]:
        run, note = self.run_of_plan(), msgspec.to_builtins(round_)
        return self.wait_for_lanes(context, run, {round_.lane: 0}, self.cluster_found, whole_run=False, round=note)

    def cluster_found(self, context: Context, event: dict[str, Any]) -> dict[str, str]:
        round_ = msgspec.convert(event["round"], Round)
        lane = lanes_of(event)[round_.lane]
        if not lane.given_up:
            return self._submit(context, round_)
        other = lanes.another(self.clients, self.run_of_plan(), round_.lane)
        if other is None:
            raise ClusterFailed(f"no cluster is left: {lane.given_up}", "look at the reason; clear this task to begin anew")
        self.log.warning("lane %s is given up: %s; its tables go to lane %s", round_.lane + 1, lane.given_up, other + 1)
        return self._submit(context, structs.replace(round_, lane=other))

    def _all_done(self, round_: Round) -> dict[str, str]:
        if round_.given_up:
            raise StepFailed("\n".join(f"{table}: {why}" for table, why in round_.given_up.items()), "each reason names the log of its step")
        self.log.info("done: %s", ", ".join(f"{table} by step {step}" for table, step in round_.done.items()))
        return round_.done

    def _result(self, context: Context, plan: BackupPlan | RestorePlan, cluster: str, table: str, step: dict[str, Any]) -> Ended:
        reason = self._tell(context, plan, cluster, table, step)
        return Ended(state=step["state"], reason=reason, step=step["id"], overran=step["overran"])

    def _tell(self, context: Context, plan: BackupPlan | RestorePlan, cluster: str, table: str, step: dict[str, Any]) -> str:
        """Logs what became of a step that failed, with the last lines it has written; returns the same in one line."""
        if step["state"] == COMPLETED or not step["id"]:
            return str(step["reason"])
        log = steplog.uri(S3Uri.parse(plan.logs), cluster, step["id"])
        StepLogLink.show(context, self, log, self.clients.region)
        why = "it ran for too long" if step["overran"] else step["reason"] or "no reason given"
        line = f"step {step['id']} on {cluster} is {step['state']}: {why} (its log: {log})"
        lines = steplog.last_lines(steplog.read(self.store, log) or "")
        self.log.warning("\n".join([f"{table}: {line}", *(f"  | {each}" for each in lines)]))
        return line
