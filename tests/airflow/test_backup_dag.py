"""What a run of `dynamodb_backup` leaves behind, when all is well and when it is not."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.aws import backups
from airflow_dynamodb_emr.aws.clusters import list_steps
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.names import is_cluster_of
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.runreport import Report
from airflow_dynamodb_emr.core.verdict import Backup, Verdict

from .conftest import BASE, World

LARGE = {"text": {"S": "x" * 30_000}}  # at 5 read units, five items of it take longer than a dump should

BAD: dict[str, dict[str, Any]] = {
    "NONE_": {"prefix": "NONE_"},
    "excluded": {"prefix": "BAD_", "exclude": ["BAD_*"]},
    "bucket": {"prefix": "BAD_", "base": "s3://no-such-bucket/x"},
}


def backup_of(world: World, prefix: str) -> Backup:
    """The verdict of the only backup there is of this prefix."""
    (folder,) = backups.folders(world.store, BASE / "us-east-1" / prefix)
    found = backups.read(world.store, folder)
    assert found
    return found


def flags(world: World, prefix: str) -> list[str]:
    (folder,) = backups.folders(world.store, BASE / "us-east-1" / prefix)
    return [uri.key.rpartition("/")[2] for uri, _ in world.store.objects(folder.uri) if "/BACKUP_" in uri.key]


@pytest.fixture(scope="module")
def ran(world: World) -> dict[str, bool]:
    """Runs at once: each has one story, and its tables are named after it."""
    world.table("GOOD_spiked", 5, read=5, **LARGE)
    world.table("GOOD_on-demand", 30)
    world.table("RED_fails", 3)
    world.table("RED_spiked", 5, read=5, **LARGE)
    world.table("AGAIN_once", 3, empty={"L": []})
    world.table("LOST_part", 3)
    world.table("LOST_whole", 3)
    for number in range(4):
        world.table(f"LANES_{number}", 2)
    world.table("BAD_table", 1)
    world.aws.faults(fail_steps={"RED_fails": 9, "AGAIN_once": 1}, lose_data={"LOST_part": 1}, fail_clusters={"* 2.*": 99})
    stories = {prefix: {"prefix": prefix} for prefix in ("GOOD_", "RED_", "AGAIN_", "LOST_")}
    lanes: dict[str, dict[str, Any]] = {"LANES_": {"prefix": "LANES_", "step_concurrency": 1}}
    ran = world.runs.together({name: ("dynamodb_backup", form) for name, form in {**stories, **lanes, **BAD}.items()})
    world.aws.faults(fail_clusters=0)
    return ran


def test_a_good_backup_is_green_and_valid(world: World, ran: dict[str, bool]) -> None:
    backup = backup_of(world, "GOOD_")

    assert ran["GOOD_"], world.runs.log("GOOD_")
    assert backup.verdict is Verdict.VALID
    assert {table.name: table.items for table in backup.tables} == {"GOOD_spiked": 5, "GOOD_on-demand": 30}
    assert flags(world, "GOOD_") == ["BACKUP_COMPLETE_SUCCESS"]


def test_a_backup_is_laid_out_as_the_docs_say(world: World, ran: dict[str, bool]) -> None:
    folder = Folder.parse(backup_of(world, "GOOD_").uri)

    names = {folder.uri.relative(uri) for uri, _ in world.store.objects(folder.uri)}

    assert {"plan.json", "backup.json", "exportSteps.json", "importSteps.json", "GOOD_spiked/1/manifest", "GOOD_spiked/1/_SUCCESS"} <= names
    assert {f"{kind}/{table}.json" for kind in ("schema", "tables") for table in ("GOOD_spiked", "GOOD_on-demand")} <= names


def test_a_table_is_spiked_while_it_is_dumped_and_reset_after(world: World, ran: dict[str, bool]) -> None:
    spiked = backup_of(world, "GOOD_").table("GOOD_spiked")

    assert spiked and spiked.throughput.before and spiked.throughput.during and spiked.throughput.after
    assert spiked.throughput.during.read > spiked.throughput.before.read == spiked.throughput.after.read == 5
    assert world.units("GOOD_spiked") == 5


def test_a_failed_step_makes_the_run_red_and_is_named(world: World, ran: dict[str, bool]) -> None:
    backup = backup_of(world, "RED_")

    assert not ran["RED_"]
    assert list(backup.missing) == ["RED_fails"]
    assert "FAILED" in backup.missing["RED_fails"]
    assert flags(world, "RED_") == ["BACKUP_COMPLETE_FAILED"]
    assert "1 of 2 tables cannot be restored" in world.runs.log("RED_")


def test_a_table_that_keeps_failing_is_tried_three_times_and_no_more(world: World, ran: dict[str, bool]) -> None:
    mine = [each["Id"] for each in world.emr.list_clusters()["Clusters"] if is_cluster_of(backup_of(world, "RED_").run, each["Name"])]

    names = [step.name for id in mine for step in list_steps(world.emr, id)]

    assert sorted(name for name in names if name.startswith("RED_fails")) == ["RED_fails/1", "RED_fails/2", "RED_fails/3"]


def test_the_other_tables_of_a_red_run_are_whole_and_reset(world: World, ran: dict[str, bool]) -> None:
    other = backup_of(world, "RED_").table("RED_spiked")

    assert other and other.verdict is Verdict.VALID
    assert world.units("RED_spiked") == 5


def test_a_report_says_what_was_raised_and_for_how_long_and_what_all_of_it_cost(world: World, ran: dict[str, bool]) -> None:
    backup = backup_of(world, "GOOD_")
    report = world.store.load(Folder.parse(backup.uri).report, Report)
    assert report

    spiked = next(row for row in report.tables if row.table.name == "GOOD_spiked")
    (life,) = report.clusters
    assert spiked.raised and spiked.raised.start < spiked.started < spiked.ended < spiked.raised.end and spiked.spent.capacity > 0  # type: ignore[operator]
    assert "capacity" not in spiked.estimated and life.seconds and report.totals.dollars
    assert f"plots, and how it compares with the backups before: {Folder.parse(backup.uri).page}" in world.runs.log("GOOD_")


def test_a_red_run_has_a_report_too_with_each_try(world: World, ran: dict[str, bool]) -> None:
    report = world.store.load(Folder.parse(backup_of(world, "RED_").uri).report, Report)

    assert report and report.totals.failed == 1
    assert [each.state for each in report.tries if each.table == "RED_fails"] == ["FAILED"] * 3


def test_a_retry_dumps_into_a_fresh_folder(world: World, ran: dict[str, bool]) -> None:
    table = backup_of(world, "AGAIN_").table("AGAIN_once")

    assert ran["AGAIN_"], world.runs.log("AGAIN_")
    assert table and table.attempt == 2


def test_a_dump_with_an_empty_list_is_not_said_to_be_for_the_connector(world: World, ran: dict[str, bool]) -> None:
    table = backup_of(world, "AGAIN_").table("AGAIN_once")

    assert table and table.engines == ["worker"]


def test_a_dump_that_lost_a_part_does_not_count(world: World, ran: dict[str, bool]) -> None:
    backup = backup_of(world, "LOST_")

    assert not ran["LOST_"]
    assert list(backup.missing) == ["LOST_part"]
    assert "part is gone" in backup.missing["LOST_part"]


def test_nothing_is_left_raised_and_no_cluster_is_left_running(world: World, ran: dict[str, bool]) -> None:
    assert world.ledger() == []
    assert world.live_clusters() == []


def test_a_cluster_that_fails_to_start_is_made_anew(world: World) -> None:
    world.table("START_again", 2)
    world.aws.faults(fail_clusters=1)

    ran = world.runs.together({"START_": ("dynamodb_backup", {"prefix": "START_"})})

    backup = backup_of(world, "START_")
    clusters = [each for each in world.emr.list_clusters()["Clusters"] if is_cluster_of(backup.run, each["Name"])]
    assert ran["START_"], world.runs.log("START_")
    assert sorted(each["Status"]["State"] for each in clusters) == ["TERMINATED", "TERMINATED_WITH_ERRORS"]
    assert "INSTANCE_FAILURE" in backup.notes[0] and "was made instead" in backup.notes[0]


def test_tables_whose_cluster_dies_are_dumped_on_another_and_the_finished_ones_are_kept(world: World) -> None:
    for number in range(3):
        world.table(f"DIES_{number}", 2)
    world.aws.faults(reclaim_clusters=1)

    ran = world.runs.together({"DIES_": ("dynamodb_backup", {"prefix": "DIES_", "step_concurrency": 1})})

    backup = backup_of(world, "DIES_")
    assert ran["DIES_"], world.runs.log("DIES_")
    assert backup.verdict is Verdict.VALID and len(backup.tables) == 3
    assert "was made instead" in backup.notes[0]


def test_the_tables_of_a_lane_that_gets_no_cluster_are_dumped_on_another(world: World, ran: dict[str, bool]) -> None:
    (folder,) = backups.folders(world.store, BASE / "us-east-1" / "LANES_")
    plan = world.store.load(folder.plan, BackupPlan)
    assert ran["LANES_"], world.runs.log("LANES_")
    assert plan and plan.lanes > 1 and {table.lane for table in plan.tables} == set(range(plan.lanes))
    assert backup_of(world, "LANES_").verdict is Verdict.VALID


def test_when_no_cluster_starts_the_run_says_so_for_each_table(world: World) -> None:
    world.table("NEVER_started", 2)
    world.aws.faults(fail_clusters=99)

    ran = world.runs.together({"NEVER_": ("dynamodb_backup", {"prefix": "NEVER_"})})
    world.aws.faults(fail_clusters=0)

    assert not ran["NEVER_"]
    assert backup_of(world, "NEVER_").missing == {"NEVER_started": "no EMR step was submitted for it"}
    assert world.live_clusters() == []


def test_bad_input_fails_at_once_and_leaves_nothing(world: World, ran: dict[str, bool]) -> None:
    assert not any(ran[name] for name in BAD)
    assert "HINT:" in world.runs.log("NONE_")
    assert list(backups.folders(world.store, BASE / "us-east-1" / "BAD_")) == []


def test_the_steps_written_down_can_be_submitted_by_hand(world: World, ran: dict[str, bool]) -> None:
    folder = Folder.parse(backup_of(world, "GOOD_").uri)
    plan = world.store.load(folder.plan, BackupPlan)
    assert plan

    steps = plan.export_steps()

    assert {step["Type"] for step in steps} == {"CUSTOM_JAR"}
    assert all("/0" in step["Args"][-4] for step in steps)
