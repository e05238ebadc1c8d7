"""A backup that is forgotten is none any more, all its data is there, and a run that publishes it anew makes it one again."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from msgspec import structs

from airflow_dynamodb_emr.aws import catalogue, marking, publishing
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.forgotten import Forgotten, Stage
from airflow_dynamodb_emr.core.layout import Folder
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BackupIncomplete, BadInput
from tests.core import makers

from .forgettable import APP, NOW, World, begin, publish

pytestmark = pytest.mark.usefixtures("in_turn")


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


def test_the_note_of_what_is_being_deleted_deletes_nothing_where_it_was_replicated_to() -> None:
    """S3 copies the note, and not the deletions: there the backup is whole, and may be kept for longer."""
    world = World()
    world.backup(0)
    old = world.backup(1)
    note = Forgotten(uri=str(old.uri).replace("s3://backups/", "s3://original/"), stage=Stage.PRUNING, why="", at=NOW)
    world.store.put(old.forgotten, documents.encode(note))

    assert world.prune() == [] and world.entry(old).good

    world.retain()
    assert not world.keys(old), "by its own policy it goes"


def test_a_copy_of_what_was_being_deleted_does_not_come_back() -> None:
    world = World()
    folder = Folder(APP / "2026/02/02/00_00.00")
    note = Forgotten(uri="s3://original/b/eu-west-1/PROD_/2026/02/02/00_00.00", stage=Stage.PRUNING, why="", at=NOW, verdict='{"verdict": "VALID"}')
    world.store.put(folder.forgotten, documents.encode(note))

    with pytest.raises(BadInput, match="its data is being deleted"):
        marking.mark(world.store, folder, "", NOW)
