"""Backups in an S3 of this process, whole with plan, data, manifest, verdict and flag, for tests that fail at every call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from msgspec import structs

from airflow_dynamodb_emr.aws import catalogue, forgetting, pruning, publishing, readers, retention
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.decision import Decision, Policy
from airflow_dynamodb_emr.core.forgotten import Reader
from airflow_dynamodb_emr.core.keeping import Keep
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import Increment
from airflow_dynamodb_emr.core.pruned import Pruned
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.errors import DataDamaged
from tests.aws.in_process import Killed
from tests.aws.memory_s3 import MemoryS3
from tests.core import makers

APP = S3Uri("backups", "dynamodb/eu-west-1/PROD_")
NOW = makers.NOON
READER = Reader(run="dynamodb_restore/r", at=NOW, result="s3://backups/dynamodb/restores/r/restore.json")
LAST_ONE = Policy(keep=Keep(last=1))
_DATA = {
    "schema/orders.json": documents.encode(makers.schema()),
    "tables/orders.json": documents.encode(makers.manifest()),
    "orders/1/a.gz": b"data",
}


class World:
    """One prefix' backups in one bucket."""

    new: Folder
    old: Folder
    may_read = False

    def __init__(self, **of_s3: Any) -> None:
        self.s3 = MemoryS3(**of_s3)
        self.store = Store(cast("Any", self.s3))
        self.whole: dict[str, set[str]] = {}  # folder -> the keys without which it is not whole

    def backup(self, days_ago: float, verdict: Verdict = Verdict.VALID, bases: tuple[Folder, ...] = ()) -> Folder:
        folder = Folder(APP / f"{NOW - timedelta(days=days_ago):%Y/%m/%d/%H_%M.%S}")
        put = {(folder.uri / name).key: data for name, data in {**_DATA, "plan.json": planned(bases)}.items()}
        judged = makers.backup(makers.judged(verdict=verdict, reasons=[] if verdict is Verdict.VALID else ["its step is FAILED"]))
        told = structs.replace(judged, uri=str(folder.uri), time=folder.time, stands_on=[str(base.uri) for base in bases])
        flag = folder.flag("COMPLETE_SUCCESS" if verdict is Verdict.VALID else "COMPLETE_FAILED")
        self.put(folder.time, {**put, folder.verdict.key: documents.encode(told), flag.key: b""})
        self.whole[str(folder.uri)] = set(put)
        return folder

    def judge(self, folder: Folder, **told: Any) -> None:
        """Its verdict says otherwise."""
        judged = documents.decode(self.s3.objects()[folder.verdict.key], Backup, "")
        self.put(folder.time, {folder.verdict.key: documents.encode(structs.replace(judged, **told))})

    def put(self, at: datetime, objects: dict[str, bytes]) -> None:
        """As if it were then."""
        then, self.s3.now = self.s3.now, at
        for key, data in objects.items():
            self.s3.put_object(Bucket=APP.bucket, Key=key, Body=data)
        self.s3.now = then

    def entry(self, folder: Folder) -> Entry:
        found = catalogue.entry(self.store, folder)
        assert found
        return found

    def begin(self, days_ago: float) -> Folder:
        """One whose run is under way."""
        folder = self.backup(days_ago)
        for gone in (folder.verdict, folder.flag("COMPLETE_SUCCESS")):
            self.s3.keys.pop(gone.key)
        self.store.put(folder.flag("RUNNING"))
        return folder

    def decide(self, policy: Policy = LAST_ONE) -> Decision:
        return retention.decide(self.store, APP, policy, NOW)

    def forget(self, policy: Policy = LAST_ONE, now: datetime = NOW) -> Decision:
        return retention.forget(self.store, APP, policy, now)

    def prune(self, now: datetime = NOW) -> list[Pruned]:
        folders = list(pruning.forgotten(self.store, APP))
        return [pruned for folder in folders if (pruned := pruning.prune(self.store, folder, now))]

    def retain(self, policy: Policy = LAST_ONE) -> None:
        self.forget(policy)
        self.prune()

    def keys(self, folder: Folder) -> list[str]:
        return [key.removeprefix(f"{folder.uri.key}/") for key in self.s3.objects() if key.startswith(f"{folder.uri.key}/")]

    def refuse_whole_looking_remains(self) -> None:
        """What looks like a backup, to us or by its flag, has all that makes it one; and what a manifest names is there."""
        there = self.s3.objects()
        for uri, whole in self.whole.items():
            folder = Folder.parse(uri)
            looks_whole = folder.verdict.key in there or folder.flag("COMPLETE_SUCCESS").key in there
            assert not looks_whole or whole <= set(there), f"{uri} is not whole, and looks it: {sorted(whole - set(there))} are gone"
            assert folder.manifest("orders").key not in there or (folder.data("orders", 1) / "a.gz").key in there, uri

    def at_call(self, number: int, do: Callable[[], object]) -> None:
        """*do* is done just before the call of this number, from now on, by somebody whose own calls do not count."""
        left = [number]

        def before(_: str) -> None:
            left[0] -= 1
            if left[0] == -1:
                self.s3.before = lambda _: None
                do()

        self.s3.before = before

    def killed_at(self, number: int, when: str, do: Callable[[], object]) -> bool:
        """Whether the process was killed at that call: before it, after, or half way where many objects are deleted. Nothing more is done."""
        left = [number]

        def step(operation: str) -> None:
            left[0] -= 1
            if left[0] < 0 and when == "half way" and operation == "DeleteObjects":
                self.s3.half = Killed
            elif left[0] < 0:
                raise Killed

        def before(operation: str) -> None:
            if left[0] < 0:
                raise Killed
            if when != "after":
                step(operation)

        self.s3.before, self.s3.after = before, step if when == "after" else lambda _: None
        try:
            do()
            return False
        except Killed:
            return True
        finally:
            self.s3.before, self.s3.after, self.s3.half = lambda _: None, lambda _: None, None


def planned(bases: tuple[Folder, ...]) -> bytes:
    increments = {
        f"orders{number}": Increment(base=str(base.manifest("orders")), base_time=NOW, start=NOW, end=NOW) for number, base in enumerate(bases)
    }
    return documents.encode(structs.replace(makers.plan(), increments=increments))


def of_two() -> World:
    world = World()
    world.new, world.old = world.backup(0), world.backup(9, Verdict.INCOMPLETE)
    return world


def calls_of(world: World, do: Callable[[], object]) -> int:
    before = world.s3.calls
    do()
    return world.s3.calls - before


def reads(world: World, folder: Folder, reader: Reader = READER) -> bool:
    """As a restore's plan does; False when it is refused."""
    try:
        with readers.reading(world.store, [folder], reader):
            return True
    except DataDamaged:
        return False


def begin(world: World, folder: Folder) -> None:
    """To prune it; then the process dies."""
    known = world.store.tagged(folder.forgotten)
    assert known and pruning._begin(world.store, folder, known, forgetting.read(known, folder))


def publish(world: World, folder: Folder) -> bool:
    """All of it was dumped anew, if it is still there when the run judges."""
    if world.store.size(folder.manifest("orders")) is None:
        return False
    judged = structs.replace(makers.backup(makers.judged()), uri=str(folder.uri), time=folder.time, stands_on=[])
    publishing.publish(world.store, structs.replace(makers.plan(), folder=str(folder.uri)), judged, [makers.manifest()], 1.0)
    return True
