"""Which backup is offered for a restore. The verdict alone makes a backup."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from airflow_dynamodb_emr.aws import backups
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Wanted
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BadInput, DataDamaged, NotFound
from airflow_dynamodb_emr.local.process import StandIn
from tests.core.makers import NOON

from .helpers import refusal
from .saved import verdict_at

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
TIMES = [NOON - YEAR, NOON - HOUR, NOON, NOON + HOUR]


@pytest.fixture
def app(store: Store, folder: S3Uri) -> S3Uri:
    """The folder of four good backups."""
    for time in TIMES:
        verdict_at(store, folder, "PROD_", time)
    return folder / "us-east-1" / "PROD_"


def uri(app: S3Uri, hours: int) -> str:
    return str(Folder(app).uri / f"2026/11/23/{12 + hours}_00.00")


def test_the_latest_is_the_newest_good_one(store: Store, app: S3Uri) -> None:
    assert backups.choose(store, app, Wanted()).uri == uri(app, 1)


@pytest.mark.parametrize(
    ("time", "wanted"),
    [
        pytest.param(NOON, NOON, id="at"),
        pytest.param(NOON + HOUR - timedelta(seconds=1), NOON, id="before"),
        pytest.param(NOON - 2 * HOUR, NOON - YEAR, id="long before"),
        pytest.param(NOON + YEAR, NOON + HOUR, id="in the future"),
    ],
)
def test_a_time_means_the_newest_at_or_before_it(store: Store, app: S3Uri, time: object, wanted: object) -> None:
    assert backups.choose(store, app, Wanted(at_or_before=time)).time == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize("verdict", [Verdict.INCOMPLETE, Verdict.INVALID, Verdict.IN_PROGRESS])
def test_the_newest_bad_one_is_passed_over(store: Store, app: S3Uri, folder: S3Uri, verdict: Verdict) -> None:
    verdict_at(store, folder, "PROD_", NOON + 2 * HOUR, verdict)

    assert backups.choose(store, app, Wanted()).uri == uri(app, 1)


def test_an_unfinished_or_foreign_folder_is_never_offered(store: Store, app: S3Uri) -> None:
    for key in ("2027/01/01/00_00.00/plan.json", "2027/01/01/00_00.00/BACKUP_RUNNING", "zzz/x/y/z/backup.json", "2027/13/01/00_00.00/backup.json"):
        store.put(app / key, b"{}")

    assert backups.choose(store, app, Wanted()).uri == uri(app, 1)
    assert [found.time for found in backups.folders(store, app)][1:] == TIMES[::-1]


def test_a_backup_of_another_app_is_never_offered(store: Store, app: S3Uri, folder: S3Uri) -> None:
    verdict_at(store, folder, "PROD_2", NOON + YEAR)

    assert backups.choose(store, app, Wanted()).uri == uri(app, 1)


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(at_or_before=NOON)])
def test_where_there_is_none_it_is_said(store: Store, folder: S3Uri, wanted: Wanted) -> None:
    with pytest.raises(NotFound) as raised:
        backups.choose(store, folder / "us-east-1" / "DEV_", wanted)

    assert refusal(raised)[0] == f"backup: there is no good one ({wanted}) in {folder}/us-east-1/DEV_"


def test_a_time_before_the_first_backup_has_none(store: Store, app: S3Uri) -> None:
    with pytest.raises(NotFound, match="newest at or before 2020-01-01"):
        backups.choose(store, app, Wanted.parse("2020-01-01T00:00:00Z"))


def test_a_failed_backup_can_be_named(store: Store, folder: S3Uri) -> None:
    failed = verdict_at(store, folder, "PROD_", NOON, Verdict.INCOMPLETE)

    assert backups.choose(store, folder, Wanted.parse(failed.uri)) == failed


def test_a_copy_of_a_backup_is_read_where_it_lies(store: Store, app: S3Uri, folder: S3Uri) -> None:
    store.put(folder / "copy" / "backup.json", store.read(S3Uri.parse(uri(app, 0)) / "backup.json") or b"")

    assert backups.choose(store, app, Wanted(uri=folder / "copy")).uri == str(folder / "copy")


@pytest.mark.parametrize("text", ["s3://local-backups/nothing/here", "s3://no-such-bucket/x"])
def test_a_folder_without_verdict_is_no_backup(store: Store, text: str) -> None:
    with pytest.raises(NotFound) as raised:
        backups.choose(store, S3Uri("local-backups", "x"), Wanted.parse(text))

    assert refusal(raised)[0] == f"backup: {text} has no backup.json"


def test_a_backup_that_may_not_be_read_is_refused(clients: Clients, store: Store) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::closed/*"}
    clients.s3.create_bucket(Bucket="closed")
    clients.s3.put_bucket_policy(Bucket="closed", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    store.put(S3Uri("closed", "x/backup.json"), b"{}")

    with pytest.raises(BadInput) as raised:
        backups.choose(store, S3Uri("closed", "y"), Wanted(uri=S3Uri("closed", "x")))

    assert refusal(raised)[0].startswith("backup: s3://closed/x is not allowed to us")


def test_a_verdict_of_a_newer_format_stops_the_search(store: Store, app: S3Uri) -> None:
    store.put(app / "2027/01/01/00_00.00/backup.json", b'{"format": 2, "tool": "9.9"}')

    with pytest.raises(DataDamaged, match=r"has format 2, this version reads 1"):
        backups.choose(store, app, Wanted())


def test_history_is_listed_no_further_than_asked_for(aws: StandIn, store: Store, app: S3Uri) -> None:
    aws.reset_calls()
    assert next(iter(backups.folders(store, app))).time == TIMES[-1]
    one = aws.calls()["s3.GET"]

    aws.reset_calls()
    assert len(list(backups.folders(store, app))) == 4

    assert one == 4 < aws.calls()["s3.GET"]  # year, month, day, time
