"""What dump and load share: the EMR steps of some tables, submitted and waited for together with all others of their cluster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from airflow.providers.common.compat.sdk import AirflowFailException, TaskDeferred
from msgspec import structs

from airflow_dynamodb_emr.aws import attempts, lanes, ledgers, steplog
from airflow_dynamodb_emr.aws.watch import Wish
from airflow_dynamodb_emr.core import roster
from airflow_dynamodb_emr.core.engines import CONNECTOR
from airflow_dynamodb_emr.core.layout import S3Uri
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

LEAST_ROUND = timedelta(days=2)  # that a task waits for its steps; longer where the plan is
PENDING_AHEAD = 10  # steps that wait on a cluster, so that none of its lanes is ever idle between two looks
# What the grid shows of a mapped instance; `partial` has to be told, it does not ask the operator.
LABEL = "{{ task.tables[0] }}{% if task.tables[1:] %} and {{ task.tables[1:] | length }} more{% endif %}"
MOST_LOSSES = 3  # clusters that may die under a task


class StepOperator(ClusterTask, PlanOperator):
    """One step for each table. A table whose step fails is tried again, alone and in a fresh folder; if the cluster dies, on the next one.

    Whatever an earlier try of the task has left is joined while it lives or when it has succeeded, and never when it has failed.
    """

    template_fields = ("plan", "tables")
    operator_extra_links = (StepLogLink(),)

    def __init__(self, *, tables: Sequence[str], **kwargs: Any) -> None:
        kwargs.setdefault("map_index_template", LABEL)
        super().__init__(**kwargs)
        self.tables = tables

    # What dump and load say differently.
    counter: str  # what a job's log counts

    @property
    def whole_plan(self) -> BackupPlan | RestorePlan:
        raise NotImplementedError

    def step_of(self, table: str, attempt: int, share: float, overruns: int) -> dict[str, Any]:
        """*share* of its spike that is there; *overruns*: how often its step has taken far too long."""
        raise NotImplementedError

    def follow(self, context: Context, tables: list[str]) -> dict[str, str]:
        """Returns table -> id of the step that did it. Fails for good with the reasons where a table has failed too often; raises ClusterFailed."""
        round_ = Round(left=tables, lane=self.whole_plan.table(tables[0]).lane)
        if context["ti"].try_number > 1:  # it may be long since: does the cluster still live?
            return self._find_cluster(context, round_)
        return self._submit(context, round_)

    def _submit(self, context: Context, round_: Round) -> dict[str, str]:
        started = lanes.starts(self.store, self.whole_plan.root)
        start = roster.last(started, round_.lane)
        if start is None or not start.cluster:
            return self._find_cluster(context, round_)
        others = [each.cluster for each in started if each.cluster not in ("", start.cluster)]
        raise self._deferred(context, round_, start.cluster, others)

    def _deferred(self, context: Context, round_: Round, cluster: str, others: list[str]) -> TaskDeferred:
        plan, number = self.whole_plan, context["ti"].try_number
        shares = {table: self._share(table) for table in round_.left}
        wishes = {table: self._wish(cluster, round_, table, number, share) for table, share in shares.items()}
        again = number > 1 or round_.number > 1
        StepLogLink.show(context, self, S3Uri.parse(plan.logs) / cluster / "steps", self.clients.region)
        trigger = StepTrigger(
            self.connection,
            self.settings.poll_seconds,
            {"round": msgspec.to_builtins(round_), "cluster": cluster, "names": {table: wish.name for table, wish in wishes.items()}},
            cluster,
            others if again else [],
            attempts.refused(self.store, plan.root) if again else [],
            msgspec.to_builtins(list(wishes.values())),
            plan.concurrency + PENDING_AHEAD,
            any(shares.values()),
        )
        longest = max(LEAST_ROUND, timedelta(seconds=2 * plan.seconds))
        return TaskDeferred(trigger=trigger, method_name="ended", timeout=longest + SLACK)

    def _share(self, table: str) -> float:
        """Of the table's spike; nobody is asked about one that was never to be raised."""
        return ledgers.share_of(self.store, self.whole_plan, table) if self.whole_plan.table(table).raised else 0

    def _wish(self, cluster: str, round_: Round, table: str, try_number: int, share: float) -> Wish:
        """A step that overran has twice the time the next time: it may only have been slow."""
        overruns, seconds = round_.overruns.get(table, 0), self.whole_plan.table(table).seconds_at(share)
        limit = (self.settings.overrun_times * seconds + self.settings.overrun_minutes * 60) * 2**overruns
        step = self.step_of(table, round_.attempt(try_number), share, overruns)
        return Wish(step=step, seconds=seconds, limit_seconds=limit, claim=str(self.whole_plan.root.step_claim(cluster, step["Name"])))

    def ended(self, context: Context, event: dict[str, Any]) -> dict[str, str]:
        before, lost = msgspec.convert(event["round"], Round), str(event["lost"])
        found = {table: event["steps"][event["names"][table]] for table in before.left}
        results = {table: self._result(context, event["cluster"], table, each, bool(lost)) for table, each in found.items()}
        after = before.after(results, bool(lost), self.settings.table_tries)
        if not after.left:
            return self._all_done(after)
        if not lost:
            return self._submit(context, after)
        self.log.warning("cluster %s: %s; %s tables are left", event["cluster"], lost, len(after.left))
        if after.losses > MOST_LOSSES:
            raise ClusterFailed(f"{after.losses} clusters died under these tables; the last, {event['cluster']}: {lost}")
        return self._find_cluster(context, after)

    def _find_cluster(self, context: Context, round_: Round) -> dict[str, str]:
        run, note = self.run_of_plan(), msgspec.to_builtins(round_)
        return self.wait_for_lanes(context, run, {round_.lane: 0}, self.cluster_found, whole_run=False, round=note)

    def cluster_found(self, context: Context, event: dict[str, Any]) -> dict[str, str]:
        """Where a lane is given up, its tables go to the next."""
        round_ = msgspec.convert(event["round"], Round)
        lane = lanes_of(event)[round_.lane]
        if not lane.given_up:
            return self._submit(context, round_)
        tried = [*round_.tried, round_.lane]
        others = [each for each in range(self.whole_plan.lanes) if each not in tried]
        if not others:
            raise ClusterFailed(f"no cluster is left: {lane.given_up}", "look at the reason; clear `create_cluster` with everything downstream of it")
        self.log.warning("lane %s is given up: %s; its tables go to lane %s", round_.lane + 1, lane.given_up, others[0] + 1)
        return self._find_cluster(context, structs.replace(round_, lane=others[0], tried=tried))

    def _all_done(self, round_: Round) -> dict[str, str]:
        if round_.given_up:
            facts = "\n".join(f"{table}: {why}" for table, why in round_.given_up.items())
            error = StepFailed(facts, f"each was tried {self.settings.table_tries} times; the log of its last step is named")
            raise AirflowFailException(str(error)) from error  # another try of the task would begin to count anew
        self.log.info("done: %s", ", ".join(f"{table} by step {step}" for table, step in round_.done.items()))
        return round_.done

    def _result(self, context: Context, cluster: str, table: str, step: dict[str, Any], lost: bool) -> Ended:
        """A log that was not shipped before its cluster died never comes: without its count the step's work proves nothing."""
        log = steplog.uri(S3Uri.parse(self.whole_plan.logs), cluster, step["id"])
        counts = self.whole_plan.table(table).engine == CONNECTOR  # the others write down what they have counted
        uncounted = counts and lost and step["state"] == COMPLETED and steplog.count(steplog.read(self.store, log), self.counter) is None
        if uncounted:
            attempts.refuse_steps(self.store, self.whole_plan.root, [step["id"]])
        state = "INTERRUPTED" if uncounted else step["state"]
        return Ended(state=state, reason=self._tell(context, log, table, {**step, "state": state}), step=step["id"], overran=step["overran"])

    def _tell(self, context: Context, log: S3Uri, table: str, step: dict[str, Any]) -> str:
        """Logs what became of a step that failed, with the last lines it has written; returns the same in one line."""
        if step["state"] == COMPLETED or not step["id"]:
            return str(step["reason"])
        StepLogLink.show(context, self, log, self.clients.region)
        why = "it ran for too long" if step["overran"] else step["reason"] or "no reason given"
        line = f"step {step['id']} is {step['state']}: {why} (its log: {log})"
        lines = steplog.last_lines(steplog.read(self.store, log) or "")
        self.log.warning("\n".join([f"{table}: {line}", *(f"  | {each}" for each in lines)]))
        return line
