"""What dump and load do on EMR Serverless: begin a job run for each table, let go of the worker until all have ended, try again what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from airflow.providers.common.compat.sdk import AirflowFailException
from msgspec import structs

from airflow_dynamodb_emr.aws import copies, ledgers, serverless, together
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.serverless import JobRun, ServerlessSpec
from airflow_dynamodb_emr.core.spark import OUTCOME, Outcome
from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.operators.base import AwsTask, answered, no_retry_for_bad_input

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_dynamodb_emr.core.plan import BackupPlan
    from airflow_dynamodb_emr.core.restore import RestorePlan

READY_TIMEOUT, JOBS_TIMEOUT = timedelta(minutes=30), timedelta(days=7)


class Turn(Noun, frozen=True, kw_only=True):
    """Where a task is with its job runs."""

    application: str = ""
    left: list[str]  # tables
    number: int = 1  # of the turn
    attempts: dict[str, int] = {}  # of each table, this time
    done: dict[str, str] = {}  # table -> job run
    failed: dict[str, str] = {}  # table -> why, the last time


class ServerlessTask(AwsTask):
    """Mixed into the operators that dump and load; whoever asks twice for the same table and attempt gets the same job run."""

    @property
    def serverless_plan(self) -> BackupPlan | RestorePlan:
        raise NotImplementedError

    def outcome_of(self, table: str, attempt: int) -> S3Uri:
        """The folder in which a job run tells what came of it."""
        raise NotImplementedError

    def job_done(self, table: str, attempt: int) -> None:
        """It says that it has succeeded."""

    def gave_up(self, why: Mapping[str, str]) -> None:
        """Told of each table that is given up, and why."""

    @no_retry_for_bad_input
    def run_jobs(self, context: Context, tables: Sequence[str]) -> dict[str, str]:
        application = serverless.application(self.clients.serverless, self._spec)
        turn = msgspec.to_builtins(Turn(application=application, left=list(tables)))
        return self.wait(context, "application_ready", application, READY_TIMEOUT, self.application_ready, turn=turn)

    @no_retry_for_bad_input
    def application_ready(self, context: Context, event: dict[str, Any]) -> dict[str, str]:
        answered(event, "the application of EMR Serverless")
        return self._begin(context, msgspec.convert(event["turn"], Turn))

    def _begin(self, context: Context, turn: Turn) -> dict[str, str]:
        root = self.serverless_plan.root
        numbers = together.each(lambda table: copies.number_of(self.store, root, table), turn.left)
        attempts = dict(zip(turn.left, numbers, strict=True))
        jobs = {table: self._start(turn, table, attempt) for table, attempt in attempts.items()}
        self.log.info("begun: %s", ", ".join(f"{table} as job run {job}" for table, job in jobs.items()))
        ref = {"application": turn.application, "job_runs": list(jobs.values())}
        note = {"turn": msgspec.to_builtins(structs.replace(turn, attempts=attempts)), "jobs": jobs}
        return self.wait(context, "job_runs_ended", ref, JOBS_TIMEOUT, self.jobs_ended, **note)

    @property
    def _spec(self) -> ServerlessSpec:
        assert self.serverless_plan.serverless
        return self.serverless_plan.serverless

    def _start(self, turn: Turn, table: str, attempt: int) -> str:
        plan, planned = self.serverless_plan, self.serverless_plan.table(table)
        share = ledgers.share_of(self.store, plan, table) if planned.raised else 0
        limit = self.settings.overrun_times * planned.seconds_at(share) + self.settings.overrun_minutes * 60
        request = plan.job(table, attempt, share, limit)
        return serverless.start(self.clients.serverless, {"applicationId": turn.application, **request})

    @no_retry_for_bad_input
    def jobs_ended(self, context: Context, event: dict[str, Any]) -> dict[str, str]:
        turn, runs = msgspec.convert(event["turn"], Turn), msgspec.convert(answered(event, "job runs")["job_runs"], dict[str, JobRun])
        ended = {table: runs[job] for table, job in event["jobs"].items()}
        failed = {table: self._why(turn, table, run) for table, run in ended.items() if not run.done}
        for table in ended.keys() - failed.keys():
            self.job_done(table, turn.attempts[table])
        done = {**turn.done, **{table: run.id for table, run in ended.items() if run.done}}
        if failed and turn.number < self.settings.table_tries:
            return self._begin(context, Turn(application=turn.application, left=list(failed), number=turn.number + 1, done=done))
        return self._all_ended(failed, done)

    def _why(self, turn: Turn, table: str, run: JobRun) -> str:
        """What it has said itself, or else what EMR Serverless says; that attempt does not count from now on."""
        attempt = turn.attempts[table]
        outcome = self.store.load(self.outcome_of(table, attempt) / OUTCOME, Outcome)
        facts = outcome.facts if outcome and not outcome.ok else run.reason
        why = f"{facts} (job run {run.id} is {run.state}; its log: {run.log or 'none'})"
        self.log.warning("%s: %s", table, why)
        copies.give_up(self.store, self.serverless_plan.root, table, attempt)
        return why

    def _all_ended(self, failed: Mapping[str, str], done: dict[str, str]) -> dict[str, str]:
        if failed:
            self.gave_up(failed)
            error = CopyFailed("\n".join(f"{table}: {why}" for table, why in failed.items()), f"each was tried {self.settings.table_tries} times")
            raise AirflowFailException(str(error)) from error  # another try of the task would begin to count anew
        self.log.info("done: %s", ", ".join(done))
        return done
