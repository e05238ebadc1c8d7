"""What is looked up of a run's backup or restore, for whoever tells people of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws import telling
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.ledger import entry, ledger_uri
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.restore import REPORT, Restore, restore_folder
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.verdict import Verdict
from tests.core import makers
from tests.core.makers import NOON, RUN

from .saved import verdict_at

RAISED = Raised(table=Throughput(read=105, write=5), indexes={})
NAMES = ["a", "b", "c"]
YESTERDAY = NOON - timedelta(days=1)


@pytest.fixture
def plan(store: Store, folder: S3Uri) -> BackupPlan:
    """Of three tables, as it lies in S3."""
    root = Folder.of(folder, "us-east-1", "PROD_", NOON)
    made = makers.plan(*map(makers.table, NAMES))
    made = structs.replace(made, run=f"{RUN}@1a2b", prefix="PROD_", folder=str(root.uri), base=str(folder), region="us-east-1")
    store.write_once(root.plan, made)
    return made


def raise_(store: Store, plan: BackupPlan, table: str, run: str) -> S3Uri:
    uri = ledger_uri(S3Uri.parse(plan.base), plan.account, plan.region, table)
    store.write_once(uri, entry(makers.table(table), [], RAISED, run, NOON))
    return uri


def test_a_judged_backup_is_told_by_its_verdict(store: Store, folder: S3Uri, plan: BackupPlan) -> None:
    judged = [makers.judged("a", items=5, bytes=7), makers.judged("b"), makers.judged("c", Verdict.INCOMPLETE, reasons=["its step is FAILED"])]
    store.write_once(plan.root.verdict, structs.replace(makers.backup(*judged), notes=["a: later"]))
    verdict_at(store, folder, "PROD_", YESTERDAY)

    found = telling.backup(store, plan.root, RUN)

    assert found and found.judged and found.missing == {"c": "its step is FAILED"}
    assert (found.what, found.tables, found.items, found.bytes, found.waits) == ("backup of PROD_", NAMES, 5, 7, ["a: later"])
    assert found.newest and found.newest.time == YESTERDAY


def test_no_good_backup_is_looked_for_where_this_one_is_good(store: Store, folder: S3Uri, plan: BackupPlan) -> None:
    verdict_at(store, folder, "PROD_", NOON)
    verdict_at(store, folder, "PROD_", YESTERDAY)

    found = telling.backup(store, plan.root, RUN)

    assert found and found.judged and not found.missing and found.newest is None


def test_of_one_that_is_under_way_what_is_written_and_what_is_proven_are_told_apart(store: Store, plan: BackupPlan) -> None:
    for key in ("a/1/_SUCCESS", "b/1/AWSDynamoDB/01-a/manifest-summary.json", "c/1/part-0.gz", "clusters/0-1.json"):
        store.put(plan.root.uri / key)
    store.put(plan.root.manifest("a"))

    found = telling.backup(store, plan.root, RUN)

    assert found and not found.judged and found.newest is None
    assert (found.written, found.proven, found.unwritten) == (["a", "b"], ["a"], ["c"])


def test_what_this_run_has_raised_is_told_and_what_another_has_is_not(store: Store, plan: BackupPlan) -> None:
    raise_(store, plan, "a", plan.run)
    raise_(store, plan, "b", "dynamodb_restore/other@1a2b")

    found = telling.backup(store, plan.root, RUN)

    assert found and found.raised == {"a": "at 105 reads and 5 writes a second since 2026-11-23 12:00 UTC, it had 5 reads and 5 writes a second"}


def test_an_entry_that_cannot_be_read_may_be_of_this_run(store: Store, plan: BackupPlan) -> None:
    store.put(raise_(store, plan, "a", plan.run), b"{")

    found = telling.backup(store, plan.root, RUN)

    assert found and found.raised["a"].startswith("perhaps; s3://") and not found.well


@pytest.mark.parametrize("run", [f"{RUN}@1a2b", RUN, RUN.partition("/")[2]])
def test_a_run_is_known_by_its_name_with_or_without_its_airflow_and_its_dag(store: Store, plan: BackupPlan, run: str) -> None:
    assert telling.backup(store, plan.root, run)


def test_another_runs_plan_and_none_at_all_are_nothing_to_tell_of(store: Store, folder: S3Uri, plan: BackupPlan) -> None:
    assert telling.backup(store, plan.root, "dynamodb_backup/manual__2") is None
    assert telling.backup(store, Folder(folder / "nowhere"), RUN) is None


def test_the_backup_that_a_run_made_is_found_among_those_since_it_began(store: Store, folder: S3Uri, plan: BackupPlan) -> None:
    app = folder / "us-east-1" / "PROD_"
    verdict_at(store, folder, "PROD_", NOON + timedelta(hours=1))  # somebody else's, and newer

    began = NOON + timedelta(seconds=0.7)

    assert telling.started(store, app, began, "manual__1") == plan.root
    assert telling.started(store, app, began, "manual__2") is None
    assert telling.started(store, app, NOON + timedelta(seconds=2), "manual__1") is None


def test_a_restore_is_told_by_its_report_and_called_by_its_backup(store: Store, folder: S3Uri) -> None:
    source = str(Folder.of(folder, "us-east-1", "PROD_", NOON).uri)
    root = restore_folder(folder, RUN)
    made = {"run": RUN, "folder": str(root), "base": str(folder), "account": "1", "region": "us-east-1", "backup": source, "tables": [{"name": "a"}]}
    store.write_once(root / "plan.json", made)
    report = Restore(verdict=Verdict.INCOMPLETE, run=RUN, backup=source, uri=str(root), ended=NOON, loaded=[], missing={"a": "gone"}, raised=[])
    store.write_once(root / REPORT, report)

    found = telling.restore(store, Folder(root), RUN)

    assert found and found.restores and found.missing == {"a": "gone"}
    assert (found.what, found.source) == ("restore of PROD_ of 2026-11-23 12:00", source)
