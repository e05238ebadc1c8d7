from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.transfer.raw.copying import Job, Progress
from airflow_dynamodb_emr.transfer.raw.journal import Journal
from airflow_dynamodb_emr.transfer.raw.output import Part
from airflow_dynamodb_emr.transfer.raw.slices import Slice
from tests.transfer.raw.fake_s3 import FakeS3, refusal
from tests.transfer.raw.tables import KEYS

JOB = Job("orders", KEYS, segments=4)
SLICE = Slice("2", 2, 4)
HALF = Progress(SLICE, [Part("data/part-2-0000.json.gz", 1, "e", 2, "s", "c", 3)], '{"id":{"S":"x"}}', 7, 1.5, began="2026-11-23T04:26:00+00:00")
DONE = HALF._replace(divided=[Slice("2.0001", 2, 4, "{}")], done=True)


@pytest.mark.parametrize("progress", [HALF, DONE], ids=["half", "divided"])
def test_whoever_comes_next_goes_on_where_the_last_one_was(fake_s3: FakeS3, progress: Progress) -> None:
    Journal(fake_s3.place(), JOB, "t1").save(progress)

    assert Journal(fake_s3.place(), JOB, "t1").progress(SLICE) == progress


def test_what_was_not_begun_begins_at_its_beginning(fake_s3: FakeS3) -> None:
    Journal(fake_s3.place(), JOB, "t1").save(HALF)

    assert Journal(fake_s3.place(), JOB, "t1").progress(Slice("3", 3, 4)) == Progress(Slice("3", 3, 4))


def test_progress_of_other_bounds_under_the_same_name_is_not_ours(fake_s3: FakeS3) -> None:
    """Two tries have divided one collection, each as it was at the time: the one must not go on with half a range of the other."""
    ours = Slice("2.0000.1", 2, 4, '{"at":{"N":"5"}}', '{"S":"big"}', '{"N":"9"}')
    Journal(fake_s3.place(), JOB, "t1").save(HALF._replace(slice=ours._replace(end='{"N":"8"}')))

    assert Journal(fake_s3.place(), JOB, "t1").progress(ours) == Progress(ours)


@pytest.mark.parametrize(
    ("job", "table_id"),
    [
        pytest.param(JOB._replace(table="users"), "t1", id="another table"),
        pytest.param(JOB, "t2", id="a table made anew"),
        pytest.param(JOB._replace(form="connector"), "t1", id="another form"),
        pytest.param(JOB._replace(segments=8), "t1", id="cut otherwise"),
    ],
)
def test_another_dump_is_refused(fake_s3: FakeS3, job: Job, table_id: str) -> None:
    Journal(fake_s3.place(), JOB, "t1").save(HALF)

    with pytest.raises(BadInput, match=r'another dump was begun here, and is not finished: .*"orders".*\nHINT: name another folder') as raised:
        Journal(fake_s3.place(), job, table_id)
    assert str(raised.value).startswith("s3://backups/night/orders: ")


@pytest.mark.parametrize(
    ("job", "table_id", "taken_up"),
    [
        pytest.param(JOB._replace(segments=8, page_items=9, part_bytes=1, share_bytes=2), "t1", True, id="cut otherwise"),
        pytest.param(JOB._replace(segments=8, form="connector"), "t1", False, id="another form"),
        pytest.param(JOB._replace(segments=8), "t2", False, id="a table made anew"),
        pytest.param(JOB._replace(keys=KEYS._replace(range="")), "t1", False, id="other keys"),
    ],
)
def test_a_table_that_has_grown_since_its_dump_was_begun_is_cut_as_it_was(fake_s3: FakeS3, job: Job, table_id: str, taken_up: bool) -> None:
    Journal(fake_s3.place(), JOB, "t1").save(HALF)

    if taken_up:
        assert Journal(fake_s3.place(), job, table_id, as_begun=True).job == JOB
    else:
        with pytest.raises(BadInput, match="another dump was begun here"):
            Journal(fake_s3.place(), job, table_id, as_begun=True)


def test_where_nothing_was_begun_the_job_is_ours(fake_s3: FakeS3) -> None:
    assert Journal(fake_s3.place(), JOB, "t1", as_begun=True).job == JOB


@pytest.mark.parametrize("data", [b"", b"null", b"{}", b'{"format":2}', b"\xff", b'{"job":{"table":"x","new":1},"table_id":"t1","format":1}'])
@pytest.mark.parametrize("as_begun", [False, True])
def test_what_is_no_journal_is_refused(fake_s3: FakeS3, data: bytes, as_begun: bool) -> None:
    fake_s3.place().put("_progress/job.json", data)

    with pytest.raises(BadInput, match="another dump was begun here"):
        Journal(fake_s3.place(), JOB, "t1", as_begun)


def test_what_is_no_progress_is_refused(fake_s3: FakeS3) -> None:
    Journal(fake_s3.place(), JOB, "t1").save(HALF)
    fake_s3.place().put("_progress/slice-2.json", b'{"slice":[]}')

    with pytest.raises(BadInput, match="s3://backups/night/orders/_progress holds what is no progress of a dump"):
        Journal(fake_s3.place(), JOB, "t1").progress(SLICE)


def test_progress_of_nobody_knows_which_dump_is_not_taken_up(fake_s3: FakeS3) -> None:
    Journal(fake_s3.place(), JOB, "t1").save(HALF)
    fake_s3.place().delete(["_progress/job.json"])

    assert Journal(fake_s3.place(), JOB, "t1").progress(SLICE) == Progress(SLICE)


def test_two_who_begin_at_once_do_not_both_have_the_folder(fake_s3: FakeS3) -> None:
    first, second = Journal(fake_s3.place(), JOB, "t1"), Journal(fake_s3.place(), JOB, "t2")
    first.save(HALF)

    with pytest.raises(BadInput, match="another dump was begun here"):
        second.save(HALF)


def test_several_hands_begin_one_journal(fake_s3: FakeS3) -> None:
    first, second = Journal(fake_s3.place(), JOB, "t1"), Journal(fake_s3.place(), JOB, "t1")
    first.save(HALF)
    second.save(DONE._replace(slice=Slice("3", 3, 4)))

    assert sorted(fake_s3.place().names("_progress")) == ["_progress/job.json", "_progress/slice-2.json", "_progress/slice-3.json"]


def test_a_small_table_has_no_journal(fake_s3: FakeS3) -> None:
    journal = Journal(fake_s3.place(), JOB._replace(segments=1), "t1")

    journal.save(DONE._replace(slice=Slice("0"), divided=[]))
    journal.clear()

    assert not fake_s3.objects


@pytest.mark.parametrize("progress", [HALF._replace(slice=Slice("0")), DONE._replace(slice=Slice("0"))], ids=["several parts", "divided"])
def test_a_table_of_one_segment_has_one_where_it_is_large(fake_s3: FakeS3, progress: Progress) -> None:
    Journal(fake_s3.place(), JOB._replace(segments=1), "t1").save(progress)

    assert "night/orders/_progress/slice-0.json" in fake_s3.objects


def test_nothing_is_left_of_it_in_the_end(fake_s3: FakeS3) -> None:
    journal = Journal(fake_s3.place(), JOB, "t1")
    journal.save(HALF)

    journal.clear()

    assert not fake_s3.objects


def test_a_dump_is_no_less_finished_where_its_journal_cannot_be_deleted(fake_s3: FakeS3, caplog: pytest.LogCaptureFixture) -> None:
    journal = Journal(fake_s3.place(), JOB, "t1")
    journal.save(HALF)

    def deny(call: str, _: Any) -> None:
        if call == "delete_objects":
            raise refusal("AccessDenied")

    fake_s3.before = deny
    with caplog.at_level(logging.WARNING):
        journal.clear()

    assert "_progress stays: " in caplog.text


def test_the_journal_says_which_format_it_is_in(fake_s3: FakeS3) -> None:
    Journal(fake_s3.place(), JOB, "t1").save(HALF)

    assert json.loads(fake_s3.objects["night/orders/_progress/job.json"])["format"] == 1
