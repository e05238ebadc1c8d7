"""What is kept and what is forgotten of the backups that lie there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.aws import marking, pruning, together
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.decision import Policy
from airflow_dynamodb_emr.core.documents import decode
from airflow_dynamodb_emr.core.keeping import Keep
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.verdict import Backup, Verdict

from .forgettable import APP, NOW, World, calls_of

pytestmark = pytest.mark.usefixtures("in_turn")


def test_a_dry_run_touches_nothing() -> None:
    world = World()
    world.backup(0.5)
    old = world.backup(1)
    world.forget()
    world.backup(0)
    before = world.s3.objects()

    decision, pruned = world.decide(), pruning.prune(world.store, old, NOW, dry_run=True)

    assert len(decision.forget) == 1 and pruned and pruned.objects == 5
    assert world.s3.objects() == before


def test_a_failed_one_and_one_that_never_finished_go_when_a_newer_one_is_good() -> None:
    world = World()
    world.backup(0)
    failed, begun = world.backup(9, Verdict.INCOMPLETE), world.begin(10)
    world.store.delete(begun.flag("RUNNING"))

    assert len(world.forget().forget) == 2

    world.prune()
    assert not world.keys(failed) and not world.keys(begun)


def test_one_that_is_marked_or_under_way_or_the_older_systems_stays() -> None:
    world = World()
    world.backup(0)
    marking.mark(world.store, world.backup(9), "the audit of 2026", NOW)
    world.begin(10)
    older = Folder(APP / "2026/01/01/00_00.00")
    world.store.put(older.flag("COMPLETE_SUCCESS"))
    world.store.put(older.uri / "orders/manifest", b"{}")

    decision = world.forget()

    assert not decision.forget
    assert [chosen.why for chosen in decision.keep[1:]] == [
        "marked to be kept",
        "its run may be under way",
        "the older system's: it is yours to delete",
    ]


def test_one_whose_run_was_cleared_stays_whether_it_is_forgotten_already_or_not() -> None:
    world = World()
    world.backup(0)
    cleared, too_late = world.backup(9, Verdict.INCOMPLETE), world.backup(10, Verdict.INCOMPLETE)
    world.store.put(cleared.flag("RUNNING"))

    assert [chosen.why for chosen in world.forget().keep[1:]] == ["its run may be under way"]
    world.store.put(too_late.flag("RUNNING"))
    assert [pruned.left for pruned in world.prune()] == ["its run may be under way"]


def test_what_an_increment_stands_on_stays_as_long_as_it() -> None:
    world = World()
    base = world.backup(20)
    middle = world.backup(10, bases=(base,))
    top = world.backup(1, bases=(middle,))

    assert not world.forget().forget

    newest = world.backup(0)
    assert [chosen.entry.uri for chosen in world.forget().forget] == [str(each.uri) for each in (top, middle, base)]
    assert world.entry(newest).good


def test_the_plan_of_one_that_is_under_way_says_what_it_will_stand_on() -> None:
    world = World()
    world.backup(0)
    base, running = world.backup(9), world.begin(-0.5)
    world.store.put(running.plan, documents.encode({"increments": {"orders": {"base": str(base.manifest("orders"))}}}))

    assert [chosen.why for chosen in world.forget().keep][::2] == ["its run may be under way", "2026-11-24 00:00:00 stands on it"]


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        pytest.param(b'{"format": 2}', "has format 2, this version reads 1", id="a newer version's"),
        pytest.param(b'{"verd', "is no Backup", id="one that was cut short"),
    ],
)
def test_a_verdict_that_cannot_be_read_is_not_taken_for_a_bad_one(verdict: bytes, why: str) -> None:
    world = World()
    world.backup(0)
    strange = world.backup(9)
    world.store.put(strange.verdict, verdict)

    decision = world.forget()

    assert not decision.forget and why in decision.keep[1].why


def test_nothing_is_forgotten_once_the_newest_good_one_turns_out_bad() -> None:
    world = World()
    new = world.backup(0)
    world.backup(1), world.backup(2)

    def find_damage() -> None:
        judged = decode(world.s3.objects()[new.verdict.key], Backup, "")
        world.s3.keys.pop(new.verdict.key)
        world.store.write_once(new.verdict, structs.replace(judged, verdict=Verdict.INVALID))

    looks_for_locks = 2
    world.at_call(calls_of(world, world.decide) - looks_for_locks, find_damage)
    decision = world.forget()

    assert not decision.forget and len(decision.keep) == 3
    assert "the newest good one is not good any more" in decision.keep[1].why


@pytest.mark.parametrize(
    ("written_days_ago", "stays"),
    [pytest.param(6.9, True, id="lately"), pytest.param(7.1, False, id="long ago")],
)
def test_one_whose_run_was_killed_goes_when_nothing_was_written_there_for_days(written_days_ago: float, stays: bool) -> None:
    world = World()
    world.backup(0)
    killed = world.begin(20)
    world.put(NOW - timedelta(days=19), {killed.flag("RUNNING").key: b""})
    world.put(NOW - timedelta(days=written_days_ago), {(killed.data("orders", 2) / "a.gz").key: b"data"})

    decision = world.forget()

    assert [chosen.entry.uri for chosen in decision.forget] == ([] if stays else [str(killed.uri)])
    if stays:
        assert decision.keep[1].why == "its run may be under way: something was written there at 2026-11-16 14:24 UTC"
        return
    assert decision.forget[0].why == "IN_PROGRESS: nobody has been at it for 7 days, and a newer one is good"
    assert [pruned.left for pruned in world.prune()] == [""] and not world.keys(killed)


def test_how_long_a_run_may_write_nothing_is_set() -> None:
    world = World()
    world.backup(0)
    killed = world.begin(20)
    world.put(NOW - timedelta(days=19), {killed.flag("RUNNING").key: b""})

    assert not world.forget(Policy(keep=Keep(last=1), idle=timedelta(days=30))).forget


def test_one_that_failed_and_is_written_to_again_stays() -> None:
    """Some of its tasks were cleared, and not the one that puts the flag."""
    world = World()
    world.backup(0)
    failed = world.backup(9, Verdict.INCOMPLETE)
    world.store.put(failed.data("orders", 2) / "a.gz")

    assert world.forget().keep[1].why == "its run may be under way: something was written there at 2026-11-23 00:00 UTC"


def test_a_good_one_with_the_flag_of_a_run_that_was_killed_goes_like_any_other() -> None:
    """As in a bucket that S3 replicates to: it has each flag that there ever was."""
    world = World()
    world.backup(0)
    old = world.backup(20)
    world.put(NOW - timedelta(days=20), {old.flag("RUNNING").key: b""})

    world.retain()

    assert not world.keys(old)


@pytest.mark.parametrize("look", [pytest.param(b'{"format": 2}', id="a newer version's"), pytest.param(b"{", id="one that was cut short")])
def test_a_good_one_whose_last_look_cannot_be_read_stays(look: bytes) -> None:
    world = World()
    world.backup(0)
    world.store.put(world.backup(9).verification, look)

    decision = world.forget()

    assert not decision.forget and decision.keep[1].why.startswith("delete it by hand if it is of no use: verification.json ")


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidObjectState"])
def test_one_that_is_closed_to_us_stays_and_what_it_may_stand_on(code: str) -> None:
    """InvalidObjectState: a rule of the bucket has laid it away."""
    world = World()
    world.backup(0)
    base, closed = world.backup(30), world.backup(9)
    world.backup(5)
    world.s3.closed = {closed.verdict.key: code, closed.plan.key: code}

    decision = world.forget()

    assert [chosen.entry.uri[-19:] for chosen in decision.forget] == ["2026/11/18/12_00.00"]
    assert decision.keep[1].why == f"delete it by hand if it is of no use: it may not be read ({code})"
    assert decision.keep[2].entry.uri == str(base.uri) and decision.keep[2].why == "2026-11-14 12:00:00 may stand on it, which nobody can read"


def test_several_prefixes_in_one_folder_do_not_push_one_another_out() -> None:
    world = World()
    other = world.backup(0)
    world.judge(other, prefix="PROD_EU_")
    newest, old = world.backup(1), world.backup(2)
    killed = world.begin(0.5)
    world.store.put(killed.plan, documents.encode({"prefix": "PROD_EU_"}))

    assert [chosen.entry.uri for chosen in world.forget().forget] == [str(old.uri)]
    assert world.entry(other).good and world.entry(newest).good


def test_the_newest_one_that_stands_on_nothing_lost_stays_too() -> None:
    world = World()
    whole, base = world.backup(3), world.backup(2)
    world.backup(1, bases=(base,))
    world.judge(base, verdict=Verdict.INVALID)

    decision = world.forget()

    assert not decision.forget
    assert (decision.keep[2].entry.uri, decision.keep[2].why) == (str(whole.uri), "the newest good one that stands on nothing bad")


def test_a_hundred_are_forgotten_with_few_calls_each_sixteen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world, at_a_time = World(), list[int]()
    for hours in range(101):
        world.backup(hours / 24)
    first = calls_of(world, world.decide)  # with a HEAD for each lock

    def each(work: Callable[[Any], Any], items: Iterable[Any], at_once: int = 8) -> list[Any]:
        done = [work(item) for item in items]
        at_a_time.append(min(at_once, len(done)))
        return done

    monkeypatch.setattr(together, "each", each)

    assert calls_of(world, world.forget) - (first - 100) <= 100 * 7 + 7 * 2  # and whether the newest good one still is
    assert at_a_time.count(16) >= 6
