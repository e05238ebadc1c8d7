"""Forget and prune against whatever may come between two of their calls: death, a second run, a restore, a mark, a run that publishes anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import catalogue, forgetting, marking, pruning, publishing, readers, together
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.documents import decode
from airflow_dynamodb_emr.core.forgotten import LONGEST_READ, Forgotten, Mark, Reader, Stage
from airflow_dynamodb_emr.core.keeping import Keep
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.restore import Restore
from airflow_dynamodb_emr.core.retention import Policy
from airflow_dynamodb_emr.core.verdict import Backup, Verdict
from airflow_dynamodb_emr.errors import BackupIncomplete, BadInput, DataDamaged
from tests.core import makers

from .forgettable import APP, NOW, World

READER = Reader(run="dynamodb_restore/r", at=NOW, result="s3://backups/dynamodb/restores/r/restore.json")
FAILED_ONE = Entry(uri="", prefix="PROD_", region="eu-west-1", time=NOW, verdict=Verdict.INCOMPLETE, tables=1, items=0, bytes=0)
MODES = [pytest.param(False, id="plain bucket"), pytest.param(True, id="versioned bucket")]


@pytest.fixture(autouse=True)
def in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls come in one order, whoever dies or comes between; and thousands of threads would take longer than all the rest."""
    monkeypatch.setattr(together, "each", lambda work, items, *_: [work(item) for item in items])
    monkeypatch.setattr(together, "ahead", lambda work, items, *_: map(work, items))


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
    assert known and pruning._begin(world.store, folder, known)


def test_forgetting_takes_the_verdict_and_no_data_and_pruning_the_rest() -> None:
    world = World()
    new, old = world.backup(0), world.backup(1)
    data = world.keys(old)

    decision = world.forget()

    assert [chosen.entry.uri for chosen in decision.forget] == [str(old.uri)]
    assert world.keys(old) == sorted([*set(data) - {"backup.json", "BACKUP_COMPLETE_SUCCESS"}, "forgotten.json"])
    [pruned] = world.prune()
    assert (pruned.uri, pruned.objects, pruned.left) == (str(old.uri), 5, "") and pruned.bytes > 0
    assert not world.keys(old) and world.entry(new).good


def test_a_dry_run_touches_nothing() -> None:
    world = World()
    world.backup(0)
    old = world.backup(1)
    world.forget()
    world.backup(-1)
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
    top = world.backup(0, bases=(middle,))

    assert not world.forget().forget

    newest = world.backup(-1)
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


def calls_of(world: World, do: Callable[[], object]) -> int:
    before = world.s3.calls
    do()
    return world.s3.calls - before


def test_one_that_nobody_got_round_to_forgetting_is_a_backup_like_any_other() -> None:
    """Whoever was to do it could not go on before the verdict was gone, and now the policy keeps it."""
    world = World()
    world.backup(0)
    old = world.backup(1)
    world.s3.denied.add("DeleteObject")
    with pytest.raises(ClientError):
        world.forget()
    assert old.forgotten.key in world.s3.objects()
    world.s3.denied.clear()

    assert world.prune() == [] and world.entry(old).good

    world.retain()
    assert not world.keys(old)


def test_a_restore_holds_it_until_it_has_ended_well() -> None:
    world = World()
    world.backup(0)
    old = world.backup(1)
    assert reads(world, old)

    assert [chosen.why for chosen in world.forget().keep] == ["the newest good one; last", "dynamodb_restore/r reads it, since 2026-11-23 12:00 UTC"]

    told = Restore(verdict=Verdict.INCOMPLETE, run="r", backup=str(old.uri), uri="", ended=NOW, loaded=[], missing={}, raised=[])
    world.store.put(S3Uri.parse(READER.result), documents.encode(told))
    assert not world.forget().forget, "it can be cleared, and reads again"
    world.store.put(S3Uri.parse(READER.result), documents.encode(structs.replace(told, verdict=Verdict.VALID)))
    assert len(world.forget().forget) == 1


def test_a_reader_that_has_died_holds_it_for_some_days() -> None:
    world = World()
    world.backup(0)
    assert reads(world, world.backup(1))

    assert not world.forget(now=NOW + LONGEST_READ).forget
    assert len(world.forget(now=NOW + LONGEST_READ + timedelta(minutes=1)).forget) == 1


def test_a_reader_of_nobody_knows_whom_counts() -> None:
    world = World()
    world.backup(0)
    old = world.backup(1)
    world.store.put(old.readers / "somebody", b"")

    assert world.forget().keep[1].why == f"{old.readers}/somebody reads it"


def test_where_a_reader_may_not_write_it_says_so_and_reads(caplog: pytest.LogCaptureFixture) -> None:
    world = World(denied={"PutObject"})
    world.s3.denied.clear()
    old = world.backup(1)
    world.s3.denied.add("PutObject")

    assert reads(world, old)

    assert "retention cannot know that it is being read" in caplog.text


def test_one_that_was_forgotten_comes_back_as_it_was_when_it_is_marked() -> None:
    world = World()
    world.backup(0)
    old = world.backup(1)
    before = world.s3.objects()
    world.forget()

    assert marking.mark(world.store, old, "why", NOW)

    kept = world.s3.objects()
    assert decode(kept.pop(old.kept.key), Mark, "").why == "why" and kept == before
    assert not world.forget().forget
    assert marking.unmark(world.store, old) and not marking.unmark(world.store, old)
    assert len(world.forget().forget) == 1


def test_what_is_being_deleted_cannot_be_marked() -> None:
    world = World()
    world.backup(0)
    old = world.backup(1)
    world.forget()
    begin(world, old)

    with pytest.raises(BadInput, match="its data is being deleted"):
        marking.mark(world.store, old, "why", NOW)

    assert old.kept.key not in world.s3.objects()
    with pytest.raises(BadInput, match="holds no backup"):
        marking.mark(world.store, Folder(APP / "2026/01/01/00_00.00"), "why", NOW)


def test_what_comes_when_its_data_is_being_deleted_does_not_keep_the_remains() -> None:
    """As a mark whose maker died before it was told, and the flag of a run that was cleared."""
    world = World()
    world.backup(0)
    old = world.backup(1)
    world.forget()
    begin(world, old)
    world.store.put(old.kept)
    world.store.put(old.flag("RUNNING"))

    world.prune()

    assert not world.keys(old)


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


def test_a_run_that_publishes_anew_makes_it_a_backup_again() -> None:
    world = World()
    world.backup(0)
    failed = world.backup(9, Verdict.INCOMPLETE)
    world.forget()

    publish(world, failed)

    assert world.entry(failed).good and failed.forgotten.key not in world.s3.objects()
    assert world.prune() == []


def test_what_a_run_publishes_among_remains_is_taken_back() -> None:
    world = World()
    world.backup(0)
    failed = world.backup(9, Verdict.INCOMPLETE)
    world.forget()
    begin(world, failed)

    with pytest.raises(BackupIncomplete, match="is deleted by retention"):
        publish(world, failed)

    assert catalogue.entry(world.store, failed) is None
    world.prune()
    assert not world.keys(failed)


def test_of_what_is_pruned_a_cleared_run_cannot_publish_anything_good() -> None:
    world = World()
    world.backup(0)
    old = world.backup(1)
    world.retain()
    plan = structs.replace(makers.plan(), folder=str(old.uri))

    with pytest.raises(BackupIncomplete, match="is deleted by retention"):
        publishing.publish(world.store, plan, makers.backup(makers.judged(verdict=Verdict.INCOMPLETE)), [], 1.0)

    assert not world.keys(old)


def publish(world: World, folder: Folder) -> bool:
    """All of it was dumped anew, if it is still there when the run judges."""
    if world.store.size(folder.manifest("orders")) is None:
        return False
    judged = structs.replace(makers.backup(makers.judged()), uri=str(folder.uri), time=folder.time, stands_on=[])
    publishing.publish(world.store, structs.replace(makers.plan(), folder=str(folder.uri)), judged, [makers.manifest()], 1.0)
    return True


@pytest.mark.parametrize(
    ("note", "why"),
    [
        pytest.param(b"{}", "is no Forgotten", id="not one of ours"),
        pytest.param(
            documents.encode(Forgotten(uri=f"{APP}/2026/01/01/00_00.00", stage=Stage.PRUNING, why="", at=NOW)),
            "is of s3://backups/dynamodb/eu-west-1/PROD_/2026/01/01/00_00.00",
            id="another backup's",
        ),
    ],
)
def test_a_folder_whose_note_is_not_its_own_is_left_alone(note: bytes, why: str) -> None:
    world = World()
    folder = Folder(APP / "2026/02/02/00_00.00")
    world.store.put(folder.forgotten, note)
    world.store.put(folder.uri / "precious", b"data")

    [pruned] = world.prune()

    assert why in pruned.left and pruned.failed and world.keys(folder) == ["forgotten.json", "precious"]

    world.backup(0)
    old = world.backup(1)
    world.store.put(old.forgotten, note)
    assert why in world.forget().keep[1].why and world.entry(old).good


def test_a_copy_of_what_was_forgotten_is_pruned_where_it_lies() -> None:
    world = World()
    folder = Folder(APP / "2026/02/02/00_00.00")
    note = Forgotten(uri="s3://another-bucket/b/eu-west-1/PROD_/2026/02/02/00_00.00", stage=Stage.FORGOTTEN, why="", at=NOW)
    world.store.put(folder.forgotten, documents.encode(note))

    assert [pruned.left for pruned in world.prune()] == [""] and not world.keys(folder)


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


def of_two() -> World:
    world = World()
    world.new, world.old = world.backup(0), world.backup(9, Verdict.INCOMPLETE)
    return world


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
