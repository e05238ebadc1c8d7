"""A look at a backup while S3 fails, and while others write to the same backup: it ends in an error or in what is true, never in anything else."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.response import StreamingBody
from msgspec import structs
from urllib3.exceptions import ProtocolError

from airflow_dynamodb_emr.aws import backups, verifications
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.errors import BadInput, CopyFailed
from tests.transfer.raw.fake_s3 import refusal

from .damages import INCOMPLETE, INVALID, UNVERIFIED, VALID, bad, rotten, words
from .fabricated import COPIED, LATER, PLAIN, Fabricated

Fail = Callable[[str], None]


def throttled(operation: str) -> None:
    raise refusal("SlowDown", operation)


def denied(operation: str) -> None:
    raise refusal("AccessDenied", operation)


def unreachable(_: str) -> None:
    raise EndpointConnectionError(endpoint_url="https://s3")


def lost(operation: str) -> None:
    """S3 knows what it has: it does not contradict itself for long."""
    raise refusal("NoSuchKey", operation)


def calls(made: Fabricated, deep: bool) -> int:
    made.s3.calls = []
    assert made.look(deep).verdict is VALID
    return len(made.s3.calls)


def failing(made: Fabricated, fail: Fail, first: int, last: int) -> None:
    """The calls of these numbers, from 0."""
    numbers = count()
    made.s3.before = lambda operation, _: fail(operation) if first <= next(numbers) <= last else None


@pytest.mark.parametrize("fail", [throttled, denied, unreachable, lost])
@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
def test_whichever_call_fails_nothing_wrong_is_said(made: Fabricated, fail: Fail, deep: bool) -> None:
    for number in range(calls(made, deep)):
        failing(made, fail, number, number)
        try:
            found = made.look(deep)
        except (CopyFailed, BadInput) as error:
            assert str(made.folder.uri) in error.facts and error.hint
            assert isinstance(error, CopyFailed) or number == 0, "that a backup was named wrongly is known by its listing"
        else:
            assert fail is lost and all("is not there" in reason for table in found.tables for reason in words(table)), found


def gone(operation: str) -> None:
    raise refusal("NoSuchBucket", operation)


@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
def test_a_bucket_that_is_deleted_meanwhile_is_no_verdict(made: Fabricated, deep: bool) -> None:
    all_calls = calls(made, deep)

    for number in range(1, all_calls // 2):  # then there is nothing left to ask for what is not there
        failing(made, gone, number, all_calls * 2)
        with pytest.raises(CopyFailed, match="NoSuchBucket"):
            made.look(deep)


@pytest.mark.parametrize("times", [1, 2])
def test_a_connection_that_breaks_within_a_part_is_taken_up(made: Fabricated, times: int) -> None:
    key, broken = (made.folder.uri / made.key(PLAIN)).key, count()
    get = made.s3._get_object

    def breaks(asked: dict[str, Any]) -> dict[str, Any]:
        answer = get(asked)
        if asked["Key"] == key and next(broken) < times:
            answer["Body"] = StreamingBody(Breaking(answer["Body"].read()), 10**6)
        return answer

    made.s3.__dict__["_get_object"] = breaks
    try:
        assert made.look(deep=True).verdict is VALID
    finally:
        del made.s3.__dict__["_get_object"]
    assert next(broken) == times + 1


class Breaking(io.RawIOBase):
    """Gives half of what there is, and then an error of the network's."""

    def __init__(self, data: bytes) -> None:
        self._half: bytes | None = data[: len(data) // 2]

    def read(self, _: int = -1) -> bytes:
        half, self._half = self._half, None
        if half is None:
            raise ProtocolError("lost")
        return half


def meanwhile(made: Fabricated, ending: str, do: Callable[[], object], operation: str = "get_object") -> None:
    """Somebody does that, once, just before an object whose key ends so is asked for."""

    def before(name: str, asked: dict[str, Any]) -> None:
        if name == operation and asked.get("Key", "").endswith(ending):
            made.s3.before = lambda *_: None
            do()

    made.s3.before = before


def taken_away(made: Fabricated) -> dict[str, bytes]:
    """All of one table; returned, so that it can be given back."""
    inside = f"{made.folder.uri.key}/"
    keys = [key.removeprefix(inside) for key in made.s3.objects if key.startswith(inside) and COPIED in key]
    taken = {key: made[key] for key in keys}
    for key in keys:
        del made[key]
    return taken


def test_a_verdict_that_is_written_meanwhile_speaks_of_what_was_not_listed_yet(made: Fabricated) -> None:
    """A failed run was cleared, and goes on."""
    whole = made.verdict
    lost = [structs.replace(each, verdict=INCOMPLETE, reasons=["why"], manifest_sha256="") if each.name == COPIED else each for each in whole.tables]
    made["backup.json"] = documents.encode(structs.replace(whole, verdict=INCOMPLETE, tables=lost))
    taken = taken_away(made)
    assert (made.look().verdict, bad(made.look())) == (INCOMPLETE, [COPIED])

    meanwhile(made, "backup.json", lambda: [made.__setitem__(key, data) for key, data in {**taken, "backup.json": documents.encode(whole)}.items()])

    assert made.look().verdict is VALID


def test_what_is_deleted_meanwhile_is_missing_and_not_damaged(made: Fabricated) -> None:
    key = made.key(COPIED)
    meanwhile(made, key, lambda: made.__delitem__(key))

    found = made.look(deep=True).table(COPIED)

    assert found and (found.verdict, words(found)) == (INCOMPLETE, [f"{key}: it is not there"])


def test_what_is_archived_is_not_damaged_and_cannot_be_told(made: Fabricated) -> None:
    def archived(name: str, asked: dict[str, Any]) -> None:
        if name == "get_object" and asked["Key"].endswith(made_key):
            raise refusal("InvalidObjectState", "GetObject")

    made_key = made.key(COPIED)
    made.s3.before = archived

    found = made.look(deep=True).table(COPIED)

    assert found and (found.verdict, words(found)) == (UNVERIFIED, [f"{made_key}: it is archived: restore the object in S3 first"])


def test_a_part_that_nobody_has_hashed_and_that_changes_meanwhile_is_looked_at_again() -> None:
    made = Fabricated(read_back=-1)
    key = made.key(PLAIN)
    meanwhile(made, key, lambda: made.__setitem__(key, made[key].replace(b"item 1", b"item 8")))

    found = made.look(deep=True).table(PLAIN)

    assert found and found.verdict is UNVERIFIED and "written over while it was looked at" in words(found)[0]


def test_of_two_looks_at_the_same_time_neither_takes_back_what_the_other_has_found(made: Fabricated) -> None:
    shallow = made.look()
    rotten(PLAIN)(made)
    deep = made.look(deep=True, at=LATER + timedelta(minutes=1))

    for first, second in ((deep, shallow), (shallow, deep)):
        made.s3.objects.pop(made.folder.verification.key, None)
        meanwhile(made, "verification.json", lambda first=first: verifications.record(made.store, made.folder, first), "put_object")  # type: ignore[misc]

        held = verifications.record(made.store, made.folder, second)

        assert held == verifications.read(made.store, made.folder) and bad(held) == [PLAIN]


def test_nothing_is_written_down_of_what_retention_deletes(made: Fabricated) -> None:
    found = made.look(deep=True)
    for key in ("backup.json", "BACKUP_COMPLETE_SUCCESS"):
        del made[key]

    assert verifications.record(made.store, made.folder, found) is found
    assert verifications.read(made.store, made.folder) is None


def test_a_backup_that_was_forgotten_and_has_come_back_is_as_good_as_before(made: Fabricated) -> None:
    verdict = made["backup.json"]
    del made["backup.json"]
    made["forgotten.json"] = verdict
    verifications.record(made.store, made.folder, made.look())
    made["backup.json"] = verdict
    del made["forgotten.json"]

    backup = backups.read(made.store, made.folder)

    assert backup and backup.verdict is VALID


def test_damage_is_not_forgotten_when_its_run_publishes_again(made: Fabricated) -> None:
    """Also by a machine whose clock is a day late."""
    rotten(PLAIN)(made)
    verifications.record(made.store, made.folder, made.look(deep=True, at=LATER - timedelta(days=2)))
    made["backup.json"] = documents.encode(structs.replace(made.verdict, ended=LATER))

    backup = backups.read(made.store, made.folder)

    assert backup and backup.verdict is INVALID and list(backup.missing) == [PLAIN] and bad(made.look()) == [PLAIN]


def test_a_record_that_cannot_be_read_is_written_over_by_a_deep_look_alone(made: Fabricated) -> None:
    made["verification.json"] = b"{"
    backup = backups.read(made.store, made.folder)
    assert backup and backup.verdict is UNVERIFIED and "verification.json" in backup.notes[-1]

    verifications.record(made.store, made.folder, made.look())
    assert made["verification.json"] == b"{"

    verifications.record(made.store, made.folder, made.look(deep=True))
    backup = backups.read(made.store, made.folder)
    assert backup and backup.verdict is VALID


def test_a_record_that_is_written_over_for_ever_is_no_endless_wait(made: Fabricated) -> None:
    def taken(name: str, _: dict[str, Any]) -> None:
        if name == "put_object":
            raise refusal("PreconditionFailed")

    found = made.look()
    made.s3.before = taken

    with pytest.raises(CopyFailed, match="is written over again and again"):
        verifications.record(made.store, made.folder, found)
