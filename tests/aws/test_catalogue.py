"""What the catalogue says there is: the newest first, with the verdict that holds, and nothing that is no backup."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_dynamodb_emr.aws import backups, catalogue
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.catalogue import Entry, Wanted, Window
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import NotFound
from airflow_dynamodb_emr.local import moto_side
from tests.core.makers import NOON, judged

from .helpers import refusal
from .listed import APP, BASE, Calls, folder, looked, made, older, put

DAY = timedelta(days=1)
INCOMPLETE = judged("events", Verdict.INCOMPLETE, reasons=["its step is FAILED"])


@pytest.fixture
def store(in_process: Store) -> Store:
    return in_process


def entries(store: Store, since: datetime | None = None, until: datetime | None = None) -> list[Entry]:
    return list(catalogue.entries(store, APP, since, until))


def only(store: Store) -> Entry:
    (entry,) = entries(store)
    return entry


def test_a_backup_is_told_as_its_verdict_has_it(store: Store) -> None:
    backup = made(NOON, judged(items=3, bytes=10), judged("events", items=4, bytes=5), stands_on=["s3://b/x"])

    assert only(store) == Entry(
        uri=str(backup.uri),
        prefix="PROD_",
        region="us-east-1",
        time=NOON,
        verdict=Verdict.VALID,
        tables=2,
        items=7,
        bytes=15,
        run="dynamodb_backup/manual__1",
        stands_on=["s3://b/x"],
    )


def test_the_newest_is_the_first(store: Store) -> None:
    times = [NOON - n * DAY for n in (0, 1, 30, 31, 365, 400)] + [NOON - timedelta(hours=1)]
    for time in times:
        made(time)

    assert [entry.time for entry in entries(store)] == sorted(times, reverse=True)


def test_a_copy_is_told_where_it_lies(store: Store) -> None:
    made(NOON, uri="s3://elsewhere/it/was/made/2026/11/23/12_00.00")

    assert only(store).uri == str(folder(NOON).uri)


def test_a_mark_keeps_it(store: Store) -> None:
    put(made(NOON), "BACKUP_KEEP")

    assert only(store).kept


@pytest.mark.parametrize("said", [Verdict.VALID, Verdict.INCOMPLETE])
@pytest.mark.parametrize("found", [Verdict.VALID, Verdict.INVALID, Verdict.INCOMPLETE])
def test_a_look_at_it_can_only_lower_its_verdict(store: Store, said: Verdict, found: Verdict) -> None:
    looked(NOON + DAY, found, made(NOON, judged(verdict=said, reasons=["it is red"])))

    entry = only(store)

    assert entry.verdict is (found if said is Verdict.VALID else said)
    assert entry.reason == ("" if entry.good else "not restorable: orders")


@pytest.mark.parametrize("deep", [True, False])
def test_only_who_reads_every_part_has_verified_it(store: Store, deep: bool) -> None:
    looked(NOON + DAY, Verdict.VALID, made(NOON), deep=deep)

    assert only(store).verified == (NOON + DAY if deep else None)


@pytest.mark.parametrize(
    ("objects", "verdict", "reason"),
    [
        pytest.param(["plan.json", "BACKUP_RUNNING", "orders/1/a"], Verdict.IN_PROGRESS, "its run is at it, or was killed", id="under way"),
        pytest.param(["plan.json", "orders/1/a", "schema/orders.json"], Verdict.INCOMPLETE, "it never finished", id="never finished"),
        pytest.param(["schema/orders.json", "tables/orders.json", "orders/1/a"], Verdict.INCOMPLETE, "it never finished", id="verdict and plan lost"),
        pytest.param(["plan.json", "BACKUP_COMPLETE_SUCCESS", "orders/1/a"], Verdict.INCOMPLETE, "it never finished", id="verdict lost"),
    ],
)
def test_what_has_no_verdict_is_listed_and_not_good(store: Store, objects: list[str], verdict: Verdict, reason: str) -> None:
    put(folder(NOON), *objects)

    entry = only(store)

    assert (entry.verdict, entry.good, entry.tables, entry.counted) == (verdict, False, 1, False)
    assert reason in entry.reason


@pytest.mark.parametrize(
    ("flag", "verdict"),
    [("COMPLETE_SUCCESS", Verdict.UNVERIFIED), ("COMPLETE_FAILED", Verdict.INCOMPLETE), ("RUNNING", Verdict.IN_PROGRESS)],
)
def test_the_older_systems_flag_says_how_its_backup_ended(store: Store, flag: str, verdict: Verdict) -> None:
    older(NOON, flag, ("orders", "tables", "events"))

    entry = only(store)

    assert (entry.verdict, entry.older, entry.good, entry.tables) == (verdict, True, False, 3)


def test_a_look_at_one_of_the_older_systems_says_what_it_is(store: Store) -> None:
    looked(NOON + DAY, Verdict.VALID, older(NOON))

    entry = only(store)

    assert (entry.verdict, entry.good, entry.verified) == (Verdict.VALID, False, NOON + DAY)


@pytest.mark.parametrize(
    ("objects"),
    [
        pytest.param(["somebody/elses.txt", "notes.txt"], id="somebody else's"),
        pytest.param(["forgotten.json", "plan.json", "orders/1/a"], id="forgotten"),
        pytest.param(["forgotten.json", "BACKUP_COMPLETE_SUCCESS", "orders/manifest"], id="forgotten, of the older system"),
    ],
)
def test_what_is_no_backup_is_not_listed(store: Store, objects: list[str]) -> None:
    put(folder(NOON), *objects)

    assert entries(store) == []


def test_what_retention_was_about_to_forget_is_a_backup_until_its_verdict_is_gone(store: Store) -> None:
    put(made(NOON), "forgotten.json")

    assert only(store).good


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        pytest.param("backup.json", b'{"format": 2, "tool": "9.9"}', "backup.json has format 2, this version reads 1", id="newer"),
        pytest.param("backup.json", b'{"format": 1, "verd', "backup.json is no Backup: ", id="cut short"),
        pytest.param("backup.json", b"\xff\xfe", "backup.json is no Backup: ", id="no text"),
        pytest.param("verification.json", b"{}", "verification.json is no Verification: ", id="the look at it"),
    ],
)
def test_one_that_is_damaged_is_told_and_hides_no_other(store: Store, name: str, data: bytes, reason: str) -> None:
    made(NOON - DAY)
    put(made(NOON), (name, data))

    damaged, good = entries(store)

    assert (damaged.verdict, good.good) == (Verdict.INVALID, True)
    assert damaged.reason.startswith(reason)


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidObjectState"])
def test_one_that_may_not_be_read_is_told_and_hides_no_other(store: Store, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    made(NOON - DAY)
    closed, read = made(NOON), store.read

    def refuse(uri: S3Uri) -> bytes | None:
        if uri == closed.verdict:
            raise ClientError({"Error": {"Code": code}}, "GetObject")
        return read(uri)

    monkeypatch.setattr(store, "read", refuse)
    first, second = entries(store)

    assert (first.verdict, first.reason, second.good) == (Verdict.INVALID, f"it may not be read ({code})", True)


def test_a_bucket_that_stops_answering_in_the_middle_is_an_error(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made(NOON)

    def fail(_: S3Uri) -> bytes | None:
        raise ClientError({"Error": {"Code": "InternalError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}, "GetObject")  # type: ignore[typeddict-item]

    monkeypatch.setattr(store, "read", fail)

    with pytest.raises(ClientError):
        entries(store)


def test_one_that_is_deleted_while_it_is_listed_is_not_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made(NOON)
    monkeypatch.setattr(store, "read", lambda _: None)

    assert entries(store) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(since=st.integers(-900, 900), until=st.integers(-900, 900))
def test_a_window_has_what_was_made_in_it(store: Store, since: int, until: int) -> None:
    times = [NOON + timedelta(hours=hours) for hours in (-800, -745, -24, -1, 0, 1, 300)]
    for time in times:
        put(folder(time), "plan.json")
    window = (NOON + timedelta(hours=since), NOON + timedelta(hours=until))

    assert [entry.time for entry in entries(store, *window)] == [time for time in times[::-1] if window[0] <= time <= window[1]]


def test_nothing_outside_a_window_is_listed(store: Store) -> None:
    for days in range(60):
        made(NOON - days * DAY)
    calls = Calls(store)

    assert len(entries(store, since=NOON - 30 * DAY, until=NOON - 30 * DAY)) == 1
    assert calls == {"ListObjectsV2": 5, "GetObject": 1}  # year, month, day, time, folder


def test_an_app_is_what_has_backups(store: Store) -> None:
    for region, app in (("us-east-1", "PROD_"), ("eu-west-1", "STAGE_"), ("us-east-1", "team/shop"), ("us-gov-west-1", "A")):
        made(NOON, app=app, region=region)
    for key in (
        "ledger/123456789012/us-east-1/orders.json",
        "logs/j-1/x",
        "restores/run/2026/x",
        "slots/us-east-1/PROD_/2026/11/1",
        "us-east-1/x/notes",
    ):
        moto_side.put_object(BASE / key, b"")

    assert [BASE.relative(app) for app in catalogue.apps(store, BASE)] == [
        "eu-west-1/STAGE_",
        "us-east-1/PROD_",
        "us-east-1/team/shop",
        "us-gov-west-1/A",
    ]
    assert [BASE.relative(app) for app in catalogue.apps_of(store, BASE, "STAGE_")] == ["eu-west-1/STAGE_"]
    assert [BASE.relative(app) for app in catalogue.apps_of(store, BASE, region="us-gov-west-1")] == ["us-gov-west-1/A"]


def test_a_base_may_be_a_whole_bucket(store: Store) -> None:
    backup = Folder.of(S3Uri(BASE.bucket), "us-east-1", "PROD_", NOON)
    put(backup, "plan.json")

    (app,) = catalogue.apps(store, S3Uri(BASE.bucket))
    (entry,) = catalogue.entries(store, app)

    assert (entry.uri, entry.region, entry.prefix) == (str(backup.uri), "us-east-1", "PROD_")


def test_a_look_at_an_earlier_dump_says_nothing_of_this_one(store: Store) -> None:
    looked(NOON + DAY, Verdict.INVALID, made(NOON, judged(manifest_sha256="of the dump that was made when its run was cleared")))

    assert only(store).good


def test_a_look_at_some_tables_says_nothing_of_the_others(store: Store) -> None:
    looked(NOON + DAY, Verdict.VALID, made(NOON, judged(), judged("events")), "orders")
    looked(NOON + DAY, Verdict.VALID, older(NOON - DAY, tables=("orders", "events")), "events")

    newest, other = entries(store)

    assert (newest.good, newest.verified) == (True, None)
    assert (other.verdict, other.verified, "nobody has looked" in other.reason) == (Verdict.UNVERIFIED, None, True)


def test_a_look_at_some_tables_of_the_older_systems_can_find_it_damaged(store: Store) -> None:
    looked(NOON + DAY, Verdict.INVALID, older(NOON, tables=("orders", "events")), "events")

    assert only(store).verdict is Verdict.INVALID


def test_latest_passes_over_the_older_systems(store: Store) -> None:
    made(NOON - DAY)
    looked(NOON, Verdict.VALID, older(NOON))

    assert backups.choose(store, APP, Wanted()).time == NOON - DAY


def test_a_limit_stops_where_the_newest_good_one_is_known(store: Store) -> None:
    for days in range(100):
        made(NOON - days * DAY, judged() if days > 2 else INCOMPLETE)
    calls = Calls(store)

    found = catalogue.listed(store, BASE, APP, Window(), limit=2)

    assert [entry.time for entry in found.entries] == [NOON, NOON - DAY]
    assert (found.prefix, found.region, found.newest_good and found.newest_good.time) == ("PROD_", "us-east-1", NOON - 3 * DAY)
    assert calls["GetObject"] <= 15


def test_only_good_ones_can_be_asked_for(store: Store) -> None:
    for days in range(4):
        made(NOON - days * DAY, judged() if days % 2 else INCOMPLETE)

    found = catalogue.listed(store, BASE, APP, Window(), only_good=True)

    assert [entry.time for entry in found.entries] == [NOON - DAY, NOON - 3 * DAY]


def test_the_newest_of_five_thousand_takes_at_most_ten_lists(store: Store) -> None:
    for number in range(5000):
        put(folder(NOON - number * DAY / 2), "plan.json")
    newest = made(NOON + DAY)
    calls = Calls(store)

    (app,) = catalogue.apps_of(store, BASE, "PROD_")
    assert next(catalogue.entries(store, app)).uri == str(newest.uri)
    assert calls == {"ListObjectsV2": 7, "GetObject": 1}

    calls.clear()
    assert len(list(islice(catalogue.entries(store, app), 100))) == 100
    assert calls["ListObjectsV2"] < 200


def test_show_has_the_verdict_lowered_by_the_last_look(store: Store) -> None:
    backup = looked(NOON + DAY, Verdict.INVALID, made(NOON))

    shown, verification = catalogue.show(store, backup)

    assert (shown.verdict, shown.uri, verification and verification.tables[0].at) == (Verdict.INVALID, str(backup.uri), NOON + DAY)


def test_show_of_the_older_systems_tells_what_is_known(store: Store) -> None:
    backup = put(older(NOON, tables=("orders", "events")), ("cut/5a1b", b"1234"))

    shown, _ = catalogue.show(store, backup)

    assert shown.verdict is Verdict.INCOMPLETE
    assert [(table.name, table.verdict, table.bytes) for table in shown.tables] == [
        ("cut", Verdict.INCOMPLETE, 4),
        ("events", Verdict.UNVERIFIED, 2),
        ("orders", Verdict.UNVERIFIED, 2),
    ]
    assert shown.missing["cut"] == "it has no manifest: its export never finished"


def test_show_of_the_older_systems_has_what_a_look_has_found(store: Store) -> None:
    shown, _ = catalogue.show(store, looked(NOON + DAY, Verdict.VALID, older(NOON)))

    assert (shown.verdict, shown.items, shown.tables[0].engines) == (Verdict.VALID, 3, ["worker"])


def test_show_of_the_older_systems_that_looks_whole_is_not_called_good(store: Store) -> None:
    assert catalogue.show(store, older(NOON))[0].verdict is Verdict.UNVERIFIED
    assert catalogue.show(store, older(NOON + DAY, "RUNNING"))[0].verdict is Verdict.IN_PROGRESS


@pytest.mark.parametrize(
    ("objects", "why"),
    [
        pytest.param([], "holds no backup", id="nothing"),
        pytest.param(["plan.json"], "has no backup.json: its run is at it, or never finished", id="unfinished"),
        pytest.param(["forgotten.json"], "is forgotten: retention deletes what is left of it", id="forgotten"),
    ],
)
def test_what_is_no_backup_cannot_be_shown(store: Store, objects: list[str], why: str) -> None:
    nothing = put(folder(NOON), *objects)

    with pytest.raises(NotFound) as raised:
        catalogue.show(store, nothing)

    assert refusal(raised)[0] == f"backup: {nothing.uri} {why}"


def test_the_older_systems_moved_out_of_its_place_is_refused(store: Store) -> None:
    moved = put(Folder(BASE / "copy"), "BACKUP_COMPLETE_SUCCESS", "orders/manifest")

    with pytest.raises(NotFound, match="does not lie where"):
        catalogue.show(store, moved)


def test_a_backup_is_shown_also_where_nobody_can_read_what_was_found_of_it(store: Store) -> None:
    folder = put(made(NOON), ("verification.json", b"{"))

    backup, verification = catalogue.show(store, folder)

    assert (backup.verdict, verification) == (Verdict.UNVERIFIED, None) and "verification.json" in backup.notes[-1]
