"""A report is worth having, and worth no more than the backup: where it cannot be made, the run is as green as its verdict."""

from __future__ import annotations

from typing import Any, cast

import pytest

from airflow_dynamodb_emr.aws import reporting
from airflow_dynamodb_emr.aws.reporting import Earlier
from airflow_dynamodb_emr.core import reckoning
from airflow_dynamodb_emr.core.reckoning import Facts
from airflow_dynamodb_emr.operators.publish import BACKUPS, PublishBackupOperator
from tests.core import makers


class Log(list[str]):
    def warning(self, words: str, *values: Any, **_: Any) -> None:
        self.append(words % values)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    said = Log()
    monkeypatch.setattr(PublishBackupOperator, "log", said)
    return said


@pytest.fixture
def operator(log: Log) -> PublishBackupOperator:
    made = PublishBackupOperator(task_id="publish", plan="s3://b/plan.json", verify="verify", spike="spike", reset="reset")
    made.__dict__.update(clients=None, store=None)
    return made


def broken(*_: Any) -> Any:
    raise RuntimeError("what nobody thought of")


@pytest.mark.parametrize("name", ["facts", "write"])
def test_a_report_that_cannot_be_made_is_logged_and_no_more(
    monkeypatch: pytest.MonkeyPatch, operator: PublishBackupOperator, log: Log, name: str
) -> None:
    monkeypatch.setattr(reporting, "facts", lambda *_: None)
    monkeypatch.setattr(reporting, name, broken)

    assert operator._reported(makers.plan(), makers.backup(), {}, {}, Earlier(), []) is None
    assert log == ["there is no report: what nobody thought of"]


def test_backups_before_it_that_cannot_be_read_are_no_reason_either(
    monkeypatch: pytest.MonkeyPatch, operator: PublishBackupOperator, log: Log
) -> None:
    monkeypatch.setattr(reporting, "earlier", broken)

    assert operator._compared(makers.plan(), makers.backup(), {}) == (Earlier(), [])
    assert log == ["not compared with the backups before it: what nobody thought of"]


class Events(dict[Any, Any]):
    """An asset's events, as Airflow gives them to a task."""

    def add(self, asset: Any, extra: dict[str, Any]) -> None:
        self[asset.name] = extra


def test_the_event_of_a_backup_has_its_numbers(operator: PublishBackupOperator) -> None:
    events, backup = Events(), makers.backup(makers.judged("a", items=3, bytes=10))
    made = reckoning.report(makers.plan(makers.table("a")), backup, Facts())

    operator._emit(cast("Any", {"outlet_events": {BACKUPS: events}}), backup, made)

    told = {"backup": backup.uri, "tables": 1, "items": 3, "bytes": 10, "failed": 0, "seconds": 0.0, "dollars": 0.0, "read_units": None}
    assert events == {"dynamodb-backup-PROD_": told}
