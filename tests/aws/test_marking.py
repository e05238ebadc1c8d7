"""A mark keeps a backup, and brings back one that was forgotten."""

from __future__ import annotations

import pytest

from airflow_dynamodb_emr.aws import marking
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.documents import decode
from airflow_dynamodb_emr.core.forgotten import Forgotten, Mark, Stage
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.errors import BadInput

from .forgettable import APP, NOW, World, begin, of_two, publish

pytestmark = pytest.mark.usefixtures("in_turn")


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


def test_one_that_was_marked_while_its_forgetter_died_is_a_backup_again() -> None:
    world = World()
    world.backup(0)
    old = world.backup(1)
    world.forget()
    world.store.put(old.kept)

    assert [pruned.left for pruned in world.prune()] == ["marked to be kept: it is a backup again"]

    assert world.entry(old).good and world.entry(old).kept and world.prune() == []


def test_what_comes_back_after_it_was_published_anew_has_the_flag_of_what_is_there() -> None:
    world = of_two()
    world.forget()
    publish(world, world.old)
    note = Forgotten(uri=str(world.old.uri), stage=Stage.RETURNING, why="", at=NOW, verdict='{"verdict": "INCOMPLETE"}')
    world.store.put(world.old.forgotten, documents.encode(note))

    world.prune()

    assert world.old.flag("COMPLETE_FAILED").key not in world.s3.objects() and world.entry(world.old).good
