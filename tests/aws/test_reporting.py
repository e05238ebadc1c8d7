"""What a report is made of, and the backups before it that it is held against."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws import clusters, reporting
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.reporting import MOST_LOOKS, Earlier
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents, verdict
from airflow_dynamodb_emr.core.comparison import Kind
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import Increment
from airflow_dynamodb_emr.core.plan import BackupPlan
from airflow_dynamodb_emr.core.reckoning import Facts
from airflow_dynamodb_emr.core.roster import Start
from airflow_dynamodb_emr.core.runreport import Report
from airflow_dynamodb_emr.core.verdict import Backup, Seen, Verdict
from airflow_dynamodb_emr.core.verification import Fault, TableVerification, Verification
from tests.core import makers
from tests.core.makers import NOON

from .helpers import step, until


@pytest.fixture
def plan(folder: S3Uri) -> BackupPlan:
    return planned(folder, 0)


def planned(folder: S3Uri, days_ago: int) -> BackupPlan:
    where = Folder.of(folder, "us-east-1", "PROD_", NOON - timedelta(days=days_ago))
    return structs.replace(makers.plan(makers.table("PROD_a"), makers.table("PROD_b")), folder=str(where.uri), base=str(folder), prefix="PROD_")


def good(plan: BackupPlan, items: int = 3) -> Backup:
    manifests = [structs.replace(makers.manifest(dump.name), items=items) for dump in plan.tables]
    return verdict.backup(plan, [verdict.whole(manifest, b"", Seen(), False) for manifest in manifests], NOON, [])


def published(store: Store, plan: BackupPlan, backup: Backup, report: bool = True) -> Backup:
    store.put(plan.root.verdict, documents.encode(backup))
    if report:
        reporting.write(store, plan, backup, Facts(history=reporting.earlier(store, plan).history))
    return backup


def failed(plan: BackupPlan) -> Backup:
    return verdict.backup(plan, [verdict.missing(dump, "why", Seen(), False) for dump in plan.tables], NOON, [])


def test_the_report_lies_beside_the_verdict_as_a_document_and_as_a_page(store: Store, plan: BackupPlan) -> None:
    made = reporting.write(store, plan, good(plan), Facts())

    assert store.load(plan.root.report, Report) == made
    page = store.s3.get_object(Bucket=plan.root.page.bucket, Key=plan.root.page.key)
    assert page["ContentType"] == "text/html; charset=utf-8" and b"All 2 tables can be restored" in page["Body"].read()


def test_a_run_that_was_cleared_writes_its_report_anew(store: Store, plan: BackupPlan) -> None:
    reporting.write(store, plan, failed(plan), Facts())

    reporting.write(store, plan, good(plan), Facts())

    found = store.load(plan.root.report, Report)
    assert found and found.verdict is Verdict.VALID and b"can be restored" in (store.read(plan.root.page) or b"")


def test_a_first_backup_is_compared_with_none(store: Store, plan: BackupPlan) -> None:
    assert reporting.earlier(store, plan) == Earlier() and Earlier().points(good(plan), [], {}) == []


def test_it_is_the_newest_good_one_before_it_that_counts(store: Store, plan: BackupPlan, folder: S3Uri) -> None:
    for days, make in {5: good, 3: good, 2: failed, 1: failed, -1: good}.items():
        published(store, planned(folder, days), make(planned(folder, days)))

    found = reporting.earlier(store, plan)

    assert found.backup and found.backup.time == NOON - timedelta(days=3)
    was = {5: 0, 3: 0, 2: 2, 1: 2}  # by how many days ago: tables that failed
    assert [(each.time, each.failed) for each in found.history] == [(NOON - timedelta(days=days), lost) for days, lost in was.items()]


def test_where_none_is_good_the_newest_with_a_verdict_counts_and_no_more_than_a_few_are_looked_at(
    store: Store, plan: BackupPlan, folder: S3Uri, aws: Any
) -> None:
    for days in range(1, MOST_LOOKS + 5):
        published(store, planned(folder, days), failed(planned(folder, days)), report=False)
    aws.reset_calls()

    found = reporting.earlier(store, plan)

    assert found.backup and found.backup.time == NOON - timedelta(days=1) and len(found.history) == MOST_LOOKS
    assert aws.calls()["s3.GET"] < 5 * MOST_LOOKS + 10


def test_one_without_a_verdict_or_of_another_prefix_is_none(store: Store, plan: BackupPlan, folder: S3Uri) -> None:
    store.put(planned(folder, 1).root.plan)
    published(store, planned(folder, 2), structs.replace(good(planned(folder, 2)), prefix="PRO"))

    assert reporting.earlier(store, plan) == Earlier()


def test_a_backup_that_a_later_look_has_found_damaged_is_no_measure(store: Store, plan: BackupPlan, folder: S3Uri) -> None:
    for days in (2, 1):
        published(store, planned(folder, days), good(planned(folder, days)))
    bad = planned(folder, 1).root
    told = good(planned(folder, 1)).table("PROD_a")
    assert told
    reasons, about = [Fault(reason="a part is gone")], told.manifest_sha256
    fault = TableVerification(name="PROD_a", verdict=Verdict.INVALID, reasons=reasons, at=NOON, manifest_sha256=about)
    store.put(bad.verification, documents.encode(Verification(uri=str(bad.uri), verdict=Verdict.INVALID, tables=[fault])))

    found = reporting.earlier(store, plan)

    assert found.backup and found.backup.time == NOON - timedelta(days=2)


@pytest.mark.parametrize("damaged", ["verdict", "report"])
def test_what_is_damaged_before_it_is_passed_over_and_noted(store: Store, plan: BackupPlan, folder: S3Uri, damaged: str) -> None:
    published(store, planned(folder, 2), good(planned(folder, 2)))
    published(store, planned(folder, 1), good(planned(folder, 1)))
    bad = getattr(planned(folder, 1).root, damaged)
    store.put(bad, b"{]")

    found = reporting.earlier(store, plan)

    assert found.backup and found.backup.time == NOON - timedelta(days=2 if damaged == "verdict" else 1)
    assert len(found.notes) == 1 and str(bad) in found.notes[0]


def test_a_comparison_says_which_tables_are_excluded_now_or_were_deleted(store: Store, plan: BackupPlan, folder: S3Uri) -> None:
    published(store, planned(folder, 1), good(planned(folder, 1)))
    now = structs.replace(good(plan), tables=[], excluded={"PROD_a": "*_a"})

    points = reporting.earlier(store, plan).points(now, ["PROD_b"], {})

    assert [point.kind for point in points] == [Kind.VANISHED] * 2
    assert points[0].words.endswith(": *_a excludes it") and points[1].words.endswith(": it was deleted while this one was planned")


def test_changes_alone_are_not_compared_with_a_whole_table(store: Store, plan: BackupPlan, folder: S3Uri) -> None:
    published(store, planned(folder, 1), good(planned(folder, 1), items=1000))
    changes = Increment(base="s3://b/x", base_time=NOON, start=NOON, end=NOON)
    manifests = {"PROD_a": structs.replace(makers.manifest("PROD_a"), increment=changes)}

    points = reporting.earlier(store, plan).points(good(plan), [], manifests)

    assert [point.table for point in points] == ["PROD_b"]


def test_clusters_and_the_tries_on_them_are_found(clients: Clients, store: Store, plan: BackupPlan, cluster: str) -> None:
    store.write_once(plan.root.cluster(0, 1), Start(lane=0, number=1, cluster=cluster, instead_of="another died", words="as planned, once more"))
    clusters.submit(clients, cluster, [step("PROD_a/1"), step("somebody's")])
    until(lambda: all(each.ended for each in clusters.list_steps(clients.emr, cluster)))
    clusters.terminate(clients.emr, [cluster])
    until(lambda: clusters.status(clients.emr, cluster).gone)

    found = reporting.facts(clients, plan, {}, {}, Earlier(), [])

    (life,), (tried,) = found.clusters, found.tries
    assert life.created and life.ready and life.ended and life.created <= life.ready <= tried.started <= tried.ended <= life.ended
    assert (tried.table, tried.number, tried.cluster, tried.lane, tried.state) == ("PROD_a", 1, cluster, 0, "FAILED")
    assert life.words == "another died" and life.as_planned
