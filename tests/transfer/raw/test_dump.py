from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from itertools import count
from threading import Event, Lock, Thread
from typing import Any

import pytest

from airflow_dynamodb_emr.errors import BadInput, CopyFailed, DynamoDBBackupError
from airflow_dynamodb_emr.transfer.raw import upload
from airflow_dynamodb_emr.transfer.raw.copying import Job
from airflow_dynamodb_emr.transfer.raw.dump import dump
from airflow_dynamodb_emr.transfer.raw.dumped import Source
from airflow_dynamodb_emr.transfer.raw.limiter import Limiter
from airflow_dynamodb_emr.transfer.raw.output import Part
from airflow_dynamodb_emr.transfer.raw.patience import Patience
from airflow_dynamodb_emr.transfer.raw.reading import items
from tests.transfer.raw.fake_s3 import FakeS3, refusal
from tests.transfer.raw.server import Answer, Server, Silence, refused, server
from tests.transfer.raw.tables import HURRIED, QUICK, Table, table_request

MANIFEST = "night/orders/manifest.json"
TEXT = "".join(chr(32 + n * 7919 % 90) for n in range(300)).replace("\\", "/").replace('"', "'")


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that uploads of several pieces are under way when something goes wrong."""
    monkeypatch.setattr(upload, "PIECE_BYTES", 500)


@pytest.fixture
def table() -> Table:
    made = Table("SN")
    made.put({"id": {"S": "large" if n % 3 else f"small{n}"}, "at": {"N": str(n)}, "text": {"S": f"{n}{TEXT[n % 50 :]}"}} for n in range(300))
    return made


@pytest.fixture
def there(table: Table) -> Iterator[Server]:
    with server(table.answer) as made:
        yield made


def cut(source: Source) -> Job:
    return Job(source.name, source.keys, segments=3, page_items=10, part_bytes=15_000, share_bytes=15_000)


def dump_all(there: Server, s3: FakeS3, patience: Patience = QUICK, cut: Callable[[Source], Job] = cut, **more: Any) -> dict[str, Any]:
    return dump(there.endpoint, s3.place(), "orders", cut, patience=patience, **more)


def content(manifest: dict[str, Any]) -> list[Any]:
    return [(part["key"], part["items"], part["content_sha256"]) for part in manifest["parts"]]


def read_back(s3: FakeS3) -> list[Any]:
    manifest = json.loads(s3.objects[MANIFEST])
    return [json.loads(item) for part in manifest["parts"] for item in items(s3.place(), Part(**part))]


def by_number(found: list[Any]) -> list[Any]:
    return sorted(found, key=lambda item: int(item["at"]["N"]))


def test_a_dump_has_every_item_and_its_manifest_says_so(there: Server, table: Table, fake_s3: FakeS3) -> None:
    told = list[Any]()

    manifest = dump_all(there, fake_s3, told=lambda *counts: told.append(counts))

    assert by_number(read_back(fake_s3)) == by_number(table.items())
    assert (manifest["items"], manifest["engine"], manifest["table"]) == (300, "worker", "orders")
    assert [sum(counts) for counts in zip(*told, strict=True)] == [300, manifest["content_bytes"], manifest["read_units"]]
    assert sorted(fake_s3.objects) == sorted([MANIFEST, *(f"night/orders/{part['key']}" for part in manifest["parts"])])
    assert len(manifest["parts"]) > manifest["slices"] > 10 and not fake_s3.uploads


def test_names_and_contents_of_parts_are_the_same_whatever_the_number_of_hands(there: Server, fake_s3: FakeS3) -> None:
    manifests = [dump_all(there, FakeS3(), hands=hands) for hands in (1, 2, 7)]

    assert content(manifests[0]) == content(manifests[1]) == content(manifests[2])


def test_an_empty_table_is_a_dump_of_nothing(there: Server, fake_s3: FakeS3) -> None:
    there.script = Table("S").answer

    manifest = dump_all(there, fake_s3)

    assert (manifest["items"], manifest["parts"], list(fake_s3.objects)) == (0, [], [MANIFEST])


def test_every_page_is_asked_of_the_limiter(there: Server, fake_s3: FakeS3) -> None:
    limiter, waits, pages = Limiter(1e9), list[Event](), list[int]()
    limiter.wait = waits.append  # type: ignore[method-assign]

    dump_all(there, fake_s3, limiter=limiter, told=lambda items, *_: pages.append(items))

    assert len(waits) == len(pages) > 30


# What goes wrong in the middle. Each is told how many calls there were, and answers, or lets the table do it.
Script = Callable[[Server, Table, FakeS3], Any]


def _in_the_middle(answer: Any) -> Script:
    def begin(there: Server, table: Table, _: FakeS3) -> None:
        def script(operation: str, body: bytes) -> Answer:
            if len(there.seen) < 20:
                return table.answer(operation, body)
            if isinstance(answer, Answer):
                return answer
            raise answer

        there.script = script

    return begin


def _delete(there: Server, table: Table, _: FakeS3) -> None:
    def script(operation: str, body: bytes) -> Answer:
        if len(there.seen) == 20:
            table.service.call("DeleteTable", {"TableName": "orders"})
        return table.answer(operation, body)

    there.script = script


def _replace(there: Server, table: Table, _: FakeS3) -> None:
    """In one moment: no hand sees the time in between."""
    moment, asked = Lock(), count()

    def script(operation: str, body: bytes) -> Answer:
        with moment:
            if next(asked) == 20:
                table.service.call("DeleteTable", {"TableName": "orders"})
                table.service.call("CreateTable", table_request("orders", "SN"))
            return table.answer(operation, body)

    there.script = script


def _s3_refuses(code: str, call: str, after: int) -> Script:
    def begin(_: Server, _table: Table, s3: FakeS3) -> None:
        def refuse(operation: str, asked: dict[str, Any]) -> None:
            if operation == call and "data/" in asked["Key"] and [made for made, _ in s3.calls].count(call) >= after:
                raise refusal(code)

        s3.before = refuse

    return begin


@pytest.mark.parametrize(
    ("goes_wrong", "facts"),
    [
        pytest.param(_delete, "was refused: ResourceNotFoundException: .*\nHINT: the table was deleted", id="the table is deleted"),
        pytest.param(_replace, "table orders was deleted and made anew while it was copied\nHINT: dump it again", id="the table is made anew"),
        pytest.param(_in_the_middle(refused("ExpiredTokenException")), "have expired, and are not renewed\nHINT: use cred", id="credentials expire"),
        pytest.param(_in_the_middle(refused("AccessDeniedException")), "AccessDeniedException: no\nHINT: allow the action", id="access is denied"),
        pytest.param(_in_the_middle(refused("ThrottlingException")), "ThrottlingException: no\nHINT: raise the table's", id="throttled for good"),
        pytest.param(_in_the_middle(Answer(b"<html>")), "no answer of DynamoDB: .*<html>'\nHINT: check region, endpoint", id="no JSON"),
        pytest.param(_in_the_middle(Answer(b'{"ok":true}')), "no answer of DynamoDB: .*\nHINT: check region, endpoint", id="JSON of something else"),
        pytest.param(_in_the_middle(Answer(b"<html>", 404)), "404: <html>\nHINT: this is not DynamoDB's answer", id="somebody else answers"),
        pytest.param(_in_the_middle(Answer(b"", close=True)), "no answer.*\nHINT: check region, endpoint", id="an answer without content"),
        pytest.param(_s3_refuses("AccessDenied", "upload_part", 3), "could not be written: .*AccessDenied.*\nHINT: allow s3:PutObject", id="a piece"),
        pytest.param(_s3_refuses("AccessDenied", "create_multipart_upload", 2), "AccessDenied.*\nHINT: allow s3:PutObject", id="another upload"),
        pytest.param(
            _s3_refuses("ExpiredToken", "upload_part", 3), "ExpiredToken.*\nHINT: use credentials that renew", id="credentials for S3 expire"
        ),
        pytest.param(_s3_refuses("NoSuchBucket", "complete_multipart_upload", 0), "NoSuchBucket.*\nHINT: name a bucket", id="the bucket is deleted"),
    ],
)
@pytest.mark.parametrize("hands", [1, 3])
def test_what_goes_wrong_in_the_middle_is_told_and_nothing_looks_whole(
    there: Server, table: Table, fake_s3: FakeS3, goes_wrong: Script, facts: str, hands: int
) -> None:
    goes_wrong(there, table, fake_s3)

    with pytest.raises(CopyFailed, match=facts):
        dump_all(there, fake_s3, patience=HURRIED, hands=hands)

    assert MANIFEST not in fake_s3.objects and not fake_s3.uploads
    assert len(there.seen) < 300


def test_an_endpoint_that_falls_silent_is_told(there: Server, table: Table, fake_s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airflow_dynamodb_emr.transfer.raw.connection.TIMEOUT_SECONDS", 0.05)
    _in_the_middle(Silence())(there, table, fake_s3)

    with pytest.raises(CopyFailed, match=r"no answer: .*timed out\nHINT: check region, endpoint, network and proxy"):
        dump_all(there, fake_s3, patience=HURRIED)

    assert MANIFEST not in fake_s3.objects and not fake_s3.uploads


def test_credentials_that_are_renewed_in_the_middle_do_no_harm(there: Server, table: Table, fake_s3: FakeS3) -> None:
    there.script = lambda operation, body: refused("ExpiredTokenException") if len(there.seen) in (20, 21) else table.answer(operation, body)

    assert dump_all(there, fake_s3)["items"] == 300


def test_an_interrupt_leaves_nothing_that_looks_whole(there: Server, fake_s3: FakeS3) -> None:
    pages = list[int]()

    def told(items: int, _bytes: int, _units: float) -> None:
        pages.append(items)
        if len(pages) == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dump_all(there, fake_s3, told=told)

    assert MANIFEST not in fake_s3.objects and not fake_s3.uploads


def test_a_table_that_is_not_there_is_bad_input_and_nothing_is_written(there: Server, fake_s3: FakeS3) -> None:
    with pytest.raises(BadInput, match="table nowhere is not there"):
        dump(there.endpoint, fake_s3.place(), "nowhere", cut)

    assert not fake_s3.calls


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        pytest.param("manifest.json", "holds a dump already", id="a dump"),
        pytest.param(
            "data/part-00000-4f3a-c000.json.gz", "holds data/part-00000-4f3a-c000.json.gz, which is no part of a dump", id="somebody's file"
        ),
        pytest.param("_progress/job.json", "another dump was begun here, and is not finished", id="another dump that was begun"),
    ],
)
def test_a_folder_that_is_taken_is_bad_input_and_stays_as_it_is(there: Server, fake_s3: FakeS3, name: str, facts: str) -> None:
    fake_s3.place().put(name, b"{}")
    before = dict(fake_s3.objects)

    with pytest.raises(BadInput, match=f"{facts}.*\nHINT: "):
        dump_all(there, fake_s3)

    assert fake_s3.objects == before and not {"Scan", "Query"} & set(there.seen)


def test_no_hands_are_bad_input(there: Server, fake_s3: FakeS3) -> None:
    with pytest.raises(BadInput, match="hands: 0"):
        dump_all(there, fake_s3, hands=0)


def begun(there: Server, table: Table, s3: FakeS3, calls: int = 35) -> list[str]:
    """A dump that has come to nothing after so many calls; the keys of the parts that its journal knows."""

    def fail(operation: str, body: bytes) -> Answer:
        return refused("AccessDeniedException") if len(there.seen) >= calls else table.answer(operation, body)

    there.script = fail
    with pytest.raises(CopyFailed):
        dump_all(there, s3)
    there.script = table.answer
    journal = [json.loads(data) for key, data in s3.objects.items() if "_progress/slice-" in key]
    return [f"night/orders/{part[0]}" for progress in journal for part in progress["parts"]]


def test_a_dump_that_is_taken_up_is_the_one_that_was_never_disturbed_and_writes_no_part_twice(there: Server, table: Table, fake_s3: FakeS3) -> None:
    undisturbed = dump_all(there, FakeS3())
    there.seen.clear()
    kept = begun(there, table, fake_s3)
    calls = len(fake_s3.calls)

    taken_up = dump_all(there, fake_s3)

    assert content(taken_up) == content(undisturbed)
    assert taken_up["read_units"] == undisturbed["read_units"]
    later = [key for call, key in fake_s3.calls[calls:] if call in ("put_object", "complete_multipart_upload")]
    assert kept and not set(kept) & set(later)
    assert by_number(read_back(fake_s3)) == by_number(table.items())
    assert not any("_progress" in key for key in fake_s3.objects)


def test_a_dump_that_is_taken_up_says_when_its_first_item_was_read(there: Server, table: Table, fake_s3: FakeS3) -> None:
    begun(there, table, fake_s3)
    first = min(json.loads(data)["began"] for key, data in fake_s3.objects.items() if "_progress/slice-" in key)

    assert dump_all(there, fake_s3)["started"] == first


def test_a_dump_that_is_taken_up_is_cut_as_it_was_begun(there: Server, table: Table, fake_s3: FakeS3) -> None:
    undisturbed = dump_all(there, FakeS3())
    there.seen.clear()
    begun(there, table, fake_s3)

    taken_up = dump_all(there, fake_s3, cut=lambda source: cut(source)._replace(segments=16, page_items=7, part_bytes=999))

    assert content(taken_up) == content(undisturbed)


@pytest.mark.parametrize("form", ["connector", "dynamodb-json"])
def test_a_dump_of_another_form_does_not_take_it_up(there: Server, table: Table, fake_s3: FakeS3, form: str) -> None:
    begun(there, table, fake_s3)

    def other(source: Source) -> Job:
        return cut(source)._replace(form=form)

    if form == "connector":
        with pytest.raises(BadInput, match="another dump was begun here"):
            dump_all(there, fake_s3, cut=other)
    else:
        assert dump_all(there, fake_s3, cut=other)["form"] == form


def test_a_table_made_anew_does_not_take_it_up(there: Server, table: Table, fake_s3: FakeS3) -> None:
    begun(there, table, fake_s3)
    table.service.call("DeleteTable", {"TableName": "orders"})
    table.service.call("CreateTable", table_request("orders", "SN"))

    with pytest.raises(BadInput, match="another dump was begun here"):
        dump_all(there, fake_s3)


def test_parts_and_uploads_that_are_left_over_are_dropped(there: Server, table: Table, fake_s3: FakeS3) -> None:
    place = fake_s3.place()
    for name in ("data/part-0-0000.json.gz", "data/part-0-0099.json.gz"):
        place.put(name, b"of an earlier try")
    fake_s3.create_multipart_upload(Bucket="backups", Key=place.at("data/part-1-0000.json.gz"))

    dump_all(there, fake_s3)

    assert by_number(read_back(fake_s3)) == by_number(table.items())
    assert "night/orders/data/part-0-0099.json.gz" not in fake_s3.objects and not fake_s3.uploads


def test_a_try_that_was_taken_for_dead_changes_nothing_once_another_has_finished(there: Server, table: Table, fake_s3: FakeS3) -> None:
    """It has read half of the table as it was; meanwhile the table is another, and is dumped into the same folder."""
    half, finished, pages, failures = Event(), Event(), list[int](), list[BaseException]()

    def told(items: int, _bytes: int, _units: float) -> None:
        pages.append(items)
        if len(pages) == 8:
            half.set()
            assert finished.wait(20)

    def run() -> None:
        try:
            dump_all(there, fake_s3, told=told, hands=1)
        except DynamoDBBackupError as failure:
            failures.append(failure)

    zombie = Thread(target=run, daemon=True)
    zombie.start()
    assert half.wait(20)
    table.put({**item, "text": {"S": "changed"}} for item in table.items())
    dump_all(there, fake_s3)
    before = {key: data for key, data in fake_s3.objects.items() if "_progress" not in key}
    finished.set()
    zombie.join(20)

    assert [str(failure).partition("\n")[0] for failure in failures] == ["s3://backups/night/orders: another dump was finished here meanwhile"]
    assert {key: data for key, data in fake_s3.objects.items() if "_progress" not in key} == before and not fake_s3.uploads
    assert {item["text"]["S"] for item in read_back(fake_s3)} <= {"changed", *(f"{n}{TEXT[n % 50 :]}" for n in range(300))}


def test_of_two_tries_at_once_one_is_a_dump_and_the_other_says_so(there: Server, table: Table, fake_s3: FakeS3) -> None:
    outcomes = list[Any]()

    def run() -> None:
        try:
            outcomes.append(dump_all(there, fake_s3))
        except DynamoDBBackupError as failure:
            outcomes.append(failure)

    tries = [Thread(target=run, daemon=True) for _ in range(2)]
    for each in tries:
        each.start()
    for each in tries:
        each.join(30)

    (manifest,) = (outcome for outcome in outcomes if isinstance(outcome, dict))
    assert len(outcomes) == 2
    assert json.loads(fake_s3.objects[MANIFEST]) == manifest
    assert by_number(read_back(fake_s3)) == by_number(table.items())


def test_the_connectors_form_is_a_dump_too(there: Server, table: Table, fake_s3: FakeS3) -> None:
    manifest = dump_all(there, fake_s3, cut=lambda source: cut(source)._replace(form="connector"))

    lines = [line for part in manifest["parts"] for line in gzip.decompress(fake_s3.objects[f"night/orders/{part['key']}"]).splitlines()]
    assert manifest["form"] == "connector"
    assert by_number(
        [{name: {kind.upper(): inner for kind, inner in value.items()} for name, value in json.loads(line).items()} for line in lines]
    ) == (by_number(table.items()))
