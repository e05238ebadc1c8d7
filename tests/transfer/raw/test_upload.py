from __future__ import annotations

import hashlib
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.raw import upload
from airflow_dynamodb_emr.transfer.raw.upload import Upload
from tests.transfer.raw.fake_s3 import BUCKET, FakeS3, refusal

DATA = bytes(range(256)) * 10


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "PIECE_BYTES", 1000)


def written(s3: FakeS3, data: bytes = DATA, step: int = 300) -> Upload:
    made = Upload(s3, BUCKET, "x")
    for at in range(0, len(data), step):
        made.write(data[at : at + step])
    return made


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1200, 2400, 2560])
def test_what_is_written_is_there_once_it_is_closed(fake_s3: FakeS3, size: int) -> None:
    made = written(fake_s3, DATA[:size])
    assert not fake_s3.objects

    made.close()

    assert fake_s3.objects == {"x": DATA[:size]} and not fake_s3.uploads
    assert (made.bytes, made.sha256, made.etag) == (size, hashlib.sha256(DATA[:size]).hexdigest(), fake_s3.etags["x"])


def test_pieces_are_as_large_as_they_shall_be_and_one_is_in_memory(fake_s3: FakeS3) -> None:
    made = written(fake_s3)

    ((_, pieces),) = fake_s3.uploads.values()
    assert [len(piece) for piece in pieces.values()] == [1000, 1000]
    assert made._filled == len(DATA) - 2000


def test_s3_checks_every_piece(fake_s3: FakeS3) -> None:
    told: list[bool] = []
    fake_s3.before = lambda call, asked: told.append("ChecksumCRC32" in asked) if call in ("put_object", "upload_part") else None

    written(fake_s3).close()
    written(fake_s3, b"x").close()

    assert told == [True] * 4


@pytest.mark.parametrize("failing", ["create_multipart_upload", "upload_part", "complete_multipart_upload", "put_object"])
def test_what_s3_refuses_is_an_error_and_nothing_is_left_of_it(fake_s3: FakeS3, failing: str) -> None:
    def deny(call: str, _: Any) -> None:
        if call == failing:
            raise refusal("AccessDenied")

    fake_s3.before = deny
    made = Upload(fake_s3, BUCKET, "x")

    with pytest.raises(CopyFailed, match=r"s3://backups/x could not be written: .*AccessDenied") as raised:
        made.write(DATA[: 500 if failing == "put_object" else None])
        made.close()
    made.abort()

    assert raised.value.hint.startswith("allow s3:PutObject")
    assert not fake_s3.objects and not fake_s3.uploads


def test_an_upload_that_is_aborted_is_nowhere(fake_s3: FakeS3) -> None:
    made = written(fake_s3)

    made.abort()

    assert not fake_s3.objects and not fake_s3.uploads


def test_what_is_closed_is_not_aborted(fake_s3: FakeS3) -> None:
    made = written(fake_s3)
    made.close()

    made.abort()

    assert fake_s3.objects == {"x": DATA}
    assert "abort_multipart_upload" not in [call for call, _ in fake_s3.calls]


def test_where_even_aborting_is_refused_the_first_error_is_what_counts(fake_s3: FakeS3, caplog: pytest.LogCaptureFixture) -> None:
    made = written(fake_s3)
    fake_s3.before = lambda *_: (_ for _ in ()).throw(refusal("AccessDenied"))

    made.abort()

    assert "s3://backups/x: an upload of 2560 bytes could not be aborted" in caplog.text


def lost(call: str, _: Any) -> None:
    if call == "complete_multipart_upload":
        raise ReadTimeoutError(endpoint_url="http://x")


def test_an_upload_that_was_completed_without_an_answer_is_complete(fake_s3: FakeS3) -> None:
    made = written(fake_s3)
    fake_s3.after = lost

    made.close()
    made.abort()

    assert fake_s3.objects == {"x": DATA}
    assert made.etag == fake_s3.etags["x"]


@pytest.mark.parametrize("there", [pytest.param(None, id="nothing"), pytest.param(b"another", id="another object")])
def test_an_upload_that_was_not_completed_is_none_whatever_is_there(fake_s3: FakeS3, there: bytes | None) -> None:
    if there:
        fake_s3.put_object(Bucket=BUCKET, Key="x", Body=there)
    made = written(fake_s3)
    fake_s3.before = lost

    with pytest.raises(CopyFailed, match="could not be written"):
        made.close()
    made.abort()

    assert fake_s3.objects == ({"x": there} if there else {}) and not fake_s3.uploads


def test_an_object_that_must_not_become_one_does_not(fake_s3: FakeS3) -> None:
    def refuse() -> None:
        raise CopyFailed("finished by another")

    for data in (DATA, b"x"):
        made = Upload(fake_s3, BUCKET, "x", refuse)
        made.write(data)
        with pytest.raises(CopyFailed, match="finished by another"):
            made.close()
        made.abort()

    assert not fake_s3.objects and not fake_s3.uploads
