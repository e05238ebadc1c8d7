"""The task that puts settings back: killed at any call it goes on where it was, and what is refused holds up nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException, TaskDeferred
from botocore.exceptions import ClientError
from moto import mock_aws
from msgspec import structs

from airflow_dynamodb_emr.aws import schemas, tables
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.loading import table_load
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.restore import RestorePlan, restore_plan
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.source import Source
from airflow_dynamodb_emr.core.tablesettings.step import Choices, Outcome, SettingsReport
from airflow_dynamodb_emr.errors import SettingsNotRestored
from airflow_dynamodb_emr.local import moto_side
from airflow_dynamodb_emr.local.http.protocol import Refused
from airflow_dynamodb_emr.operators.apply_settings import ApplySettingsOperator
from airflow_dynamodb_emr.settings import Settings
from tests.aws import furnished
from tests.aws.in_process import Killed, Region
from tests.core import makers

NAME, WAS = "orders", "orders_was"
STREAM = f"arn:aws:kinesis:us-east-1:{furnished.ACCOUNT}:stream/changes"
CONTEXT: Any = {}


@pytest.fixture(scope="module")
def region() -> Iterator[Region]:
    with mock_aws():
        yield Region()


@pytest.fixture(autouse=True)
def _nothing_there(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto_side, "has_data_stream", lambda arn: arn == STREAM)
    monkeypatch.setattr("airflow_dynamodb_emr.triggers.clients", lambda **_: region.clients)
    monkeypatch.setattr("airflow_dynamodb_emr.operators.apply_settings.PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("airflow_dynamodb_emr.operators.base.LOOK_SECONDS", 0.01)
    region.fuse.lay(-1, False)
    region.clear()


class Restored:
    """A table that is loaded, and has nothing yet but what CreateTable takes; *source* is the one it shall be like."""

    def __init__(self, region: Region, **choices: Any) -> None:
        self.region = region
        furnished.make(region.people, WAS, None, STREAM)
        ((source,), _) = schemas.save(region.people, [WAS], only=schemas.OPERATIONS - {"DescribeKey"})
        self.plan = plan_of(source, Choices(indexes="after", keys={"*": "alias/aws/dynamodb"}, **choices))
        (load,) = self.plan.tables
        assert load.create
        region.people.dynamodb.create_table(**load.create)
        Store(region.people.s3).put(self.plan.root.plan, documents.encode(self.plan))

    def task(self) -> ApplySettingsOperator:
        """As Airflow makes it: anew whenever it is resumed."""
        made = ApplySettingsOperator(task_id="apply_settings", table=NAME, plan=str(self.plan.root.plan))
        made.__dict__.update(clients=self.region.clients, settings=Settings(poll_seconds=0.1))
        return made

    def run(self) -> None:
        method, arguments = "execute", tuple[Any, ...]()
        while True:
            try:
                return getattr(self.task(), method)(CONTEXT, *arguments)
            except TaskDeferred as deferred:
                method, arguments = deferred.method_name, (asyncio.run(_first(cast("Any", deferred.trigger))),)

    @property
    def report(self) -> SettingsReport:
        found = Store(self.region.people.s3).load(self.plan.settings(NAME), SettingsReport)
        assert found
        return found

    def seen(self, name: str) -> str:
        ((schema,), _) = schemas.save(self.region.people, [name], only=schemas.OPERATIONS - {"DescribeKey"})
        return str(furnished.told(schema))

    @property
    def is_as_it_was(self) -> bool:
        return self.seen(NAME) == self.seen(WAS).replace(WAS, NAME)


async def _first(trigger: Any) -> dict[str, Any]:
    return dict((await anext(aiter(trigger.run()))).payload)


def plan_of(source: Schema, choices: Choices) -> RestorePlan:
    load = table_load(Source(schema=source, manifest=makers.manifest(WAS), name=NAME, there=None), Pace(), choices=choices)
    return restore_plan(makers.restore_request(), makers.backup(), [load], makers.RUN, furnished.ACCOUNT, makers.NOON)


def test_a_table_gets_everything_that_it_had(region: Region) -> None:
    restored = Restored(region)

    restored.run()

    assert restored.is_as_it_was
    assert len(restored.report.settings) == len(restored.plan.tables[0].put_back.steps) and not restored.report.failed


def calls_of(region: Region) -> int:
    """That the task makes."""
    restored, before = Restored(region), region.fuse.calls
    restored.run()
    return region.fuse.calls - before


def test_killed_at_any_call_it_goes_on_where_it_was(region: Region) -> None:
    number = calls_of(region)
    assert number > 30, number

    for at_call, made in [(at_call, made) for at_call in range(number) for made in (False, True)]:
        region.clear()
        restored = Restored(region)
        region.fuse.lay(at_call, made)
        with pytest.raises(Killed):
            restored.run()
        restored.run()
        assert restored.is_as_it_was and not restored.report.failed, f"killed at call {at_call}, {'after' if made else 'before'} it was made"


def test_done_again_it_asks_for_nothing(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    restored, real, asked = Restored(region), region.dynamodb.call, list[str]()
    restored.run()
    monkeypatch.setattr(region.dynamodb, "call", lambda operation, request: asked.append(operation) or real(operation, request))

    restored.run()

    assert asked and {name for name in asked if not name.startswith(("Describe", "List", "Get"))} == set()


REFUSED = {
    "update_time_to_live": "time to live",
    "put_resource_policy": "resource policy",
    "enable_kinesis_streaming_destination": "Kinesis stream changes",
    "tag_resource": "",  # CreateTable has seen to it
}


@pytest.mark.parametrize("method", REFUSED)
def test_what_is_refused_is_named_and_holds_up_nothing_else(region: Region, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    restored = Restored(region)
    with monkeypatch.context() as patched:
        patched.setattr(region.dynamodb, "call", _refusing(region, method, "AccessDeniedException", "not you"))
        if REFUSED[method]:
            with pytest.raises(SettingsNotRestored, match=f"{NAME} is loaded, but {REFUSED[method]}: failed: AccessDeniedException: not you"):
                restored.run()
        else:
            restored.run()

    assert [setting.name for setting in restored.report.failed] == [REFUSED[method]] * bool(REFUSED[method])
    restored.run()
    assert restored.is_as_it_was and not restored.report.failed


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("ResourceInUseException", "it is being updated", id="in use"),
        pytest.param("LimitExceededException", "Only 500 tables can be created, updated, or deleted simultaneously", id="too many at once"),
        pytest.param("ThrottlingException", "too fast", id="throttled"),
        pytest.param("ContinuousBackupsUnavailableException", "Backups are being enabled", id="recovery not there yet"),
    ],
)
def test_where_aws_is_busy_it_is_asked_again(region: Region, monkeypatch: pytest.MonkeyPatch, code: str, words: str) -> None:
    restored = Restored(region)
    monkeypatch.setattr(region.dynamodb, "call", _refusing(region, "update_continuous_backups", code, words, times=2))

    restored.run()

    assert restored.is_as_it_was and not restored.report.failed


def test_an_answer_that_is_lost_is_looked_for_by_the_next_try(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    restored, real = Restored(region), region.dynamodb.call

    def lose(operation: str, request: dict[str, Any]) -> Any:
        answer = real(operation, request)
        if operation == "UpdateTable":
            raise Refused("InternalServerError", "lost", 500)
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(region.dynamodb, "call", lose)
        with pytest.raises(ClientError, match="lost"):
            restored.run()
    restored.run()

    assert restored.is_as_it_was


def test_what_may_not_be_looked_at_is_not_guessed(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    restored = Restored(region)
    monkeypatch.setattr(region.dynamodb, "call", _refusing(region, "describe_time_to_live", "AccessDeniedException", "not you"))

    with pytest.raises(SettingsNotRestored, match="time to live: failed: AccessDeniedException: not you"):
        restored.run()


def test_an_index_that_takes_long_is_waited_for(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region.knobs, "backfill_seconds", 0.3)
    monkeypatch.setattr("airflow_dynamodb_emr.operators.base.MOMENT_SECONDS", 0)
    restored = Restored(region)

    restored.run()

    made = tables.look(region.people.dynamodb, NAME)
    assert made and made.settled and restored.is_as_it_was


def test_what_is_not_wanted_is_left_out_and_no_failure(region: Region) -> None:
    restored = Restored(region, without=["stream", "kinesis", "protection"])

    restored.run()

    left = [setting.name for setting in restored.report.settings if setting.outcome is Outcome.LEFT_OUT]
    assert left == ["Kinesis streams", "stream", "deletion protection"]
    region.people.dynamodb.delete_table(TableName=NAME)


def test_a_table_that_was_there_is_left_as_it_was(region: Region) -> None:
    restored = Restored(region)
    there = tables.look(region.people.dynamodb, NAME)
    source = Source(schema=Schema(table=makers.description(WAS), settings={}), manifest=makers.manifest(WAS), name=NAME, there=there)
    load = table_load(source, Pace())
    Store(region.people.s3).put(restored.plan.root.plan, documents.encode(structs.replace(restored.plan, tables=[load])))
    before = restored.seen(NAME)

    restored.run()

    assert restored.seen(NAME) == before and restored.report.settings == []


def test_a_table_that_is_gone_is_named(region: Region) -> None:
    restored = Restored(region)
    region.people.dynamodb.delete_table(TableName=NAME)

    with pytest.raises(AirflowFailException, match=f"table {NAME} is not there any more"):
        restored.run()


def _refusing(region: Region, method: str, code: str, words: str, times: int = 10**6) -> Any:
    operation, real, left = "".join(word.title() for word in method.split("_")), region.dynamodb.call, [times]

    def call(asked: str, request: dict[str, Any]) -> Any:
        left[0] -= asked == operation
        if asked == operation and left[0] >= 0:
            raise Refused(code, words)
        return real(asked, request)

    return call
