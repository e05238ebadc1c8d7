from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws import ledgers, publishing, throughput
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from tests.core import makers
from tests.core.makers import NOON

from .conftest import MakeTable

DURING = Throughput(read=50, write=5)


@pytest.fixture
def plan(make_table: MakeTable, store: Store, folder: S3Uri, prefix: str) -> BackupPlan:
    """Of two tables that are there, of which the first is spiked; written down, and nothing of them is verified yet."""
    names = [make_table(prefix + "a", 5), make_table(prefix + "b")]
    made = makers.plan(makers.table(names[0]), makers.table(names[1], 0, 0))
    where = folder / "us-east-1" / prefix / "2026/11/23/12_00.00"
    tables = [structs.replace(dump, raised=Raised(table=DURING) if dump.name == names[0] else None) for dump in made.tables]
    plan = structs.replace(made, folder=str(where), base=str(folder), prefix=prefix, tables=tables)
    store.write_once(plan.root.plan, plan)
    return plan


def proven(store: Store, plan: BackupPlan, *names: str, engines: tuple[str, ...] = ("connector", "worker")) -> None:
    for name in names:
        store.write_once(plan.root.manifest(plan.prefix + name), makers.manifest(plan.prefix + name, engines))


def judge(clients: Clients, plan: BackupPlan, why: dict[str, str] | None = None) -> Backup:
    return publishing.judge(clients, plan, why or {}, {plan.prefix + "a": DURING}, NOON)


def publish(store: Store, plan: BackupPlan, backup: Backup) -> Backup:
    return publishing.publish(store, plan, backup, publishing.manifests(store, plan).values(), 0.8)


def flags(store: Store, plan: BackupPlan) -> list[str]:
    return sorted(uri.key.rpartition("/")[2] for uri, _ in store.objects(plan.root.uri) if "BACKUP_" in uri.key)


def test_a_backup_of_which_every_table_is_proven_is_good(clients: Clients, store: Store, plan: BackupPlan, prefix: str) -> None:
    proven(store, plan, "a", "b")

    backup = judge(clients, plan)

    a, b = backup.table(prefix + "a"), backup.table(prefix + "b")
    assert backup.verdict is Verdict.VALID and not backup.missing and not backup.notes
    assert a and (a.throughput.before, a.throughput.during, a.throughput.after) == (plan.table(a.name).before, DURING, Throughput(read=5, write=5))
    assert b and b.throughput.during == plan.table(b.name).before, "a table that is left as it is has what it had"


@pytest.mark.parametrize(("said", "reason"), [("its step is FAILED", "its step is FAILED"), ("", "it was not verified")])
def test_a_table_without_manifest_is_missing_with_the_reason(
    clients: Clients, store: Store, plan: BackupPlan, prefix: str, said: str, reason: str
) -> None:
    proven(store, plan, "a")

    backup = judge(clients, plan, {prefix + "b": said} if said else {})

    assert (backup.verdict, backup.missing) == (Verdict.INCOMPLETE, {prefix + "b": reason})


def test_a_missing_table_that_was_deleted_meanwhile_is_said_so(clients: Clients, plan: BackupPlan, prefix: str) -> None:
    clients.dynamodb.delete_table(TableName=prefix + "b")

    assert judge(clients, plan).missing[prefix + "b"] == "it was not verified; the table is gone"


def test_tables_that_came_and_went_are_noted(clients: Clients, store: Store, make_table: MakeTable, plan: BackupPlan, prefix: str) -> None:
    proven(store, plan, "a", "b")
    make_table(prefix + "new")
    make_table(prefix + "excluded")
    plan = structs.replace(plan, vanished=[prefix + "gone"], excluded={prefix + "excluded": "*ex*"})

    backup = judge(clients, plan)

    assert backup.notes == [
        f"{prefix}gone was deleted while the plan was made: not in this backup",
        f"{prefix}new appeared after the plan was made: not in this backup",
    ]
    assert backup.verdict is Verdict.VALID


def test_a_table_that_this_run_left_raised_is_named(clients: Clients, store: Store, plan: BackupPlan, prefix: str) -> None:
    proven(store, plan, "a", "b")
    name = prefix + "a"
    throughput.write_ledger(clients, ledgers.ledger_of(plan, name), name, Raised(table=DURING), plan.run, NOON)

    assert judge(clients, plan).raised == [name]


def test_a_table_that_another_run_left_raised_is_noted(clients: Clients, store: Store, plan: BackupPlan, prefix: str) -> None:
    proven(store, plan, "a", "b")
    name = prefix + "a"
    throughput.write_ledger(clients, ledgers.ledger_of(plan, name), name, Raised(table=DURING), "another run", NOON)

    backup = judge(clients, plan)

    assert backup.raised == [] and backup.verdict is Verdict.VALID
    assert backup.notes == [f"{name} is raised since 2026-11-23 12:00 UTC by another run: reset it"]


def test_a_ledger_entry_that_cannot_be_read_fails_no_backup_and_is_noted(clients: Clients, store: Store, plan: BackupPlan, prefix: str) -> None:
    proven(store, plan, "a", "b")
    uri = ledgers.ledger_of(plan, prefix + "a")
    store.put(uri, b"{]")

    backup = judge(clients, plan)

    assert backup.raised == [] and backup.verdict is Verdict.VALID and store.read(uri)
    (note,) = backup.notes
    assert note.startswith(f"{uri} is no Entry: ") and note.endswith("; look whether its table is raised")


def test_a_good_backup_is_published_with_its_flag(clients: Clients, store: Store, plan: BackupPlan) -> None:
    proven(store, plan, "a", "b")
    store.put(plan.root.flag("RUNNING"))
    backup = judge(clients, plan)

    publish(store, plan, backup)

    assert store.load(plan.root.verdict, Backup) == backup
    assert flags(store, plan) == ["BACKUP_COMPLETE_SUCCESS"]


def test_a_failed_backup_gives_way_to_a_later_one_of_the_same_run(clients: Clients, store: Store, plan: BackupPlan) -> None:
    publish(store, plan, judge(clients, plan))
    assert flags(store, plan) == ["BACKUP_COMPLETE_FAILED"]
    proven(store, plan, "a", "b")

    publish(store, plan, judge(clients, plan))

    published = store.load(plan.root.verdict, Backup)
    assert published and published.verdict is Verdict.VALID
    assert flags(store, plan) == ["BACKUP_COMPLETE_SUCCESS"]


def test_a_good_verdict_is_final_and_so_is_its_flag(clients: Clients, store: Store, plan: BackupPlan) -> None:
    proven(store, plan, "a", "b")
    good = judge(clients, plan)
    publish(store, plan, good)

    holds = publish(store, plan, structs.replace(good, verdict=Verdict.INCOMPLETE))

    assert holds == good
    assert store.load(plan.root.verdict, Backup) == good
    assert flags(store, plan) == ["BACKUP_COMPLETE_SUCCESS"]


def test_the_steps_for_a_load_by_hand_are_those_of_the_dumps_that_the_connector_can_load(store: Store, plan: BackupPlan, prefix: str) -> None:
    proven(store, plan, "a")
    proven(store, plan, "b", engines=("worker",))

    steps: list[dict[str, Any]] = publishing.import_steps(plan, publishing.manifests(store, plan).values(), 0.8)

    assert [step["Args"][-3:] for step in steps] == [[f"{plan.folder}/{prefix}a/1", prefix + "a", "0.800000"]]


def test_the_steps_by_hand_are_published_as_the_command_line_reads_them(clients: Clients, store: Store, plan: BackupPlan) -> None:
    proven(store, plan, "a", "b")

    publish(store, plan, judge(clients, plan))

    steps = json.loads(store.read(plan.root.steps("import")) or b"")
    assert [step["Type"] for step in steps] == ["CUSTOM_JAR", "CUSTOM_JAR"]
