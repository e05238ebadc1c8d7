"""Apply settings: what a restored table has beside its items, as it was."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from airflow_dynamodb_emr.aws import applying
from airflow_dynamodb_emr.aws.applying import Due
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.restore import RestorePlan
from airflow_dynamodb_emr.core.tablesettings.step import PutBack, SettingsReport, Step
from airflow_dynamodb_emr.errors import NotFound, SettingsNotRestored
from airflow_dynamodb_emr.operators.base import TableOperator, answered, no_retry_for_bad_input

if TYPE_CHECKING:
    from airflow.sdk import Context

SETTLE_TIMEOUT = timedelta(days=7)  # DynamoDB fills an index of a large table for days
MOST_TRIES, PAUSE_SECONDS, MOST_PAUSE_SECONDS = 20, 0.5, 30


class Progress(Noun, frozen=True, kw_only=True):
    """What survives a wait."""

    asked: dict[str, int] = {}  # setting -> how often
    refused: dict[str, str] = {}  # setting -> why

    def after(self, step: Step, why: str) -> Progress:
        """Of one that was asked for too often, too."""
        times = self.asked.get(step.setting, 0) + 1
        why = why or (f"asked for {times} times, and it is not so" if times >= MOST_TRIES else "")
        return Progress(asked={**self.asked, step.setting: times}, refused={**self.refused, **({step.setting: why} if why else {})})

    def without(self, unread: Mapping[str, str]) -> Progress:
        return Progress(asked=self.asked, refused={**self.refused, **unread})

    def times(self, steps: Iterable[Step]) -> int:
        """How often one of these was asked for already."""
        return max((self.asked.get(step.setting, 0) for step in steps), default=0)


class ApplySettingsOperator(TableOperator):
    """Looks, asks for what is not so yet, waits, looks again. A table that was there before is left as it was.

    Writes what became of each setting. A setting that is refused holds up no other, and fails the task in the end.
    """

    def execute(self, context: Context) -> None:
        put = self.read_plan(RestorePlan).table(self.table).put_back
        if not put.steps:
            return self._tell(put, Progress())
        return self._settled(context, Progress())  # an earlier try may have begun an index

    @no_retry_for_bad_input
    def go_on(self, context: Context, event: dict[str, Any]) -> None:
        answered(event, self.table)
        put = self.read_plan(RestorePlan).table(self.table).put_back
        progress = msgspec.convert(event["progress"], Progress)
        found = self._due(put, progress)
        progress = progress.without(found.unread)
        if not found.steps:
            return self._tell(put, progress)
        if (times := progress.times(found.steps)) and not event.get("paused"):
            until = time.time() + min(MOST_PAUSE_SECONDS, PAUSE_SECONDS * 2 ** (times - 1))
            return self.wait(context, "time_come", until, SETTLE_TIMEOUT, self.go_on, **_note(progress), paused=True)
        return self._settled(context, self._ask(found.steps, progress))

    def _ask(self, steps: Iterable[Step], progress: Progress) -> Progress:
        """Up to the first change that may keep the table busy: DynamoDB makes one at a time."""
        for step in steps:
            progress = progress.after(step, applying.ask(self.clients, step))
            self.log.info("%s: %s: %s", self.table, step.setting, progress.refused.get(step.setting, "asked for"))
            if step.call == "UpdateTable" and step.setting not in progress.refused:
                break
        return progress

    def _settled(self, context: Context, progress: Progress) -> None:
        return self.wait(context, "table_settled", self.table, SETTLE_TIMEOUT, self.go_on, **_note(progress))

    def _due(self, put: PutBack, progress: Progress) -> Due:
        left = [step for step in put.steps if step.setting not in progress.refused]
        found = applying.due(self.clients, self.table, left)
        if found is None:
            raise NotFound(f"table {self.table} is not there any more", "it was deleted after it was loaded")
        return found

    def _tell(self, put: PutBack, progress: Progress) -> None:
        settings = [step.ended(progress.refused.get(step.setting, "")) for step in put.steps]
        report = SettingsReport(table=self.table, settings=[*settings, *put.left_out])
        self.store.put(self.read_plan(RestorePlan).settings(self.table), documents.encode(report))
        self.log.info("\n".join([self.table, *(f"  {setting}" for setting in report.settings)]))
        if report.failed:
            raise SettingsNotRestored(self.table, [str(setting) for setting in report.failed])


def _note(progress: Progress) -> dict[str, Any]:
    return {"progress": msgspec.to_builtins(progress)}
