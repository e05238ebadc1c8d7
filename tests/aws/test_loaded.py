from __future__ import annotations

import gzip

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws import attempts, copies, loaded, readers
from airflow_dynamodb_emr.aws.attempts import Attempt
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.clusters import Step
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.documents import encode
from airflow_dynamodb_emr.core.forgotten import Reader
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.loading import table_load
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.restore import Restore, RestorePlan, TableLoaded, restore_plan
from airflow_dynamodb_emr.core.roster import Start
from airflow_dynamodb_emr.core.source import Source
from airflow_dynamodb_emr.core.tablesettings.step import Outcome, Setting, SettingsReport
from airflow_dynamodb_emr.core.verdict import Verdict
from tests.core import makers
from tests.core.makers import NOON, RUN

from .helpers import JOB_LOG

LOG = JOB_LOG.replace("DYNAMODB_ITEMS_READ", "DYNAMODB_ITEMS_READ_FROM_BACKUP")


@pytest.fixture
def plan(folder: S3Uri) -> RestorePlan:
    """One table by the connector, one by the worker; each has three items."""
    kinds = {"c": ("connector", "worker"), "w": ("worker",)}
    sources = [
        Source(schema=makers.schema(name), manifest=makers.manifest(name, engines), name=f"R_{name}", there=None) for name, engines in kinds.items()
    ]
    loads = [table_load(source, Pace()) for source in sources]
    made = restore_plan(makers.restore_request(), makers.backup(), loads, RUN, "1", NOON)
    return structs.replace(made, folder=str(folder), logs=str(folder / "logs"), base=str(folder))


class World:
    """A cluster on which the connector's step became something, and what the worker wrote."""

    def __init__(self, clients: Clients, plan: RestorePlan) -> None:
        self.clients, self.store, self.plan = clients, Store(clients.s3), plan

    def step(self, state: str, log: str = LOG, reason: str = "") -> None:
        step = Step(id="s-1", name="R_c/1", state=state, reason=reason)
        self.store.write_once(self.plan.root.cluster(0, 1), Start(lane=0, number=1, cluster="j-1"))
        attempts.record(self.clients, self.plan.root, [Attempt(cluster="j-1", step=step)])
        self.store.put(S3Uri.parse(self.plan.logs) / "j-1/steps/s-1/stderr.gz", gzip.compress(log.encode()))

    def worker(self, items: int = 3) -> None:
        self.store.write_once(self.plan.root.manifest("R_w"), TableLoaded(name="R_w", source="w", engine="worker", items=items, seconds=1))

    def judge(self) -> Restore:
        return loaded.judge(self.clients, self.plan, NOON)


@pytest.fixture
def world(clients: Clients, plan: RestorePlan) -> World:
    world = World(clients, plan)
    world.step("COMPLETED")
    return world


def test_a_restore_of_which_every_item_is_in_is_good(world: World) -> None:
    world.worker()

    restore = world.judge()

    assert restore.verdict is Verdict.VALID and not restore.missing
    assert sorted((table.name, table.engine, table.items) for table in restore.loaded) == [("R_c", "connector", 3), ("R_w", "worker", 3)]
    assert world.store.load(world.plan.root.uri / "restore.json", Restore) == restore


def test_settings_are_told_by_who_puts_them_back_and_missed_where_nobody_did(world: World) -> None:
    world.worker()
    told = SettingsReport(table="R_c", settings=[Setting(name="tags", outcome=Outcome.RESTORED)])
    world.store.put(world.plan.settings("R_c"), encode(told))

    restore = world.judge()

    assert restore.verdict is Verdict.VALID and told in restore.settings
    assert restore.unsettled == ["R_w is loaded, but settings: failed: nobody has put them back: the task failed before, or was not run"]


def test_a_restore_that_ended_well_reads_its_backup_no_more(world: World) -> None:
    backup = Folder(S3Uri.parse(world.plan.folder) / "us-east-1/P_/2026/11/23/12_00.00")
    world.plan = structs.replace(world.plan, reads=[str(backup.uri)])
    world.store.put(backup.verdict)
    with readers.reading(world.store, [backup], Reader(run=RUN, at=NOON, result=str(world.plan.report))):
        world.judge()
    assert list(world.store.objects(backup.readers)), "one that failed may be cleared"

    world.worker()
    world.judge()

    assert not list(world.store.objects(backup.readers))


def test_a_load_that_is_proven_is_written_down_once(world: World) -> None:
    world.judge()
    first = world.store.load(world.plan.root.manifest("R_c"), TableLoaded)
    world.step("FAILED")

    world.judge()

    assert first and world.store.load(world.plan.root.manifest("R_c"), TableLoaded) == first


@pytest.mark.parametrize(
    ("state", "log", "why"),
    [
        pytest.param("FAILED", "one\ntwo\n", "its step is FAILED: one | two", id="failed step"),
        pytest.param("COMPLETED", "killed", "the step's log has no item count (DYNAMODB_ITEMS_READ_FROM_BACKUP)", id="no count"),
        pytest.param("COMPLETED", LOG.replace("=3", "=2"), "2 items went in, the backup has 3", id="too few items"),
    ],
)
def test_a_table_that_is_not_in_says_why(world: World, state: str, log: str, why: str) -> None:
    world.worker()
    world.step(state, log)

    restore = world.judge()

    assert (restore.verdict, restore.missing) == (Verdict.INCOMPLETE, {"R_c": why})
    assert world.store.size(world.plan.root.manifest("R_c")) is None


def test_a_worker_that_did_not_finish_is_said_so(world: World) -> None:
    assert world.judge().missing == {"R_w": "its task failed while loading"}


def test_a_worker_that_failed_says_why(world: World) -> None:
    copies.failed(world.store, world.plan.root, "R_w", "BatchWriteItem was refused")

    assert world.judge().missing == {"R_w": "its task failed while loading: BatchWriteItem was refused"}


def test_what_cannot_be_read_of_a_table_is_its_own_reason(world: World) -> None:
    world.store.put(world.plan.root.manifest("R_w"), b"{]")

    restore = world.judge()

    assert restore.missing.keys() == {"R_w"} and "is no TableLoaded" in restore.missing["R_w"]


def test_a_worker_that_loaded_too_little_is_found(world: World) -> None:
    world.worker(items=2)

    assert world.judge().missing == {"R_w": "2 items went in, the backup has 3"}


def test_without_a_cluster_nothing_was_loaded_by_the_connector(world: World) -> None:
    world.worker()
    world.store.delete(world.plan.root.cluster(0, 1))

    restore = world.judge()

    assert restore.missing == {"R_c": "nothing was loaded: its task failed before"}


@pytest.mark.parametrize(("state", "logs"), [("COMPLETED", ["j-1/steps/s-1/stderr.gz"]), ("FAILED", [])])
def test_only_the_logs_of_loads_that_succeeded_are_waited_for(world: World, state: str, logs: list[str]) -> None:
    world.step(state)

    assert loaded.logs(world.clients, world.plan) == [f"{world.plan.logs}/{log}" for log in logs]
