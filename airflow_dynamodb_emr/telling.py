"""From the context of a callback to the message about its run, by what is in S3."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from msgspec import structs

from airflow_dynamodb_emr.aws import telling
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.callbacks import Told
from airflow_dynamodb_emr.core import wording
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.message import Message
from airflow_dynamodb_emr.core.outcome import Outcome, Run
from airflow_dynamodb_emr.core.restore import restore_folder
from airflow_dynamodb_emr.errors import facts_of
from airflow_dynamodb_emr.hooks import clients
from airflow_dynamodb_emr.identity import run_name, started_by
from airflow_dynamodb_emr.operators.base import AGAIN
from airflow_dynamodb_emr.settings import Settings

log = logging.getLogger(__name__)

Kind = Literal["backup", "restore", "daily", "other"]
KINDS: dict[str, Kind] = {
    "dynamodb_backup": "backup",
    "dynamodb_restore": "restore",
    "dynamodb_backup_daily": "daily",
    "dynamodb_verify": "other",
    "dynamodb_retention": "other",
    "dynamodb_janitor": "other",
    "dynamodb_check": "other",
}


class Teller:
    """Looks up and words what there is to tell."""

    def __init__(self, told: Told, kind: Kind) -> None:
        self.told, self.kind = told, kind

    def message(self) -> Message | None:
        """None where a deadline passed while the run was being finished well."""
        try:
            return _WAYS[self.kind](self)
        except Exception as error:  # whatever keeps S3 from being asked, people must be told
            log.exception("what there is to tell could not be looked up")
            return wording.unknown(self.what, self.told.run, facts_of(error), self.told.by)

    @property
    def what(self) -> str:
        """As far as it is known without S3."""
        prefix = self.told.form.get("prefix") or (self.settings.prefixes or [""])[0]
        return {"daily": "daily backup", "other": self.told.run.dag_id}.get(self.kind) or f"{self.kind} of {prefix}"

    @cached_property
    def settings(self) -> Settings:
        return Settings.from_config()

    @cached_property
    def asked(self) -> Settings:
        return self.settings.with_form(self.told.form)

    @cached_property
    def store(self) -> Store:
        return Store(clients(self.settings.aws_conn_id, self.settings.region or None).s3)

    @property
    def region(self) -> str:
        return clients(self.settings.aws_conn_id, self.settings.region or None).region

    def backup(self) -> Message | None:
        if self.told.time is None:
            raise LookupError("Airflow does not say when the run was started")
        run, form = self.told.run, self.told.form
        app = form.get("app") or self.what.removeprefix("backup of ")
        folder = Folder.of(self.asked.base_uri, self.region, app, self.told.time)
        return self._worded(telling.backup(self.store, folder, f"{run.dag_id}/{run.run_id}"))

    def restore(self) -> Message | None:
        name = run_name(self.told.run.dag_id, self.told.run.run_id)
        return self._worded(telling.restore(self.store, Folder(restore_folder(self.asked.base_uri, name)), name))

    def other(self) -> Message:
        run, by = self.told.run, self.told.by
        return wording.failed(run) if run.failed and by is None else wording.unknown(self.what, run, "", by)

    def daily(self) -> Message | None:
        run, outcomes = self.told.run, {prefix: self._of_day(prefix) for prefix in self.settings.prefixes}
        if not outcomes:
            return wording.nothing(self.what, structs.replace(run, whys=["prefixes: none is configured"]), self.told.by)
        bad = [prefix for prefix, outcome in outcomes.items() if not (outcome and outcome.well)]
        if self.told.by and not bad:
            return None
        return wording.day({prefix: self._part(prefix, outcome) for prefix, outcome in outcomes.items()}, bad, run, self.told.by)

    def _of_day(self, prefix: str) -> Outcome | None:
        if self.told.time is None:
            raise LookupError("Airflow does not say when the run was started")
        child = started_by(self.told.run.run_id, prefix)
        folder = telling.started(self.store, self.settings.base_uri / self.region / prefix, self.told.time, child)
        return telling.backup(self.store, folder, child) if folder else None

    def _part(self, prefix: str, outcome: Outcome | None) -> Message:
        child = Run(dag_id="", run_id=started_by(self.told.run.run_id, prefix), failed=self.told.run.failed, again=AGAIN)
        if outcome is None:
            return wording.nothing(f"backup of {prefix}", structs.replace(child, whys=["no backup was begun"]))
        return wording.late(outcome, child, self.told.by) if self.told.by and not outcome.well else wording.ended(outcome, child)

    def _worded(self, outcome: Outcome | None) -> Message | None:
        run, by = self.told.run, self.told.by
        if outcome is None:
            return wording.nothing(self.what, run, by)
        if by:
            return None if outcome.well else wording.late(outcome, run, by)
        return wording.ended(outcome, run)


_WAYS = {"backup": Teller.backup, "restore": Teller.restore, "daily": Teller.daily, "other": Teller.other}


def tell(context: Mapping[str, Any], kind: Kind | None = None) -> Message | None:
    """*kind* of the run's DAG; where none is given, its name says it, and one of any other name is taken for a backup's."""
    told = Told.of(context)
    return Teller(told, kind or KINDS.get(told.run.dag_id, "backup")).message()
