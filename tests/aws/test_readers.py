"""Who reads a backup holds it: restores, and backups that will stand on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.forgotten import LONGEST_READ
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.restore import Restore
from airflow_dynamodb_emr.core.verdict import Verdict

from .forgettable import NOW, READER, World, reads

pytestmark = pytest.mark.usefixtures("in_turn")


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


def test_a_restore_that_was_cleared_after_it_had_ended_well_holds_it_anew() -> None:
    world = World()
    world.backup(0)
    old = world.backup(1)
    told = Restore(verdict=Verdict.VALID, run="r", backup=str(old.uri), uri="", ended=NOW - timedelta(hours=1), loaded=[], missing={}, raised=[])
    world.store.put(S3Uri.parse(READER.result), documents.encode(told))
    assert reads(world, old)

    assert world.forget().keep[1].why == "dynamodb_restore/r reads it, since 2026-11-23 12:00 UTC"


@pytest.mark.parametrize("result", ["", "nowhere", "s3://backups/dynamodb/restores/gone.json"])
def test_a_reader_that_does_not_say_how_it_ends_counts(result: str) -> None:
    world = World()
    world.backup(0)
    assert reads(world, world.backup(1), structs.replace(READER, result=result))

    assert not world.forget().forget


def test_the_data_of_a_table_that_is_named_readers_is_no_reader() -> None:
    world = World()
    world.backup(0)
    old = world.backup(1)
    world.put(old.time, {(old.data("readers", 1) / "a.gz").key: b"data"})

    world.retain()

    assert not world.keys(old)
