"""Forget and prune against whatever may come between two of their calls: death, a second run, a restore, a mark, a run that publishes anew."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import catalogue, forgetting, marking, pruning, together
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.decision import Policy
from airflow_dynamodb_emr.core.keeping import Keep
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BackupIncomplete, BadInput

from .forgettable import NOW, READER, World, begin, calls_of, of_two, publish, reads

pytestmark = pytest.mark.usefixtures("in_turn")

FAILED_ONE = Entry(uri="", prefix="PROD_", region="eu-west-1", time=NOW, verdict=Verdict.INCOMPLETE, tables=1, items=0, bytes=0)
MODES = [pytest.param(False, id="plain bucket"), pytest.param(True, id="versioned bucket")]


def test_whoever_dies_while_one_comes_back_leaves_it_whole_or_forgotten() -> None:
    for when in ("before", "after"):
        for number in count():
            world = of_two()
            world.forget()
            killed = world.killed_at(number, when, lambda world=world: marking.mark(world.store, world.old, "", NOW))  # type: ignore[misc]

            world.refuse_whole_looking_remains()
            world.prune()
            world.refuse_whole_looking_remains()
            if not killed:
                break
            if world.keys(world.old):
                marking.mark(world.store, world.old, "", NOW)
                world.prune()
                assert world.old.flag("COMPLETE_FAILED").key in world.s3.objects()
                assert world.entry(world.old).kept and world.old.forgotten.key not in world.s3.objects()
    assert number > 3


@pytest.mark.parametrize("when", ["before", "half way", "after"])
@pytest.mark.parametrize("versioned", MODES)
def test_whoever_dies_at_any_call_leaves_nothing_that_looks_whole_and_the_next_goes_on(versioned: bool, when: str) -> None:
    for number in count():
        world = World(versioned=versioned)
        new, old = world.backup(0), world.backup(1)

        killed = world.killed_at(number, when, world.retain)

        world.refuse_whole_looking_remains()
        world.retain()
        assert not world.keys(old) and world.entry(new).good, number
        assert not [key for key, found in world.s3.keys.items() if found and key.startswith(old.uri.key)], "versions and all"
        if not killed:
            break
    assert number > 30


def test_whoever_prunes_what_a_dead_one_has_half_forgotten_may_die_too() -> None:
    """A flag is left, or a verdict that a run has published among the remains before it died."""
    for number in count():
        world = World()
        world.backup(0)
        old = world.backup(1)
        verdict = world.store.read(old.verdict)
        world.forget()
        begin(world, old)
        assert verdict
        world.store.put(old.verdict, verdict)
        world.store.put(old.flag("COMPLETE_SUCCESS"))
        assert world.forget().keep[1].why == "its data is being deleted"

        killed = world.killed_at(number, "half way", world.prune)

        world.refuse_whole_looking_remains()
        world.prune()
        assert not world.keys(old)
        if not killed:
            break


def test_a_call_that_is_made_twice_changes_nothing() -> None:
    """Its first answer was lost, and botocore asked again."""
    for number in count():
        world = World()
        new, old = world.backup(0), world.backup(1)
        world.s3.twice = world.s3.calls + number
        world.retain()
        assert not world.keys(old) and world.entry(new).good, number
        if world.s3.calls < world.s3.twice:
            break


def at_every_call(make: Callable[[], World], first: Callable[[World], object], second: Callable[[World], object]) -> list[World]:
    """The second is done between each two calls of the first."""
    worlds: list[World] = []
    for number in count():
        world = make()
        done: list[bool] = []
        world.at_call(number, lambda world=world, done=done: done.append(bool(second(world)) or True))  # type: ignore[misc]
        first(world)
        world.s3.before = lambda _: None
        worlds.append(world)
        if not done:
            return worlds
    raise AssertionError  # count() has no end


def quiet(do: Callable[[World], object], *errors: type[Exception]) -> Callable[[World], object]:
    def done(world: World) -> object:
        try:
            return do(world)
        except errors:
            return None

    return done


RETAIN: Callable[[World], object] = lambda world: world.retain()  # noqa: E731
KEEP_TWO = Policy(keep=Keep(last=2))
OTHERS = {
    "a second run": RETAIN,
    "a mark": quiet(lambda world: marking.mark(world.store, world.old, "why", NOW), BadInput),
    "a run that publishes anew": quiet(lambda world: publish(world, world.old), BackupIncomplete),
    "a restore": lambda world: reads(world, world.old),
}


@pytest.mark.parametrize("what", OTHERS)
def test_at_whatever_call_somebody_comes_between_nothing_that_looks_whole_is_left(what: str) -> None:
    for world in [*at_every_call(of_two, RETAIN, OTHERS[what]), *at_every_call(of_two, OTHERS[what], RETAIN)]:
        world.refuse_whole_looking_remains()
        assert world.entry(world.new).good
        world.retain()
        gone, kept = not world.keys(world.old), world.whole[str(world.old.uri)] <= set(world.s3.objects())
        assert gone or kept, world.keys(world.old)


def test_what_is_published_anew_and_kept_by_the_policy_stays_a_backup() -> None:
    def publishes(world: World) -> None:
        published.append(publish(world, world.old))

    published: list[bool] = []
    retains: Callable[[World], object] = lambda world: world.retain(KEEP_TWO)  # noqa: E731
    anew = quiet(publishes, BackupIncomplete)
    for first, second in ((retains, anew), (anew, retains)):
        for world in at_every_call(of_two, first, second):
            found = catalogue.entry(world.store, world.old)
            assert not world.keys(world.old) or (found and found.good), world.keys(world.old)
    assert True in published


def test_a_restore_that_comes_while_it_is_being_forgotten_has_it_back() -> None:
    def asks(world: World) -> None:
        world.may_read = reads(world, world.old)

    asked = at_every_call(of_two, lambda world: world.forget(), asks)

    assert {world.may_read for world in asked} == {True, False}
    for world in asked:
        assert world.may_read == (catalogue.entry(world.store, world.old) is not None)


def test_a_restore_that_was_not_refused_finds_all_its_data_whatever_the_order_of_calls() -> None:
    """Its mark and its look at the verdict, each between any two calls of forgetting and pruning."""
    total = calls_of(world := of_two(), lambda: let_go(world))

    outcomes = {may_read(first, second) for first in range(total + 1) for second in range(first, total + 1)}

    assert outcomes == {True, False}


def let_go(world: World) -> None:
    forgetting.forget(world.store, structs.replace(FAILED_ONE, uri=str(world.old.uri)), "", NOW)
    pruning.prune(world.store, world.old, NOW)


def may_read(first: int, second: int) -> bool:
    world, number, may = of_two(), count(), list[bool]()
    steps: dict[int, list[Callable[[], object]]] = {first: [lambda: world.store.put(world.old.readers / "r", documents.encode(READER))]}
    steps.setdefault(second, []).append(lambda: may.append(world.store.size(world.old.verdict) is not None))

    def before(_: str) -> None:
        ours, world.s3.before = world.s3.before, lambda _: None
        for step in steps.pop(next(number), []):
            step()
        world.s3.before = ours

    world.s3.before = before
    let_go(world)
    world.s3.before = lambda _: None
    for left in sorted(steps):
        for step in steps[left]:
            step()
    let_go(world)
    assert not may[0] or world.whole[str(world.old.uri)] <= set(world.s3.objects()), (first, second)
    return may[0]


def test_whoever_dies_while_a_chain_is_forgotten_leaves_no_increment_without_its_base(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is done at a time may come in any order: here the oldest first."""
    monkeypatch.setattr(together, "each", lambda work, items, *_: [work(item) for item in list(items)[::-1]][::-1])
    for number in count():
        world = World()
        base = world.backup(9)
        middle = world.backup(8, bases=(base,))
        top = world.backup(7, bases=(middle,))
        world.backup(0)

        killed = world.killed_at(number, "before", world.forget)

        there = [catalogue.entry(world.store, each) is not None for each in (top, middle, base)]
        assert there == sorted(there), (number, there)
        if not killed:
            break
    assert there == [False, False, False] and number > 20


@pytest.mark.parametrize("code", ["SlowDown", "AccessDenied", "InvalidObjectState"])
def test_whatever_call_is_refused_once_the_newest_good_one_stays_and_nothing_looks_whole_that_is_not(code: str) -> None:
    for number in count():
        world = World()
        new, marked = world.backup(0), world.backup(3)
        base = world.backup(2)
        top = world.backup(1, bases=(base,))
        marking.mark(world.store, marked, "", NOW)
        refused = refuse_once(world, number, code)

        quiet(lambda world: world.retain(), ClientError)(world)
        world.s3.before = lambda _: None

        world.refuse_whole_looking_remains()
        assert world.entry(new).good and world.entry(marked).kept and (catalogue.entry(world.store, top) is None or world.entry(base).good), number
        world.retain()
        assert not world.keys(base) and not world.keys(top)
        if not refused:
            break
    assert number > 30


def refuse_once(world: World, number: int, code: str) -> list[str]:
    left, refused = count(), list[str]()

    def before(operation: str) -> None:
        if next(left) == number:
            refused.append(operation)
            raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 503}}, operation)  # type: ignore[typeddict-item]

    world.s3.before = before
    return refused
