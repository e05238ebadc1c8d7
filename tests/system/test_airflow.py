"""The DAGs under real Airflow processes: API server, scheduler, DAG processor, triggerer. All stories run at once, on one stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from airflow_dynamodb_emr.aws import backups, clusters
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.cluster import LIVE
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local.airflow import RealAirflow, real_airflow
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from airflow_dynamodb_emr.local.programs import until
from airflow_dynamodb_emr.local.real_run import RealRun
from tests.mailbox import Mailbox

BACKUP, DAILY, RESTORE = "dynamodb_backup", "dynamodb_backup_daily", "dynamodb_restore"
BASE = S3Uri.parse("s3://local-backups/dynamodb")
MANY = 16
LONGEST_SECONDS = 400
CONFIG = {
    "dynamodb_emr": {
        "poll_seconds": "4",  # a task that is resumed sooner than its executor has let go is failed by Airflow
        "retry_seconds": "1",
        "retries": "1",
        "spike": "0.05 minutes",
        "hour_dollars": "1000000",  # seconds are saved here, and a spike is paid by the hour
        "prefixes": '["DAY-GOOD_", "DAY-BAD_"]',
        "schedule": "0 0 29 2 *",  # not by itself while the tests run
        "deadline": "0.02 minutes",  # every backup is late
    },
    "dag_processor": {"min_file_process_interval": "3600"},  # the files do not change
}


class World:
    def __init__(self, aws: StandIn, airflow: RealAirflow, mailbox: Mailbox) -> None:
        self.aws, self.airflow, self.mailbox = aws, airflow, mailbox
        self.dynamodb, self.emr, self.store = aws.client("dynamodb"), aws.client("emr"), Store(aws.client("s3"))

    def table(self, name: str, read: int | None = None, text: str = "short") -> None:
        """Three items; provisioned with *read* units, or on demand."""
        units = {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": 50}} if read else {"BillingMode": "PAY_PER_REQUEST"}
        key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
        self.dynamodb.create_table(TableName=name, **key, **units)
        for number in range(3):
            self.dynamodb.put_item(TableName=name, Item={"id": {"S": f"item {number}"}, "text": {"S": text}})

    def backup(self, prefix: str) -> tuple[Folder, Any]:
        """The only backup there is of this prefix, and its verdict."""
        (folder,) = backups.folders(self.store, BASE / "us-east-1" / prefix)
        return folder, backups.read(self.store, folder)

    def read_units(self, table: str) -> int:
        return int(self.dynamodb.describe_table(TableName=table)["Table"]["ProvisionedThroughput"]["ReadCapacityUnits"])

    def live(self, run: RealRun) -> list[str]:
        name = f"{run.dag_id}/{run.run_id}"
        return [each["Id"] for each in self.emr.list_clusters(ClusterStates=LIVE)["Clusters"] if name in each["Name"]]

    def steps_of(self, run: RealRun, state: str) -> list[str]:
        """Names of the steps of the run's clusters in this state."""
        name = f"{run.dag_id}/{run.run_id}"
        mine = [each["Id"] for each in self.emr.list_clusters()["Clusters"] if name in each["Name"]]
        return [step.name for id in mine for step in clusters.list_steps(self.emr, id, [state])]

    def submissions(self, run: RealRun) -> tuple[list[str], int]:
        """The names of the steps of the run's cluster, and in how many calls they came."""
        name = f"{run.dag_id}/{run.run_id}"
        (cluster,) = [each["Id"] for each in self.emr.list_clusters()["Clusters"] if name in each["Name"]]
        pages = self.emr.get_paginator("list_steps").paginate(ClusterId=cluster)
        times = sorted(step["Status"]["Timeline"]["CreationDateTime"].timestamp() for page in pages for step in page["Steps"])
        calls = 1 + sum(later - earlier > 1 for earlier, later in pairwise(times))
        return [step.name for step in clusters.list_steps(self.emr, cluster)], calls


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    knobs = {"create_seconds": 0, "update_seconds": 0.3, "emr_start_seconds": 0.3, "emr_end_seconds": 0.1}
    with stand_in(**knobs) as aws:
        mailbox = Mailbox(aws.client, "told")
        config = {**CONFIG, "dynamodb_emr": {**CONFIG["dynamodb_emr"], "notify_topic": mailbox.topic}}
        with real_airflow(aws, config=config) as airflow:
            yield World(aws, airflow, mailbox)


@pytest.fixture(scope="module")
def runs(world: World) -> dict[str, RealRun]:
    """All that can run at once, started; each has tables of its own."""
    long = "x" * 40_000  # at 5 units, three of them take longer than a dump should
    world.table("GOOD_spiked", 5, long)
    world.table("GOOD_on-demand")
    world.table("RED_fails", 5, long)
    world.table("RED_spiked", 5, long)
    world.table("DAY-GOOD_table")
    world.table("DAY-BAD_fails")
    for number in range(MANY):
        world.table(f"MANY_{number:02d}")
    world.table("CLEARED_lost")
    world.table("CLEARED_whole")
    world.aws.faults(fail_steps={"RED_fails": 99, "DAY-BAD_fails": 99}, lose_data={"CLEARED_lost": 1})
    started = {prefix: RealRun.start(world.airflow, BACKUP, {"prefix": prefix}) for prefix in ("GOOD_", "RED_", "CLEARED_")}
    started["day"] = RealRun.start(world.airflow, DAILY, {})
    return {**started, "MANY_": RealRun.start(world.airflow, BACKUP, {"prefix": "MANY_"})}


def ended(run: RealRun) -> str:
    return run.ended(LONGEST_SECONDS)


def test_a_run_started_from_the_form_is_green_and_its_backup_is_there(world: World, runs: dict[str, RealRun]) -> None:
    state = ended(runs["GOOD_"])

    assert state == "success", runs["GOOD_"].story()
    folder, backup = world.backup("GOOD_")
    names = {folder.uri.relative(uri) for uri, _ in world.store.objects(folder.uri)}
    assert {"BACKUP_COMPLETE_SUCCESS", "backup.json"} <= names
    assert {table.name: table.verdict for table in backup.tables} == {"GOOD_spiked": Verdict.VALID, "GOOD_on-demand": Verdict.VALID}


def test_a_failed_step_makes_the_run_red_and_its_last_task_names_the_table(runs: dict[str, RealRun]) -> None:
    state = ended(runs["RED_"])

    assert state == "failed", runs["RED_"].story()
    assert "RED_fails: " in runs["RED_"].log("publish")


def test_the_other_tables_of_a_red_run_are_valid_and_all_are_reset(world: World, runs: dict[str, RealRun]) -> None:
    ended(runs["RED_"])

    _, backup = world.backup("RED_")

    assert list(backup.missing) == ["RED_fails"], runs["RED_"].story()
    assert {table.throughput.during.read > 5 for table in backup.tables} == {True}
    assert [world.read_units(name) for name in ("RED_fails", "RED_spiked")] == [5, 5]


def test_a_red_prefix_names_itself_and_leaves_the_others_of_the_day_green(world: World, runs: dict[str, RealRun]) -> None:
    day = runs["day"]
    state = ended(day)

    children = {prefix: RealRun(world.airflow, BACKUP, f"by__{day.run_id}__{prefix}") for prefix in ("DAY-GOOD_", "DAY-BAD_")}
    assert state == "failed", day.story()
    assert {name: state for name, state in day.states().items() if name != "prefixes"} == {
        "backup DAY-GOOD_": "success",
        "backup DAY-BAD_": "failed",
    }
    assert {prefix: child.state for prefix, child in children.items()} == {"DAY-GOOD_": "success", "DAY-BAD_": "failed"}


def test_a_dump_that_is_not_whole_is_made_again_when_its_task_is_cleared_and_no_other(world: World, runs: dict[str, RealRun]) -> None:
    run = runs["CLEARED_"]
    assert ended(run) == "failed", run.story()
    assert list(world.backup("CLEARED_")[1].missing) == ["CLEARED_lost"]

    world.airflow.api("POST", f"dags/{run.dag_id}/clearTaskInstances", {
        "dag_run_id": run.run_id, "task_ids": ["dump"], "dry_run": False, "only_failed": False, "include_downstream": True, "reset_dag_runs": True,
    })  # fmt: skip

    assert ended(run) == "success", run.story()
    attempts = {table.name: table.attempt for table in world.backup("CLEARED_")[1].tables}
    assert attempts["CLEARED_whole"] == 1 < attempts["CLEARED_lost"]


@pytest.mark.parametrize(
    ("dag_id", "form"),
    [
        pytest.param(BACKUP, {"prefix": "GOOD_", "read_ratio": 2}, id="a read ratio above 1.5"),
        pytest.param(BACKUP, {"prefix": ""}, id="an empty prefix"),
        pytest.param(BACKUP, {"prefix": "GOOD_", "step_concurrency": -1}, id="less than no table at once"),
        pytest.param(BACKUP, {"prefix": "GOOD_", "base": "my-bucket/dynamodb"}, id="a base that is no S3 URI"),
        pytest.param(RESTORE, {"prefix": "GOOD_", "backup": ""}, id="no backup"),
    ],
)
def test_the_form_refuses(world: World, dag_id: str, form: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r": 4\d\d .*(\n.*)*" + next(reversed(form))):
        RealRun.start(world.airflow, dag_id, form)


def test_a_backup_is_restored_under_new_names(world: World, runs: dict[str, RealRun]) -> None:
    ended(runs["GOOD_"])

    restore = RealRun.start(world.airflow, RESTORE, {"prefix": "GOOD_", "rename_prefix": "NEW_"})

    assert ended(restore) == "success", restore.story()
    for name in ("GOOD_spiked", "GOOD_on-demand"):
        assert world.dynamodb.scan(TableName=f"NEW_{name}")["Items"] == world.dynamodb.scan(TableName=name)["Items"]


def test_many_waiting_tables_share_their_calls_to_emr(world: World, runs: dict[str, RealRun]) -> None:
    assert ended(runs["MANY_"]) == "success", runs["MANY_"].story()

    steps, calls = world.submissions(runs["MANY_"])

    assert len(steps) == len(set(steps)) == MANY
    assert f"dump MANY_00 and {MANY - 1} more" in runs["MANY_"].states(), "the grid does not say which tables a task has"
    assert calls < MANY  # how many depends on how fast the machine starts tasks; tests/aws/test_watch.py counts them exactly


def test_a_task_that_somebody_marks_as_failed_cancels_its_step_while_the_others_go_on(world: World) -> None:
    world.table("HANG_spiked", 5, "x" * 40_000)
    world.table("HANG_other")
    world.aws.faults(hang_steps={"HANG_spiked": 9}, slow_steps={"HANG_other": 20})
    run = RealRun.start(world.airflow, BACKUP, {"prefix": "HANG_"})
    until(lambda: set(world.steps_of(run, "RUNNING")) >= {"HANG_spiked/1", "HANG_other/1"} or None, "both steps run", lambda: None)

    path = f"dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances/table.dump/0"
    world.airflow.api("PATCH", path, {"new_state": "failed"})

    until(lambda: world.steps_of(run, "CANCELLED") or None, "the step is cancelled", lambda: None)
    assert world.steps_of(run, "CANCELLED") == ["HANG_spiked/1"] and world.live(run)
    assert ended(run) == "failed" and not world.live(run)
    assert list(world.backup("HANG_")[1].missing) == ["HANG_spiked"] and world.read_units("HANG_spiked") == 5


def test_a_run_that_somebody_marks_as_failed_leaves_no_cluster(world: World) -> None:
    world.table("ENDED_table")
    world.aws.faults(hang_steps={"ENDED_table": 9})
    run = RealRun.start(world.airflow, BACKUP, {"prefix": "ENDED_"})
    until(lambda: world.steps_of(run, "RUNNING") or None, "the step hangs", lambda: None)

    world.airflow.api("PATCH", f"dags/{run.dag_id}/dagRuns/{run.run_id}", {"state": "failed"})

    until(lambda: not world.live(run) or None, "the cluster is ended", lambda: None)
    assert world.steps_of(run, "CANCELLED") == ["ENDED_table/1"]


@pytest.mark.parametrize(
    ("run", "subject", "words"),
    [
        pytest.param("RED_", "backup of RED_: 1 of 2 tables cannot be restored", "  RED_fails: its step is FAILED", id="a failed backup"),
        pytest.param("day", "daily backup: 1 of 2 prefixes without a whole backup: DAY-BAD_", "And:\n  backup of DAY-GOOD_: ", id="a failed day"),
        pytest.param("GOOD_", "backup of GOOD_: not done by ", "backup", id="a backup that is late"),
    ],
)
def test_people_are_told(world: World, runs: dict[str, RealRun], run: str, subject: str, words: str) -> None:
    """By callbacks in the DAG processor and, of what is late, in the triggerer."""
    ended(runs[run])

    told = until(lambda: world.mailbox.about(subject) or None, f"told of {run}", lambda: None)

    assert words in told[0].body and "/runs/" in told[0].body


def test_people_are_told_why_a_run_was_refused(world: World) -> None:
    assert ended(RealRun.start(world.airflow, BACKUP, {"prefix": "NOBODY_"})) == "failed"

    until(lambda: world.mailbox.about("backup of NOBODY_: prefix: no table starts with 'NOBODY_'") or None, "the refusal is told", lambda: None)


def test_no_cluster_and_no_ledger_entry_is_left(world: World, runs: dict[str, RealRun]) -> None:
    for run in runs.values():
        ended(run)

    assert world.emr.list_clusters(ClusterStates=LIVE)["Clusters"] == []
    assert list(world.store.objects(BASE / "ledger")) == []
