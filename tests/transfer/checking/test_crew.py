"""Other processes, with a small S3 of their own; most tests are of one that is none, and speaks through memory."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.credentials import Credentials, ReadOnlyCredentials

from airflow_dynamodb_emr.core.custody import ANYWHERE, Custody
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import KeyAttribute
from airflow_dynamodb_emr.errors import CopyFailed
from airflow_dynamodb_emr.transfer.checking import Access, check, child
from airflow_dynamodb_emr.transfer.checking.crew import Start
from airflow_dynamodb_emr.transfer.checking.worker import Dump

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DUMP = S3Uri("backups", "night/orders/1")
ID = [KeyAttribute(name="id", type="S")]
MUCH = 2**40
PARTS = {"a": b'{"id":{"s":"k1"}}\n{"id":{"s":"k2"}}\n', "b": b'{"id":{"s":"k2"}}\n', "c": b"x\n"}


class Served(ThreadingHTTPServer):
    """Answers GetObject, and remembers who asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.askers: set[str] = set()
        self.owners: set[str | None] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Served

    def do_GET(self) -> None:
        self.server.askers.add(self.headers["Authorization"].partition("Credential=")[2].partition("/")[0])
        self.server.owners.add(self.headers["x-amz-expected-bucket-owner"])
        body = PARTS.get(self.path.rpartition("/")[2])
        self.send_response(404 if body is None else 200)
        self.send_header("ETag", '"tag"')
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served() -> Iterator[Served]:
    with Served() as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        try:
            yield server
        finally:
            server.shutdown()


def client(url: str) -> Any:
    return boto3.client("s3", endpoint_url=url, region_name="eu-west-1", aws_access_key_id="of-the-client", aws_secret_access_key="x")


def test_several_processes_find_what_one_does(capfd: pytest.CaptureFixture[str]) -> None:
    told: list[tuple[int, ...]] = []
    with served() as server:
        access = Access(Credentials("renewed", "secret", "token"), custody=Custody(owner="123456789012", bucket=DUMP.bucket))
        keys = ["a", "b", "c", "gone"]

        found = check(client(server.url), DUMP, keys, ID, at_once=2, access=access, stored_bytes=MUCH, told=lambda *more: told.append(more))

        assert [(part.items, len(part.reasons)) for part in found.parts] == [(2, 0), (1, 0), (0, 1), (0, 1)]
        assert (found.duplicates, found.duplicate_count) == (['{"id":{"S":"k2"}}'], 1)
        assert (server.askers, server.owners) == ({"renewed"}, {"123456789012"})
    assert [sum(each) for each in zip(*told, strict=True)] == [4, sum(map(len, PARTS.values())), 3]
    assert capfd.readouterr().err == ""


def test_a_process_that_dies_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airflow_dynamodb_emr.transfer.checking.crew.CHILD", "airflow_dynamodb_emr.errors")

    with pytest.raises(CopyFailed, match="a process that reads parts has ended with exit code 0"):
        check(client("http://127.0.0.1:1"), DUMP, ["a", "b"], ID, at_once=2, access=Access(None), stored_bytes=MUCH)


def answers(s3: S3Client, scratch: Path, *requests: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """What a process says to these."""
    dump = Dump(folder=DUMP, attributes=ID, scratch=str(scratch))
    start = Start(s3.meta.endpoint_url, s3.meta.region_name, s3.meta.config, None, ANYWHERE, dump, "0")
    said = io.BytesIO()
    child.serve(io.BytesIO(b"".join(map(pickle.dumps, [start, *requests]))), said)
    said.seek(0)
    found = []
    while said.tell() < len(said.getvalue()):
        found.append(pickle.load(said))
    return [each for each in found if each[0] != "heard"]


def test_each_part_is_read_with_the_credentials_that_come_with_it(s3: S3Client, tmp_path: Path) -> None:
    used: list[str] = []
    for key, body in PARTS.items():
        s3.put_object(Bucket=DUMP.bucket, Key=(DUMP / key).key, Body=body)

    def remember(request: Any, **_: Any) -> None:
        used.append(str(request.headers["Authorization"]))

    def watched(*arguments: Any) -> Any:
        made = made_before(*arguments)
        made.meta.events.register("before-send.s3.GetObject", remember)
        return made

    made_before = child._s3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "_s3", watched)
        said = answers(s3, tmp_path, *[("check", ReadOnlyCredentials(name, "b", None), key) for name, key in [("first", "a"), ("second", "b")]])

    assert [(what, part.items) for what, part in said] == [("done", 2), ("done", 1)]
    assert ["Credential=first/" in used[0], "Credential=second/" in used[1]] == [True, True]


def test_an_error_of_a_process_is_raised_where_it_was_started(s3: S3Client, tmp_path: Path) -> None:
    s3.delete_bucket(Bucket=DUMP.bucket)

    ((what, error),) = answers(s3, tmp_path, ("check", ReadOnlyCredentials("a", "b", None), "a"))

    assert what == "raised" and isinstance(error, CopyFailed) and error.hint == "name a bucket that is there"
