"""What dump and load do on EMR Serverless: begin a job run for each table, let go of the worker until all have ended, try again what failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from airflow.providers.common.compat.sdk import AirflowFailException
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import copies, ledgers, serverless, together
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.serverless import JobRun, ServerlessSpec
from airflow_dynamodb_emr.core.spark import OUTCOME, Outcome
from airflow_dynamodb_emr.errors import CopyFailed, DataDamaged, DynamoDBBackupError, facts_of
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

    def undone(self, table: str, attempt: int) -> str:
        """Why the work of a job run that has succeeded does not count; empty where it does."""
        raise NotImplementedError

    def gave_up(self, why: Mapping[str, str]) -> None:
        """Told of each table that is given up, and why."""

    def run_jobs(self, context: Context, tables: Sequence[str]) -> dict[str, str]:
        with self._told_if_refused(tables):
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
        with self._told_if_refused(turn.left):
            jobs = {table: self._start(turn, table, attempt) for table, attempt in attempts.items()}
        self.log.info("begun: %s", ", ".join(f"{table} as job run {job}" for table, job in jobs.items()))
        ref = {"application": turn.application, "job_runs": list(jobs.values())}
        note = {"turn": msgspec.to_builtins(structs.replace(turn, attempts=attempts)), "jobs": jobs}
        return self.wait(context, "job_runs_ended", ref, JOBS_TIMEOUT, self.jobs_ended, **note)

    @contextmanager
    def _told_if_refused(self, tables: Sequence[str]) -> Iterator[None]:
        try:
            yield
        except (DynamoDBBackupError, ClientError, BotoCoreError) as error:
            self.gave_up(dict.fromkeys(tables, facts_of(error)))
            raise

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
        failed = {table: why for table, run in ended.items() if (why := self._why(turn, table, run))}
        done = {**turn.done, **{table: run.id for table, run in ended.items() if table not in failed}}
        if failed and turn.number < self.settings.table_tries:
            return self._begin(context, Turn(application=turn.application, left=list(failed), number=turn.number + 1, done=done))
        return self._all_ended(failed, done)

    def _why(self, turn: Turn, table: str, run: JobRun) -> str:
        """What it has said itself, or else what EMR Serverless says; that attempt does not count from now on. Empty where it is done."""
        attempt = turn.attempts[table]
        facts = self.undone(table, attempt) if run.done else self._last_words(table, attempt) or run.reason
        if run.done and not facts:
            return ""
        why = f"{facts} (job run {run.id} is {run.state}; its log: {run.log or 'none'})"
        self.log.warning("%s: %s", table, why)
        copies.give_up(self.store, self.serverless_plan.root, table, attempt)
        return why

    def _last_words(self, table: str, attempt: int) -> str:
        outcome = self.told_by(table, attempt)
        return outcome.facts if outcome and not outcome.ok else ""

    def told_by(self, table: str, attempt: int) -> Outcome | None:
        """What the program itself has said."""
        try:
            return self.store.load(self.outcome_of(table, attempt) / OUTCOME, Outcome)
        except DataDamaged as damage:  # it must not keep the task from trying again
            return Outcome(ok=False, facts=damage.facts)

    def _all_ended(self, failed: Mapping[str, str], done: dict[str, str]) -> dict[str, str]:
        if failed:
            self.gave_up(failed)
            error = CopyFailed("\n".join(f"{table}: {why}" for table, why in failed.items()), f"each was tried {self.settings.table_tries} times")
            raise AirflowFailException(str(error)) from error  # another try of the task would begin to count anew
        self.log.info("done: %s", ", ".join(done))
        return done
