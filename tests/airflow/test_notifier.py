"""What people are told, from the contexts that Airflow gives to a DAG's callback and to a deadline's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from airflow.sdk import BaseNotifier
from airflow.sdk.api.datamodels._generated import DagRunType
from airflow.sdk.definitions.deadline import DeadlineReference
from moto import mock_aws
from msgspec import structs

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.message import Message
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BadInput, DynamoDBBackupError
from airflow_dynamodb_emr.hooks import _clients
from airflow_dynamodb_emr.identity import started_by
from airflow_dynamodb_emr.notifier import BackupNotifier, backup_message
from airflow_dynamodb_emr.operators.base import says_why
from airflow_dynamodb_emr.recipes.backup import backup_dag
from airflow_dynamodb_emr.recipes.check import check_dag
from airflow_dynamodb_emr.recipes.daily import backup_daily_dag
from airflow_dynamodb_emr.recipes.janitor import janitor_dag
from airflow_dynamodb_emr.recipes.restore import restore_dag
from airflow_dynamodb_emr.recipes.retention import retention_dag
from airflow_dynamodb_emr.recipes.verify import verify_dag
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.telling import KINDS
from tests.core import makers
from tests.core.makers import NOON, RUN
from tests.mailbox import Mailbox

BASE = S3Uri("my-backups", "dynamodb")
TOPIC = "arn:aws:sns:us-east-1:123456789012:told"
SETTINGS = {"BASE": str(BASE), "REGION": "us-east-1", "PREFIXES": '["PROD_", "STAGE_"]'}
DAG_ID, RUN_ID = RUN.split("/")


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", "aws://")
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com")
    for name, value in SETTINGS.items():
        monkeypatch.setenv(f"AIRFLOW__DYNAMODB_EMR__{name}", value)
    _clients.cache_clear()
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket=BASE.bucket)
        yield Mailbox(boto3.client, "told")
    _clients.cache_clear()


def backed_up(prefix: str, run: str, verdict: Verdict | None, time: datetime = NOON) -> None:
    """A backup of one table as it lies in S3; one without a verdict is under way."""
    store, folder = Store(boto3.client("s3")), Folder.of(BASE, "us-east-1", prefix, time)
    plan = structs.replace(makers.plan(), run=run, prefix=prefix, folder=str(folder.uri), base=str(BASE))
    store.write_once(folder.plan, plan)
    if verdict:
        store.write_once(folder.verdict, makers.backup(makers.judged("orders", verdict, reasons=["its step is FAILED"])))


def ended(times: Mapping[str, Any] = {}, form: Mapping[str, Any] = {}, **more: Any) -> dict[str, Any]:
    """The context of a DAG's callback, as far as it counts here."""
    known = {"run_type": DagRunType.MANUAL, "logical_date": None, "run_after": NOON, **times}
    run = SimpleNamespace(dag_id=DAG_ID, run_id=RUN_ID, **known, conf={"prefix": "PROD_", **form}, state="failed")
    return {"dag_run": run, "reason": "task_failure", **more}


def late(dag_id: str = DAG_ID, run_id: str = RUN_ID, state: str = "running", **more: Any) -> dict[str, Any]:
    """The context of a deadline: JSON, but for the time."""
    times = {"run_after": "2026-11-23T12:00:00Z", "logical_date": None}
    run = {"dag_id": dag_id, "dag_run_id": run_id, "run_type": "manual", **times, "conf": {"prefix": "PROD_"}, "state": state, **more}
    return {"dag_run": run, "deadline": {"id": "1", "deadline_time": NOON + timedelta(hours=6)}}


class Note(BaseNotifier):
    """As Slack's or SMTP's: it renders its own templates."""

    template_fields = ("text",)
    sent: list[str] = []

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def notify(self, context: Any) -> None:  # noqa: ARG002 - Airflow's signature
        self.sent.append(self.text)


class Broken(BaseNotifier):
    def notify(self, context: Any) -> None:  # noqa: ARG002 - Airflow's signature
        raise OSError("no route to host")


def test_a_failed_run_is_told_to_the_topic(mailbox: Mailbox) -> None:
    backed_up("PROD_", f"{RUN}@1a2b", Verdict.INCOMPLETE)

    BackupNotifier(topic=mailbox.topic)(ended())

    (told,) = mailbox.messages
    assert told.subject == "backup of PROD_: 1 of 1 table cannot be restored"
    assert "  orders: its step is FAILED" in told.body
    assert told.body.endswith("Run: https://airflow.example.com/dags/dynamodb_backup/runs/manual__1")


def test_any_notifier_can_tell_and_each_run_anew(mailbox: Mailbox) -> None:
    backed_up("PROD_", f"{RUN}@1a2b", Verdict.VALID)
    Note.sent.clear()
    notifier = BackupNotifier(send=[Note("{{ backup_message.subject }}!")])

    notifier(ended(reason="success"))
    notifier({**ended(), "dag_run": SimpleNamespace(dag_id="dynamodb_restore", run_id="r", conf={}, run_after=NOON)})

    assert Note.sent[0] == "backup of PROD_: 1 table can be restored!"
    assert Note.sent[1].startswith("restore of PROD_: ")


def test_one_way_that_fails_does_not_hold_up_the_others_and_is_not_hidden(mailbox: Mailbox) -> None:
    Note.sent.clear()

    with pytest.raises(DynamoDBBackupError, match="not told: Broken: no route to host"):
        BackupNotifier(send=[Broken(), Note("{{ backup_message.subject }}")])(ended())

    assert len(Note.sent) == 1


def test_where_s3_cannot_be_asked_the_failure_is_still_told(mailbox: Mailbox) -> None:
    BackupNotifier(topic=mailbox.topic)(ended(form={"base": "my-backups"}))

    (told,) = mailbox.messages
    assert told.subject == "backup of PROD_: failed" and "could not be looked up: base: expected s3://bucket/prefix" in told.body


def test_a_context_without_its_run_is_told_as_far_as_it_goes(mailbox: Mailbox) -> None:
    told = backup_message({"dag": SimpleNamespace(dag_id=DAG_ID), "run_id": RUN_ID, "reason": "timed_out"})  # type: ignore[arg-type, typeddict-item]

    assert told and told.subject == "backup of PROD_: failed" and "does not say when the run was started" in told.body


def test_a_refused_plan_leaves_its_reason_for_the_message(mailbox: Mailbox) -> None:
    noted: dict[str, str] = {}
    pushing = SimpleNamespace(xcom_push=lambda key, value: noted.update({key: value}))
    pulling = SimpleNamespace(xcom_pull=lambda task_ids, key: [noted[key] if task == "plan" else None for task in task_ids])

    @says_why
    def execute(_: Any, __: Any) -> None:
        raise BadInput("prefix: no table starts with 'PROD_'", "look at the region")

    with pytest.raises(BadInput):
        execute(None, {"ti": pushing})  # type: ignore[typeddict-item]
    told = backup_message(ended(ti=pulling, dag=backup_dag(Settings(base=str(BASE)))))  # type: ignore[arg-type]

    assert told and told.subject == "backup of PROD_: prefix: no table starts with 'PROD_'" and "HINT: look at the region" in told.body


def test_a_late_run_is_told_from_the_triggerer(mailbox: Mailbox) -> None:
    backed_up("PROD_", f"{RUN}@1a2b", None)

    async def triggered() -> None:
        await BackupNotifier(topic=mailbox.topic, of="backup", context=late())  # type: ignore[arg-type]

    asyncio.run(triggered())

    (told,) = mailbox.messages
    assert told.subject == "backup of PROD_: not done by 18:00 UTC, 1 of 1 table not dumped yet"


@pytest.mark.parametrize("dag_id", [DAG_ID, "dynamodb_backup_daily"])
def test_a_run_that_was_just_done_is_not_late(mailbox: Mailbox, dag_id: str) -> None:
    for prefix in ("PROD_", "STAGE_"):
        backed_up(prefix, f"{DAG_ID}/{RUN_ID if dag_id == DAG_ID else started_by(RUN_ID, prefix)}@1a2b", Verdict.VALID)

    assert backup_message(late(dag_id=dag_id)) is None  # type: ignore[arg-type]


def test_a_day_is_told_prefix_by_prefix(mailbox: Mailbox) -> None:
    backed_up("PROD_", f"{DAG_ID}/{started_by(RUN_ID, 'PROD_')}@1a2b", Verdict.INCOMPLETE, NOON + timedelta(minutes=1))
    backed_up("STAGE_", f"{DAG_ID}/{started_by(RUN_ID, 'STAGE_')}@1a2b", Verdict.VALID, NOON + timedelta(minutes=1))

    told = backup_message(ended(), of="daily")  # type: ignore[arg-type]

    assert told and told.subject == "daily backup: 1 of 2 prefixes without a whole backup: PROD_"
    assert "  orders: its step is FAILED" in told.body and "  backup of STAGE_: 1 table can be restored" in told.body


def test_a_late_day_tells_of_what_is_done(mailbox: Mailbox) -> None:
    backed_up("STAGE_", f"{DAG_ID}/{started_by(RUN_ID, 'STAGE_')}@1a2b", Verdict.VALID)

    told = backup_message(late("dynamodb_backup_daily"))  # type: ignore[arg-type]

    assert told and told.subject == "daily backup: not done by 18:00 UTC, 1 of 2 prefixes without a whole backup: PROD_"
    assert "And:\n  backup of STAGE_: 1 table can be restored" in told.body


def test_a_scheduled_run_is_known_by_its_logical_date(mailbox: Mailbox) -> None:
    backed_up("PROD_", f"{RUN}@1a2b", Verdict.VALID, NOON - timedelta(days=1))
    scheduled = {"run_type": DagRunType.SCHEDULED, "logical_date": NOON - timedelta(days=1), "run_after": NOON}

    told = backup_message(ended(scheduled))  # type: ignore[arg-type]

    assert told and told.subject == "backup of PROD_: 1 table can be restored"


def test_a_reason_that_is_too_long_keeps_its_hint() -> None:
    noted: dict[str, str] = {}

    @says_why
    def execute(_: Any, __: Any) -> None:
        raise BadInput("x" * 20_000, "look at the region")

    with pytest.raises(BadInput):
        execute(None, {"ti": SimpleNamespace(xcom_push=lambda key, value: noted.update({key: value}))})  # type: ignore[typeddict-item]

    assert len(noted["why"]) < 11_000 and noted["why"].endswith("x\nHINT: look at the region")


@pytest.mark.parametrize("recipe", [verify_dag, retention_dag, janitor_dag, check_dag])
def test_what_fails_beside_backups_and_restores_is_told_too_and_a_good_end_is_no_news(recipe: Any) -> None:
    dag = recipe(Settings(base=str(BASE), prefixes=["PROD_"], notify_topic=TOPIC, notify_on="always"))

    assert dag.on_failure_callback.of == KINDS[dag.dag_id] == "other" and dag.on_success_callback is None
    assert recipe(Settings(base=str(BASE))).on_failure_callback is None


def test_a_damaged_backup_is_named_in_the_words_of_the_task_that_found_it(mailbox: Mailbox) -> None:
    whys = {"verify": ["PROD_ of 2026-11-23 12:00 is INVALID, 1 of 9 tables cannot be restored\nHINT: back them up again now"]}
    ti = SimpleNamespace(xcom_pull=lambda task_ids, key: [why for task in task_ids for why in whys.get(task, [None])] if key == "why" else None)
    dag = verify_dag(Settings(base=str(BASE), notify_topic=mailbox.topic))

    dag.on_failure_callback(ended(ti=ti, dag=dag))

    (told,) = mailbox.messages
    assert told.subject.endswith(": PROD_ of 2026-11-23 12:00 is INVALID, 1 of 9 tables cannot be restored") and "HINT: back them up" in told.body


def test_any_other_run_is_told_to_have_failed(mailbox: Mailbox) -> None:
    told = backup_message(ended(), of="other")  # type: ignore[arg-type]

    assert told and told.subject == "dynamodb_backup: failed" and "\n\nRun: https://" in told.body


def test_a_late_day_says_which_prefix_has_not_begun(mailbox: Mailbox) -> None:
    backed_up("PROD_", f"{DAG_ID}/{started_by(RUN_ID, 'PROD_')}@1a2b", None)

    told = backup_message(late("dynamodb_backup_daily"))  # type: ignore[arg-type]

    assert told and told.subject == "daily backup: not done by 18:00 UTC, 2 of 2 prefixes without a whole backup: PROD_, STAGE_"
    assert "1 of 1 table not dumped yet" in told.body and "backup of STAGE_: no backup was begun" in told.body


@pytest.mark.parametrize(
    ("recipe", "deadline", "hours"),
    [
        pytest.param(backup_dag, "4 hours", 4, id="each backup within a length of time"),
        pytest.param(backup_daily_dag, "06:00", 4, id="the day by a time of day"),
        pytest.param(backup_dag, "06:00", 0, id="a time of day says nothing of one backup"),
        pytest.param(backup_daily_dag, "4 hours", 0, id="a length of time says nothing of the day"),
        pytest.param(restore_dag, "4 hours", 0, id="nor of a restore"),
    ],
)
def test_a_deadline_is_airflows_own(recipe: Any, deadline: str, hours: float) -> None:
    dag = recipe(Settings(base=str(BASE), notify_topic=TOPIC, deadline=deadline))

    due = (timedelta(hours=hours), DeadlineReference.DAGRUN_QUEUED_AT, "airflow_dynamodb_emr.notifier.BackupNotifier")
    assert [(alert.interval, alert.reference, alert.callback.path) for alert in dag.deadline or []] == [due] * bool(hours)


@pytest.mark.parametrize(("notify_on", "good"), [("failure", False), ("always", True)])
def test_a_good_end_is_told_only_where_it_is_wanted(notify_on: Any, good: bool) -> None:
    dag = backup_dag(Settings(base=str(BASE), notify_topic=TOPIC, notify_on=notify_on))

    assert (bool(dag.on_failure_callback), bool(dag.on_success_callback)) == (True, good)


def test_nobody_is_told_where_nothing_is_set_and_a_file_of_its_own_may_say_whom() -> None:
    own = BackupNotifier(send=[Note("")])

    assert backup_dag(Settings()).on_failure_callback is None
    assert backup_dag(Settings(notify_topic=TOPIC), on_failure_callback=own).on_failure_callback is own


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        pytest.param({"notify_topic": "told"}, "notify_topic: 'told' is not the ARN of an SNS topic", id="no ARN"),
        pytest.param({"notify_topic": f"{TOPIC}.fifo"}, "a FIFO topic reaches no mailbox", id="a FIFO topic"),
        pytest.param({"notify_on": "never"}, "notify_on", id="neither failure nor always"),
        pytest.param({"deadline": "06:00"}, "nobody would be told of it", id="a deadline without a topic"),
        pytest.param({"deadline": "soon", "notify_topic": TOPIC}, "neither a time of day nor a length of time", id="no deadline"),
        pytest.param({"deadline": "06:00", "notify_topic": TOPIC, "schedule": "@hourly"}, "not start at one time of day", id="an hourly schedule"),
    ],
)
def test_settings_that_would_tell_nobody_or_never_are_refused(values: dict[str, str], problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        Settings.parse(values)


def test_a_message_is_what_the_templates_see() -> None:
    assert Message.__struct_fields__ == ("subject", "body")
