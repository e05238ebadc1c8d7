from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ParamValidationError, ReadTimeoutError

from airflow_dynamodb_emr.errors import CopyFailed
from tests.transfer.raw.fake_s3 import FakeS3, refusal

UNREACHABLE = EndpointConnectionError(endpoint_url="http://x")


def failing(error: Exception, *calls: str) -> Any:
    def mood(call: str, _: Any) -> None:
        if not calls or call in calls:
            raise error

    return mood


def test_what_is_put_is_read_by_its_name(fake_s3: FakeS3) -> None:
    place = fake_s3.place("a/b")

    assert place.put("x.json", b"1") and place.put("x.json", b"2")

    assert (place.read("x.json"), place.read("y.json")) == (b"2", None)
    assert list(fake_s3.objects) == ["a/b/x.json"]
    assert str(place) == "s3://backups/a/b"


def test_the_whole_bucket_is_a_place(fake_s3: FakeS3) -> None:
    place = fake_s3.place("")

    place.put("data/x", b"1")

    assert list(fake_s3.objects) == list(place.names("data")) == ["data/x"]


def test_names_and_objects_are_those_below_a_folder(fake_s3: FakeS3) -> None:
    place = fake_s3.place()
    for name in ("data/b", "data/a", "database", "manifest.json"):
        place.put(name, b"123")

    assert list(place.names("data")) == ["data/a", "data/b"]
    assert {name: found.bytes for name, found in place.objects("data").items()} == {"data/a": 3, "data/b": 3}


def test_what_is_put_once_is_not_replaced(fake_s3: FakeS3) -> None:
    place = fake_s3.place()

    assert place.put("x", b"1", once=True)
    assert not place.put("x", b"2", once=True)

    assert place.read("x") == b"1"


def test_where_botocore_is_too_old_for_conditions_it_looks_before_it_puts(fake_s3: FakeS3) -> None:
    def too_old(call: str, asked: dict[str, Any]) -> None:
        if "IfNoneMatch" in asked:
            raise ParamValidationError(report='Unknown parameter in input: "IfNoneMatch"')

    fake_s3.before = too_old
    place = fake_s3.place()

    assert place.put("x", b"1", once=True) and place.put("x", b"1", once=True)
    assert not place.put("x", b"2", once=True)
    assert place.read("x") == b"1"


def test_what_is_put_once_and_is_ours_is_put_although_the_answer_was_lost(fake_s3: FakeS3) -> None:
    place = fake_s3.place()
    place.put("x", b"1")  # by a call without an answer: S3 refuses the one that follows it

    assert place.put("x", b"1", once=True)


def test_a_read_that_breaks_off_is_begun_again(fake_s3: FakeS3) -> None:
    place, breaks = fake_s3.place(), [1, 1]
    place.put("x", b"1")

    def mood(*_: Any) -> None:
        if breaks and breaks.pop():
            raise ReadTimeoutError(endpoint_url="http://x")

    fake_s3.after = mood

    assert place.read("x") == b"1"
    fake_s3.after = failing(ReadTimeoutError(endpoint_url="http://x"))
    with pytest.raises(CopyFailed, match="could not be read"):
        place.read("x")


@pytest.mark.parametrize("error", [pytest.param(refusal("AccessDenied"), id="denied"), pytest.param(UNREACHABLE, id="not reachable")])
@pytest.mark.parametrize(
    ("act", "facts"),
    [
        pytest.param(lambda place: place.read("x"), "s3://backups/night/orders/x could not be read: ", id="read"),
        pytest.param(lambda place: place.put("x", b"1"), "s3://backups/night/orders/x could not be written: ", id="put"),
        pytest.param(lambda place: place.put("x", b"1", once=True), "s3://backups/night/orders/x could not be written: ", id="put once"),
        pytest.param(lambda place: list(place.names("data")), "s3://backups/night/orders/data could not be listed: ", id="names"),
        pytest.param(lambda place: place.delete(["x"]), "objects of s3://backups/night/orders could not be deleted: ", id="delete"),
    ],
)
def test_a_bucket_that_refuses_is_named_and_what_helps(fake_s3: FakeS3, act: Any, facts: str, error: Exception) -> None:
    fake_s3.before = failing(error)

    with pytest.raises(CopyFailed) as raised:
        act(fake_s3.place())

    assert raised.value.facts.startswith(facts) and raised.value.hint


@pytest.mark.parametrize(
    ("code", "hint"), [("ExpiredToken", "use credentials that renew themselves"), ("NoSuchBucket", "name a bucket that is there")]
)
def test_the_hint_is_for_what_went_wrong(fake_s3: FakeS3, code: str, hint: str) -> None:
    fake_s3.before = failing(refusal(code))

    with pytest.raises(CopyFailed) as raised:
        fake_s3.place().put("x", b"")

    assert raised.value.hint.startswith(hint)


def test_many_objects_are_deleted_by_calls_of_a_thousand(fake_s3: FakeS3) -> None:
    place = fake_s3.place()
    names = [f"data/{n}" for n in range(2500)]
    fake_s3.objects |= {place.at(name): b"" for name in [*names, "other"]}

    place.delete(names)

    assert list(fake_s3.objects) == [place.at("other")]
    assert [call for call, _ in fake_s3.calls] == ["delete_objects"] * 3


def test_an_object_that_is_not_deleted_is_named(fake_s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake_s3, "_delete_objects", lambda _: {"Errors": [{"Key": "night/orders/x", "Code": "AccessDenied"}]})

    with pytest.raises(CopyFailed, match="s3://backups/night/orders/x could not be deleted: AccessDenied\nHINT: allow s3:DeleteObject"):
        fake_s3.place().delete(["x"])


def test_uploads_that_nobody_ended_are_dropped_in_one_folder(fake_s3: FakeS3) -> None:
    place = fake_s3.place()
    for key in ("night/orders/data/a", "night/orders/data/b", "night/orders2/data/a"):
        fake_s3.create_multipart_upload(Bucket="backups", Key=key)

    place.drop_uploads("data")

    assert [key for key, _ in fake_s3.uploads.values()] == ["night/orders2/data/a"]


def test_where_uploads_may_not_be_listed_they_stay(fake_s3: FakeS3, caplog: pytest.LogCaptureFixture) -> None:
    fake_s3.before = failing(refusal("AccessDenied"), "list_multipart_uploads")

    fake_s3.place().drop_uploads("data")

    assert "are left to the bucket's lifecycle" in caplog.text
