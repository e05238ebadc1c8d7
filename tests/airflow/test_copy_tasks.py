"""What the tasks that dump and load do by the copy engine: at which rate, and when a job run counts, is tried again, or says why not."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException
from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import copies
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.engines import SPARK, WORKER, Wished
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.loading import table_load
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.plan import backup_plan
from airflow_dynamodb_emr.core.restore import TableLoaded, restore_plan
from airflow_dynamodb_emr.core.serverless import ServerlessSpec
from airflow_dynamodb_emr.core.source import Source
from airflow_dynamodb_emr.core.spark import OUTCOME, Outcome, Program
from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.operators.dump import DumpOperator
from airflow_dynamodb_emr.operators.load import LoadOperator
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.transfer.raw.dumped import MANIFEST
from airflow_dynamodb_emr.transfer.raw.write import Loaded
from tests.core import makers
from tests.core.makers import NOON, RUN

from .conftest import BASE, World

CONTEXT: Any = {"ti": SimpleNamespace(try_number=1)}
JOBS = {"program": Program(main="s3://b/main.py", modules="s3://b/modules.zip"), "serverless": ServerlessSpec(role="arn", application="app")}
_numbers = itertools.count()
Work = Callable[[], str]  # of a job run: returns the state it ends in


class Jobs:
    """EMR Serverless, whose job runs end at once. Who asks with a token that is known gets the same one again."""

    def __init__(self, *works: Work) -> None:
        self._works, self._ids = iter(works), dict[str, str]()
        self._states, self.begun = dict[str, str](), list[str]()

    def get_application(self, **_: Any) -> Any:
        return {"application": {"state": "STARTED", "type": "SPARK"}}

    def start_job_run(self, **request: Any) -> Any:
        token = request["clientToken"]
        if token not in self._ids:
            self._ids[token] = f"job-{len(self._ids) + 1}"
            self.begun.append(request["name"])
            self._states[self._ids[token]] = next(self._works)()
        return {"jobRunId": self._ids[token]}

    def get_job_run(self, **request: Any) -> Any:
        id = request["jobRunId"]
        return {"jobRun": {"name": id, "state": self._states[id], "stateDetails": "its driver was lost"}}


@pytest.fixture
def folder() -> S3Uri:
    return BASE / "tasks" / str(next(_numbers))


def made(operator: Any, world: World, jobs: Jobs | None = None) -> Any:
    clients = Clients(lambda service, config: jobs if service == "emr-serverless" else world.aws.client(service, config=config), "us-east-1")
    operator.__dict__.update(clients=clients, settings=Settings(table_tries=2))
    return operator


def dump(world: World, folder: S3Uri, jobs: Jobs) -> DumpOperator:
    wished = Wished(engine=SPARK, serverless=True)
    plan = backup_plan(structs.replace(makers.request(), wished=wished, **JOBS), RUN, NOON, NOON, [makers.table()], {}, [])
    world.store.put(folder / "plan.json", documents.encode(structs.replace(plan, folder=str(folder))))
    return made(DumpOperator(task_id="dump", tables=["orders"], plan=str(folder / "plan.json")), world, jobs)  # type: ignore[no-any-return]


def load(world: World, folder: S3Uri, wished: Wished, jobs: Jobs | None = None) -> LoadOperator:
    """Of a dump of three items, into a table of 200 write units."""
    manifest = structs.replace(makers.manifest(engines=(WORKER, SPARK)), form="dynamodb-json")
    there = makers.table("copy", write=200)
    loads = [table_load(Source(schema=makers.schema(), manifest=manifest, name="copy", there=there), Pace(ratio=0.5), wished)]
    plan = restore_plan(structs.replace(makers.restore_request(), **JOBS), makers.backup(), loads, RUN, "1", NOON)
    world.store.put(folder / "plan.json", documents.encode(structs.replace(plan, folder=str(folder))))
    return made(LoadOperator(task_id="load", tables=["copy"], plan=str(folder / "plan.json")), world, jobs)  # type: ignore[no-any-return]


def says(world: World, at: S3Uri, state: str = "SUCCESS", **outcome: Any) -> Work:
    def work() -> str:
        world.store.put(at / OUTCOME, documents.encode(Outcome(**outcome)))
        return state

    return work


def test_a_job_run_that_succeeds_without_a_dump_is_tried_again(world: World, folder: S3Uri) -> None:
    def dumped() -> str:
        world.store.put(folder / "orders/2" / MANIFEST)
        return "SUCCESS"

    jobs = Jobs(lambda: "SUCCESS", dumped)

    assert dump(world, folder, jobs).execute(CONTEXT) == {"orders": "job-2"}
    assert jobs.begun == ["orders/1", "orders/2"]


def test_a_table_that_fails_too_often_says_why_and_is_begun_anew_when_it_is_cleared(world: World, folder: S3Uri) -> None:
    jobs = Jobs(lambda: "FAILED", says(world, folder / "orders/2", "FAILED", ok=False, facts="no read units"), lambda: "FAILED", lambda: "CANCELLED")

    for words in ("no read units (job run job-2 is FAILED", "its driver was lost (job run job-4 is CANCELLED"):
        with pytest.raises(AirflowFailException, match="each was tried 2 times"):
            dump(world, folder, jobs).execute(CONTEXT)
        assert copies.why_failed(world.store, dump(world, folder, jobs).whole_plan.root, "orders").startswith(words)

    assert jobs.begun == ["orders/1", "orders/2", "orders/3", "orders/4"]


def test_an_outcome_that_cannot_be_read_keeps_nobody_from_trying_again(world: World, folder: S3Uri) -> None:
    def damaged() -> str:
        world.store.put(folder / "copy/1" / OUTCOME, b"{]")
        return "FAILED"

    jobs = Jobs(damaged, says(world, folder / "copy/2", ok=True, items=3))

    load(world, folder, Wished(engine=SPARK, serverless=True), jobs).execute(CONTEXT)

    assert jobs.begun == ["copy/1", "copy/2"]


def test_a_job_run_that_was_refused_says_why(world: World, folder: S3Uri) -> None:
    def refused() -> str:
        raise ClientError({"Error": {"Code": "ValidationException", "Message": "no such role"}}, "StartJobRun")

    with pytest.raises(AirflowFailException, match="no such role\nHINT: look at serverless_role"):
        dump(world, folder, Jobs(refused)).execute(CONTEXT)

    why = copies.why_failed(world.store, dump(world, folder, Jobs()).whole_plan.root, "orders")
    assert why == "EMR Serverless refused job run orders/1: no such role"


def test_a_load_of_fewer_items_than_the_backup_has_is_made_again(world: World, folder: S3Uri) -> None:
    jobs = Jobs(says(world, folder / "copy/1", ok=True, items=2), says(world, folder / "copy/2", ok=True, items=3))
    task = load(world, folder, Wished(engine=SPARK, serverless=True), jobs)

    assert task.execute(CONTEXT) == {"copy": "job-2"}

    done = world.store.load(task.whole_plan.root.manifest("copy"), TableLoaded)
    assert done and (done.engine, done.items) == (SPARK, 3)
    assert task.execute(CONTEXT) is None, "it is loaded already"


def test_a_worker_loads_at_the_rate_of_the_plan(world: World, folder: S3Uri, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = []

    def loaded(*_: Any, limiter: Any, **__: Any) -> Loaded:
        rates.append(limiter.rate)
        return Loaded(items=3)

    monkeypatch.setattr("airflow_dynamodb_emr.operators.load.load", loaded)
    task = load(world, folder, Wished(engine=WORKER))
    task.clients.__dict__["endpoint"] = None

    task.execute(CONTEXT)

    assert rates == [100], "half of the 200 units that it has"


def test_a_worker_that_cannot_load_says_why(world: World, folder: S3Uri, monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded(*_: Any, **__: Any) -> Loaded:
        raise CopyFailed("copy: 3 items of a batch were not taken in 300 s", "raise the table's write throughput")

    monkeypatch.setattr("airflow_dynamodb_emr.operators.load.load", loaded)
    task = load(world, folder, Wished(engine=WORKER))
    task.clients.__dict__["endpoint"] = None

    with pytest.raises(CopyFailed):
        task.execute(CONTEXT)

    assert copies.why_failed(world.store, task.whole_plan.root, "copy") == "copy: 3 items of a batch were not taken in 300 s"
