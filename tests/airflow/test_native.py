"""What the operators do by DynamoDB itself, from beginning to proof, over any number of deferrals."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException, TaskDeferred

from airflow_dynamodb_emr.aws import exportproof, exports, schemas, tables
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core import importing
from airflow_dynamodb_emr.core.exporting import Wish
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.restore import TableLoaded
from airflow_dynamodb_emr.core.schema import create_request
from airflow_dynamodb_emr.local.faults import KINDS
from airflow_dynamodb_emr.operators.base import AwsOperator
from airflow_dynamodb_emr.operators.native import ExportTask, ImportTask
from airflow_dynamodb_emr.settings import Settings

from .conftest import BASE, World

ON = {"PointInTimeRecoveryEnabled": True}
CONTEXT: Any = {}
_numbers = itertools.count()


class Task(ExportTask, ImportTask, AwsOperator):
    """As Airflow makes it: anew whenever it is resumed."""


class Runner:
    """Runs a task as Airflow does, triggers too; counts its deferrals."""

    def __init__(self, aws: Any) -> None:
        self.aws, self.deferrals = aws, 0
        self.clients = Clients(lambda service, config: aws.client(service, config=config), "us-east-1")

    def task(self) -> Task:
        made = Task(task_id="native")
        made.clients = self.clients
        made.settings = Settings(poll_seconds=0.1, table_tries=2)
        return made

    def run(self, method: str, *arguments: Any) -> Any:
        try:
            return getattr(self.task(), method)(CONTEXT, *arguments)
        except TaskDeferred as deferred:
            self.deferrals += 1
            event = asyncio.run(_first(cast("Any", deferred.trigger)))
            return self.run(deferred.method_name, event)


async def _first(trigger: Any) -> dict[str, Any]:
    return dict((await anext(aiter(trigger.run()))).payload)


@pytest.fixture
def runner(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Runner(world.aws)
    monkeypatch.setattr("airflow_dynamodb_emr.triggers.clients", lambda **_: made.clients)
    world.aws.set(create_seconds=0, delete_seconds=0, export_seconds=0, import_seconds=0)
    yield made
    world.aws.faults(**dict.fromkeys(KINDS, 0))
    world.aws.set(create_seconds=1, delete_seconds=0.5, export_seconds=1, import_seconds=1)


Make = Callable[..., list[Wish]]


@pytest.fixture
def wishes(world: World, runner: Runner) -> Make:
    """For new tables of these names, of two items each, into a folder of this test's own."""

    def make(*names: str) -> list[Wish]:
        number = next(_numbers)
        folder = Folder(BASE / "native" / str(number))
        made = [world.table(f"NATIVE{number}_{name}", 2) for name in names]
        for table in made:
            world.dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=ON)
        saved, _ = schemas.save(runner.clients, made)
        for schema in saved:
            world.store.write_once(folder.schema(schema.name), schema)
        return [Wish.of(schema, f"run {number}", str(folder.uri)) for schema in saved]

    return make


def manifests(world: World, asked: Sequence[Wish]) -> list[TableManifest | None]:
    return [world.store.load(wish.root.manifest(wish.table), TableManifest) for wish in asked]


def failed(run: Callable[[], Any]) -> str:
    with pytest.raises(AirflowFailException) as error:
        run()
    return str(error.value)


@pytest.mark.parametrize(("seconds", "deferrals"), [(0, 0), (2.5, 1)], ids=["over in a moment", "longer"])
def test_tables_are_exported_and_proven(world: World, runner: Runner, wishes: Make, seconds: float, deferrals: int) -> None:
    asked = wishes("orders", "lines")
    world.aws.set(export_seconds=seconds)

    done = runner.run("export", asked)

    assert (done.keys(), runner.deferrals) == ({wish.table for wish in asked}, deferrals)
    assert [made and (made.items, made.engine) for made in manifests(world, asked)] == [(2, "native")] * 2


def test_an_export_that_fails_is_made_anew(world: World, runner: Runner, wishes: Make) -> None:
    asked = wishes("orders", "lines")
    world.aws.faults(fail_exports={asked[0].table: 1})

    done = runner.run("export", asked)

    assert len(done) == 2
    assert [made and made.attempt for made in manifests(world, asked)] == [2, 1]


def test_an_export_that_is_not_whole_is_made_anew_in_another_folder(world: World, runner: Runner, wishes: Make) -> None:
    (asked,) = wishes("orders")
    world.aws.faults(lose_data={asked.table: 1})

    runner.run("export", [asked])

    (made,) = manifests(world, [asked])
    assert made and made.attempt == 2


def test_a_table_that_fails_too_often_is_given_up_and_the_others_are_not(world: World, runner: Runner, wishes: Make) -> None:
    asked = wishes("orders", "lines")
    world.aws.faults(fail_exports={asked[0].table: 9})

    words = failed(lambda: runner.run("export", asked))

    assert words.startswith(f"{asked[0].table}: its export is FAILED: InternalServerError") and "HINT: " in words
    assert [bool(made) for made in manifests(world, asked)] == [False, True]


def test_a_table_that_cannot_be_exported_is_not_tried_again(world: World, runner: Runner, wishes: Make) -> None:
    (asked,) = wishes("orders")
    world.dynamodb.update_continuous_backups(TableName=asked.table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False})
    world.aws.reset_calls()

    words = failed(lambda: runner.run("export", [asked]))

    assert "PointInTimeRecoveryUnavailableException" in words and world.aws.calls()["dynamodb.ExportTableToPointInTime"] == 1


def test_a_task_that_is_tried_again_joins_what_it_began(world: World, runner: Runner, wishes: Make) -> None:
    (asked,) = wishes("orders")
    world.aws.set(export_seconds=2.5)
    with pytest.raises(TaskDeferred):
        runner.task().export(CONTEXT, [asked])
    world.aws.reset_calls()

    runner.run("export", [asked])

    assert "dynamodb.ExportTableToPointInTime" not in world.aws.calls()


class Dumped:
    """A dump of two items by DynamoDB itself, and what is asked for to restore it."""

    def __init__(self, world: World, runner: Runner, asked: Wish) -> None:
        begun = exports.begin(runner.clients, asked)
        export = exports.describe(runner.clients.dynamodb, begun.arn)
        assert export
        made = exportproof.proved(world.store, asked, export)
        assert isinstance(made, TableManifest)
        self.manifest, self.root = made, asked.root.uri
        self.into = Folder(asked.root.uri / "restores")
        ((schema,), _) = schemas.save(runner.clients, [asked.table])
        create = create_request(schema, f"{asked.table}_restored")
        self.wish = importing.wish(create, f"{asked.arn}_restored", made, self.root, asked.run)

    @property
    def arguments(self) -> tuple[importing.Wish, TableManifest, S3Uri, Folder]:
        return self.wish, self.manifest, self.root, self.into


@pytest.fixture
def dumped(world: World, runner: Runner, wishes: Make) -> Dumped:
    return Dumped(world, runner, wishes("orders")[0])


@pytest.mark.parametrize(("seconds", "deferrals"), [(0, 0), (2.5, 1)], ids=["over in a moment", "longer"])
def test_a_dump_is_imported_and_proven(world: World, runner: Runner, dumped: Dumped, seconds: float, deferrals: int) -> None:
    world.aws.set(import_seconds=seconds)

    assert runner.run("import_dump", *dumped.arguments) == {"items": 2}

    done = world.store.load(dumped.into.manifest(dumped.wish.name), TableLoaded)
    assert done and (done.name, done.source, done.engine, done.items) == (dumped.wish.name, dumped.manifest.table, "native", 2)
    assert runner.deferrals == deferrals
    left, right = (world.dynamodb.scan(TableName=name)["Items"] for name in (dumped.manifest.table, dumped.wish.name))
    assert sorted(left, key=str) == sorted(right, key=str) and len(right) == 2


def test_a_strange_file_beside_the_dump_is_found_before_anything_is_imported(world: World, runner: Runner, dumped: Dumped) -> None:
    world.store.put(dumped.wish.folder / "notes.txt")

    words = failed(lambda: runner.run("import_dump", *dumped.arguments))

    assert "1 files beside the dump" in words and "HINT" in words
    assert tables.describe(runner.clients.dynamodb, dumped.wish.name) is None


def test_an_import_that_fails_is_no_restore(world: World, runner: Runner, dumped: Dumped) -> None:
    world.aws.faults(fail_imports={dumped.wish.name: 1})

    words = failed(lambda: runner.run("import_dump", *dumped.arguments))

    assert "its import is FAILED: InternalServerError" in words and f"delete the table {dumped.wish.name}" in words
    assert world.store.load(dumped.into.manifest(dumped.wish.name), TableLoaded) is None
    world.dynamodb.delete_table(TableName=dumped.wish.name)
    assert runner.run("import_dump", *dumped.arguments) == {"items": 2}, "as the hint says"
