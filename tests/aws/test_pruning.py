"""What pruning deletes of buckets that keep versions, and what of objects that are locked or that it may not delete."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import count

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws import catalogue, forgetting, marking, pruning
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.pruned import Pruned
from airflow_dynamodb_emr.core.verdict import Verdict
from tests.core import makers

from .forgettable import NOW, World

LOCKED_UNTIL = NOW + timedelta(days=30)


def with_one_forgotten(world: World) -> Folder:
    """Its verdict was published twice: the earlier one is a version below."""
    world.new, world.old = world.backup(0), world.backup(1)
    judged = world.store.read(world.old.verdict)
    assert judged
    world.store.put(world.old.verdict, judged)
    return world.old


def versions(world: World, folder: Folder) -> list[str]:
    return [key.removeprefix(f"{folder.uri.key}/") for key, found in world.s3.keys.items() if found and key.startswith(folder.uri.key)]


def test_of_a_bucket_that_keeps_versions_all_of_them_go() -> None:
    world = World(versioned=True)
    old = with_one_forgotten(world)
    world.forget()

    [pruned] = world.prune()

    assert not versions(world, old) and not pruned.left and not pruned.note
    assert pruned.objects == 9, "five objects, a flag, a verdict and its earlier version, forgotten.json twice"


def test_more_objects_than_a_call_takes() -> None:
    world = World()
    old = with_one_forgotten(world)
    for number in range(2100):
        world.store.put(old.data("orders", 1) / f"part-{number}")
    world.forget()

    assert [pruned.objects for pruned in world.prune()] == [2105] and not world.keys(old)


def test_what_is_locked_is_said_until_when_and_goes_then() -> None:
    world = World(versioned=True, lock=LOCKED_UNTIL)
    old = with_one_forgotten(world)
    assert world.decide().forget[0].why == "no rule keeps it; it is locked until 2026-12-23 12:00 UTC, and its data stays as long"
    world.forget()

    for _ in range(2):
        assert [(pruned.left, pruned.failed) for pruned in world.prune()] == [("7 objects are locked until 2026-12-23 12:00 UTC", False)]
        assert world.keys(old) == ["forgotten.json"], "nothing of it comes to light"

    world.s3.now = LOCKED_UNTIL + timedelta(seconds=1)
    assert [pruned.left for pruned in world.prune()] == [""] and not versions(world, old)


def test_a_legal_hold_is_named() -> None:
    world = World(versioned=True)
    old = with_one_forgotten(world)
    world.s3.keys[old.schema("orders").key][0].hold = True
    world.forget()

    assert [pruned.left for pruned in world.prune()] == ["1 object is under a legal hold"]
    assert set(versions(world, old)) == {"schema/orders.json", "forgotten.json"} and world.keys(old) == ["forgotten.json"]


def test_where_locks_may_not_be_seen_it_says_so() -> None:
    world = World(versioned=True, lock=LOCKED_UNTIL, denied={"GetObjectRetention"})
    with_one_forgotten(world)
    world.forget()

    assert [pruned.left for pruned in world.prune()] == ["7 objects locked; until when is not known: s3:GetObjectRetention is not allowed"]


@pytest.mark.parametrize(
    ("denied", "note"),
    [
        pytest.param("DeleteObjectVersion", "earlier versions of 4 objects stay: s3:DeleteObjectVersion is not allowed", id="to delete them"),
        pytest.param("ListObjectVersions", "earlier versions stay: s3:ListBucketVersions is not allowed", id="to see them"),
    ],
)
def test_where_versions_may_not_be_deleted_they_stay_and_nothing_comes_to_light(denied: str, note: str) -> None:
    world = World(versioned=True, denied={denied})
    old = with_one_forgotten(world)
    world.forget()

    [pruned] = world.prune()

    assert (pruned.note, pruned.left) == (note, "") and not world.keys(old) and versions(world, old)
    assert world.prune() == []


def test_what_may_not_be_deleted_at_all_is_a_failure_that_names_it() -> None:
    world = World()
    old = with_one_forgotten(world)
    world.forget()
    world.s3._delete = lambda key, _: {"Key": key, "Code": "AccessDenied", "Message": "no"} if "orders/1" in key else None  # type: ignore[assignment,method-assign]

    [pruned] = world.prune()

    assert pruned.failed and pruned.left == f"1 object could not be deleted, {(old.data('orders', 1) / 'a.gz').key}: AccessDenied no"
    assert old.forgotten.key in world.s3.objects(), "the next run goes on"


@pytest.mark.parametrize("verdict", [Verdict.INVALID, None], ids=["the newest is found bad", "the newest is gone"])
def test_the_last_hope_is_not_deleted(verdict: Verdict | None) -> None:
    world = World()
    old = with_one_forgotten(world)
    world.backup(2)
    world.forget()
    if verdict:
        world.judge(world.new, verdict=verdict)
    else:
        world.store.delete(world.new.verdict)
    before = world.s3.objects()

    for dry_run in (True, False):
        pruned = pruning.prune(world.store, old, NOW, dry_run)
        assert pruned and pruned.left == "no newer one is good any more: `dynamodb-emr keep` makes it a backup again" and not pruned.failed

    assert world.s3.objects() == before and marking.mark(world.store, old, "", NOW) and world.entry(old).good


def test_a_good_one_of_another_prefix_is_no_newer_one() -> None:
    world = World()
    old = with_one_forgotten(world)
    world.forget()
    world.judge(world.new, prefix="PROD_EU_")

    assert "no newer one is good" in world.prune()[0].left and world.keys(old)


@pytest.mark.parametrize(("versioned", "last"), [pytest.param(False, 2, id="plain bucket"), pytest.param(True, 4, id="versioned bucket")])
def test_what_is_written_after_the_last_was_deleted_goes_next_time(versioned: bool, last: int) -> None:
    """As by a step of a run that is dead, whose cluster is not."""
    world = World(versioned=versioned)
    old = with_one_forgotten(world)
    world.forget()
    deletions = count(1)

    def write(operation: str) -> None:
        if operation == "DeleteObjects" and next(deletions) == last:
            world.put(NOW, {(old.data("orders", 2) / "late.gz").key: b"data"})

    world.s3.after = write

    assert [pruned.left for pruned in world.prune()] == ["something was written there meanwhile"]
    assert [pruned.left for pruned in world.prune()] == [""] and not versions(world, old)


@pytest.fixture
def locked_bucket(clients: Clients) -> str:
    name = "locked-backups"
    clients.s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def test_a_real_bucket_with_locks(clients: Clients, locked_bucket: str) -> None:
    """As the stand-in's S3 has them: what the tests above go by is as there."""
    store, folder = Store(clients.s3), Folder.parse(f"s3://{locked_bucket}/b/us-east-1/PROD_/2026/11/23/12_00.00")
    judged, newer = structs.replace(makers.backup(makers.judged()), uri=str(folder.uri)), folder.uri.key.replace("12_00.00", "12_00.01")
    store.write_once(folder.verdict, judged)
    store.write_once(S3Uri(locked_bucket, f"{newer}/backup.json"), judged)
    store.put(folder.verdict, documents.encode(structs.replace(judged, notes=["once more"])))
    store.put(folder.plan)
    part = folder.data("orders", 1) / "a.gz"
    store.put(part, b"data")
    until = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=3)
    clients.s3.put_object_retention(Bucket=locked_bucket, Key=part.key, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until})
    seen = catalogue.entry(store, folder)
    assert seen and forgetting.forget(store, seen, "", NOW) == ""

    pruned = pruning.prune(store, folder, NOW + timedelta(seconds=1))

    assert pruned and pruned.left == f"1 object is locked until {until:%Y-%m-%d %H:%M} UTC" and not pruned.failed
    found = clients.s3.list_object_versions(Bucket=locked_bucket, Prefix=f"{folder.uri.key}/")
    assert [each["Key"] for each in found["Versions"] if "forgotten" not in each["Key"]] == [part.key]
    assert [each["Key"] for each in found["DeleteMarkers"]] == [part.key]


def test_conditions_hold_on_a_real_bucket(store: Store, folder: S3Uri) -> None:
    at = Folder(folder / "us-east-1/PROD_/2026/11/23/12_00.00")
    first = store.swap(at.forgotten, b"1", None)
    assert first and store.swap(at.forgotten, b"2", None) is None and store.swap(at.forgotten, b"1", None) == first

    second = store.swap(at.forgotten, b"2", first)

    assert second and second == store.tagged(at.forgotten) and not second.versioned
    assert store.swap(at.forgotten, b"3", first) is None and not store.delete_if(at.forgotten, first)
    assert store.delete_if(at.forgotten, second) and store.tagged(at.forgotten) is None
    assert store.delete_if(at.forgotten, second), "an answer that was lost: it is gone"
    assert store.swap(at.forgotten, b"3", second) is None


def test_a_whole_life_on_a_real_bucket(store: Store, folder: S3Uri) -> None:
    at = Folder(folder / "us-east-1/PROD_/2026/11/23/12_00.00")
    newer = Folder(folder / "us-east-1/PROD_/2026/11/23/12_00.01")
    for each in (at, newer):
        store.write_once(each.verdict, structs.replace(makers.backup(makers.judged()), uri=str(each.uri), stands_on=[]))
    store.put(at.plan)
    seen = catalogue.entry(store, at)
    assert seen and forgetting.forget(store, seen, "", NOW) == "" and catalogue.entry(store, at) is None

    assert marking.mark(store, at, "", NOW) and catalogue.entry(store, at) == structs.replace(seen, kept=True)
    assert marking.unmark(store, at) and forgetting.forget(store, seen, "", NOW) == ""

    assert pruning.prune(store, at, newer.time) == Pruned(uri=str(at.uri), objects=2, bytes=pytest.approx(900, abs=600))
    assert not list(store.objects(at.uri))
