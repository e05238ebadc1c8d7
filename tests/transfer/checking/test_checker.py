from __future__ import annotations

import gzip
import hashlib
import io
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, IncompleteReadError
from botocore.response import StreamingBody

from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.checking import INCREMENT, Checked, Found, check, checker, digests, worker
from airflow_dynamodb_emr.transfer.raw import compression
from airflow_dynamodb_emr.transfer.raw.forms import DYNAMODB_JSON

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DUMP = S3Uri("backups", "night/orders/1")
ID = [KeyAttribute(name="id", type="S")]
TEXT = b'{"id":{"s":"k1"}}\n{"id":{"s":"k2"}}\n'
MORE = b'{"id":{"s":"k3"}}\n'
BLANK_AT_THE_END = gzip.compress(MORE) + b"\0" * 600


def put(s3: S3Client, **parts: bytes) -> None:
    for key, body in parts.items():
        s3.put_object(Bucket=DUMP.bucket, Key=(DUMP / key).key, Body=body)


def found(s3: Any, *keys: str, attributes: list[KeyAttribute] = ID, **how: Any) -> Found:
    return check(s3, DUMP, keys, attributes, **how)


def one(s3: S3Client, body: bytes, **how: Any) -> Checked:
    put(s3, x=body)
    return found(s3, "x", **how).parts[0]


def test_a_good_part_is_counted_and_hashed_as_it_is_stored_and_as_it_is_unpacked(s3: S3Client) -> None:
    body = gzip.compress(TEXT)

    assert one(s3, body) == Checked(
        key="x",
        bytes=len(body),
        etag=hashlib.md5(body).hexdigest(),
        items=2,
        sha256=hashlib.sha256(body).hexdigest(),
        md5=hashlib.md5(body).hexdigest(),
        content_sha256=hashlib.sha256(TEXT).hexdigest(),
        content_bytes=len(TEXT),
    )


def test_hashes_that_nobody_wants_are_not_made(s3: S3Client) -> None:
    part = one(s3, TEXT, md5=False, content=False)

    assert (part.md5, part.content_sha256, part.sha256) == ("", "", hashlib.sha256(TEXT).hexdigest())


@pytest.mark.parametrize(
    ("body", "items", "blank_lines", "loads"),
    [
        pytest.param(b"", 0, 0, True, id="empty"),
        pytest.param(gzip.compress(b""), 0, 0, True, id="empty, packed"),
        pytest.param(TEXT.rstrip(), 2, 0, True, id="no newline at the end"),
        pytest.param(gzip.compress(TEXT) + BLANK_AT_THE_END, 3, 0, True, id="gzip in two members, and zeros"),
        pytest.param(b"\n" + TEXT + b" \n", 2, 2, False, id="blank lines"),
        pytest.param(TEXT + b'{"id":{"s":"k3"},"l":{"l":[]}}\n' + b'{"id":{"s":"k4"}}\n', 4, 0, False, id="an empty list"),
        pytest.param(b'{"Item":{"id":{"S":"k1"}}}\n', 1, 0, False, id="DynamoDB JSON"),
    ],
)
def test_what_a_part_holds(s3: S3Client, body: bytes, items: int, blank_lines: int, loads: bool) -> None:
    part = one(s3, body)

    assert (part.items, part.blank_lines, part.connector_can_load, part.reasons) == (items, blank_lines, loads, [])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(gzip.compress(TEXT)[:-9], "it is no whole gzip file: it is cut short", id="cut short"),
        pytest.param(gzip.compress(TEXT)[:12] + b"\xff" * 9, "it is no whole gzip file: ", id="damaged inside"),
        pytest.param(gzip.compress(TEXT) + b"garbage", "it is no whole gzip file: ", id="something behind it"),
        pytest.param(TEXT + b'{"id":', "line 3: this line is no JSON: ", id="half a line"),
        pytest.param(
            TEXT + b'{"id":{"n":"1"}}', "line 3: this line is no item: its key attribute 'id' is of type N, expected S", id="key of another type"
        ),
        pytest.param(b'{"x":{"s":"k1"}}\n' + TEXT, "line 1: this line is no item: it lacks the key attribute 'id'", id="no key"),
        pytest.param(TEXT + b'{"id":{"s":""}}', "line 3: this line is no item: its key attribute 'id' is empty", id="empty key"),
    ],
)
def test_what_is_wrong_is_a_reason_of_the_part(s3: S3Client, body: bytes, reason: str) -> None:
    part = one(s3, body)

    assert len(part.reasons) == 1 and part.reasons[0].startswith(reason)
    assert part.sha256 == hashlib.sha256(body).hexdigest() and part.bytes == len(body)


def test_what_is_behind_the_damage_is_hashed_too(s3: S3Client) -> None:
    body = gzip.compress(TEXT)[:20] + bytes(range(256)) * 2_000

    part = one(s3, body)

    assert part.reasons and (part.bytes, part.sha256) == (len(body), hashlib.sha256(body).hexdigest())


@pytest.mark.parametrize("lines", [1, 7, 3_855, 100_000])
@pytest.mark.parametrize("fast", [True, False], ids=["isal", "zlib"])
def test_a_part_that_packs_very_well_is_read_to_its_end(s3: S3Client, monkeypatch: pytest.MonkeyPatch, fast: bool, lines: int) -> None:
    if not fast:
        monkeypatch.setattr(compression, "fast", None)
    part = one(s3, gzip.compress(MORE * lines, 9))

    assert (part.items, part.reasons) == (lines, [])


def test_a_flipped_bit_in_the_checksum_of_gzip_is_found(s3: S3Client) -> None:
    body = bytearray(gzip.compress(TEXT))
    body[-8] ^= 1

    assert one(s3, bytes(body)).reasons[0].startswith("it is no whole gzip file")


def test_a_few_damaged_lines_are_told_of_and_the_others_counted(s3: S3Client) -> None:
    part = one(s3, b"x\n" * 100_000 + TEXT)

    assert part.reasons[0].startswith("line 1: ") and part.reasons[-1] == "99,995 more lines are damaged"
    assert (len(part.reasons), part.items, part.connector_can_load) == (6, 2, False)


def test_a_part_that_is_not_there_does_not_hide_the_others(s3: S3Client) -> None:
    put(s3, a=TEXT, c=MORE)

    a, b, c = found(s3, "a", "b", "c").parts

    assert (a.items, c.items) == (2, 1)
    assert (b.reasons, b.sha256) == (["it is not there"], "")


def test_a_part_that_is_archived_is_told_from_one_that_is_not_there(s3: S3Client) -> None:
    s3.put_object(Bucket=DUMP.bucket, Key=(DUMP / "x").key, Body=TEXT, StorageClass="GLACIER")

    assert found(s3, "x").parts[0].reasons == ["it is archived: restore the object in S3 first"]


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "NoSuchBucket", "ExpiredToken"])
def test_what_s3_refuses_and_is_not_about_a_part_is_raised_with_a_hint(code: str) -> None:
    class Refusing:
        def get_object(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "GetObject")

    with pytest.raises(CopyFailed, match=f"s3://backups/night/orders/1/x could not be read: .*{code}") as raised:
        found(Refusing(), "x")

    assert raised.value.hint


class Flaky:
    """An S3 client whose connection breaks after each *every* bytes; where it is told so, the object is another by then."""

    def __init__(self, s3: S3Client, every: int, replaced: bytes = b"") -> None:
        self.s3, self.every, self.opened, self.replaced = s3, every, 0, replaced

    def get_object(self, **request: Any) -> dict[str, Any]:
        self.opened += 1
        if self.replaced and self.opened > 1:
            put(self.s3, x=self.replaced)
        answer = self.s3.get_object(**request)
        body = answer["Body"].read()
        return {**answer, "Body": StreamingBody(io.BytesIO(body[: self.every]), len(body))}


def test_a_lost_connection_is_taken_up_where_it_broke(s3: S3Client) -> None:
    flaky = Flaky(s3, every=10)
    put(s3, x=TEXT)

    assert found(flaky, "x") == found(s3, "x")
    assert flaky.opened == 4


def test_a_connection_that_is_lost_again_and_again_is_given_up(s3: S3Client) -> None:
    put(s3, x=TEXT)

    with pytest.raises(CopyFailed, match="could not be read") as raised:
        found(Flaky(s3, every=1), "x")

    assert isinstance(raised.value.__cause__, IncompleteReadError)


def test_a_part_that_is_replaced_while_it_is_read_is_told(s3: S3Client) -> None:
    put(s3, x=TEXT)

    assert found(Flaky(s3, every=20, replaced=MORE), "x").parts[0].reasons[0] == "it was replaced while it was read"


@pytest.mark.parametrize("in_memory", [3, 1000], ids=["spilled", "in memory"])
def test_keys_that_are_there_more_than_once_are_found_over_all_parts(s3: S3Client, monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    monkeypatch.setattr(digests, "AT_ONCE", in_memory)
    put(s3, a=TEXT + MORE, b=gzip.compress(b'{"id":{"S":"k2"}}\n{"id":{"s":"k4"}}\n{"id":{"s":"k2"}}\n'), c=MORE)

    seen = found(s3, "a", "b", "c")

    assert (seen.duplicates, seen.duplicate_count) == (['{"id":{"S":"k2"}}', '{"id":{"S":"k3"}}'], 3)


def test_numbers_are_one_key_however_they_are_written(s3: S3Client) -> None:
    put(s3, x=b'{"n":{"n":"1"}}\n{"n":{"n":"1.0"}}\n{"n":{"n":"-1"}}\n{"n":{"n":"10e-1"}}\n')

    seen = found(s3, "x", attributes=[KeyAttribute(name="n", type="N")])

    assert (seen.duplicates, seen.duplicate_count) == (['{"n":{"N":"1"}}'], 2)


@pytest.mark.parametrize("number", ["1e9999999", "-1E-9999999"])
@pytest.mark.parametrize("form", ["", INCREMENT])
def test_numbers_beyond_all_bounds_are_compared_and_no_error(s3: S3Client, number: str, form: str) -> None:
    line = b'{"Metadata":{},"Keys":{"n":{"N":"%s"}}}\n' if form else b'{"n":{"N":"%s"}}\n'
    put(s3, x=line % number.encode() * 2)

    seen = found(s3, "x", attributes=[KeyAttribute(name="n", type="N")], form=form)

    assert (seen.parts[0].reasons, seen.duplicate_count) == ([], 1)


def test_two_keys_of_one_digest_are_no_duplicates(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airflow_dynamodb_emr.transfer.checking.reader.hash", lambda _: 7, raising=False)
    put(s3, x=TEXT)

    assert found(s3, "x").duplicate_count == 0


def test_beyond_so_many_duplicates_only_their_number_is_told(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "_LOOKED_AT_AGAIN", 5)
    put(s3, x=b"".join(b'{"id":{"s":"%d"}}\n' % number for number in range(20)) * 2)

    seen = found(s3, "x")

    assert (len(seen.duplicates), seen.duplicate_count) == (5, 20)


def test_without_a_known_key_keys_are_not_looked_at(s3: S3Client) -> None:
    put(s3, x=b'{"a":{"s":"x"}}\n' * 2)

    seen = found(s3, "x", attributes=[])

    assert (seen.parts[0].reasons, seen.duplicate_count) == ([], 0)


def test_a_line_of_another_form_than_the_dumps_is_damage(s3: S3Client) -> None:
    assert one(s3, TEXT, form=DYNAMODB_JSON).reasons[0].startswith("line 1: this line is no item: expected Item and nothing else, found id")


def test_it_is_told_how_far_it_is(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_HEARD_BYTES", 1)
    put(s3, a=TEXT, b=MORE)
    told: list[tuple[int, ...]] = []

    found(s3, "a", "b", told=lambda *more: told.append(more))

    assert [sum(each) for each in zip(*told, strict=True)] == [2, len(TEXT + MORE), 3]
