"""`dynamodb-emr backups` and `show`, and the functions of these names, as a person or a script sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import boto3
import pytest

import airflow_dynamodb_emr
from airflow_dynamodb_emr import cli
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BadInput, NotFound
from tests.core.makers import NOON, judged

from .listed import APP, BASE, folder, looked, made, older, put

DAY = timedelta(days=1)


class Told(NamedTuple):
    status: int
    out: str
    err: str


Tell = Callable[..., Told]


@pytest.fixture(autouse=True)
def client(in_process: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for all tests: making one takes longer than the rest of a test."""
    monkeypatch.setattr(boto3.Session, "client", lambda *_, **__: in_process.s3)


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    def run(*arguments: str) -> Told:
        status = cli.main([*arguments])
        return Told(status, *capsys.readouterr())

    return run


@pytest.fixture
def backups(tell: Tell) -> Tell:
    return lambda *arguments: tell("backups", "--base", str(BASE), *arguments)


def bad(time: datetime) -> None:
    made(time, judged(verdict=Verdict.INCOMPLETE, reasons=["its step is FAILED"]))


def test_each_prefix_has_a_headline_and_a_table(backups: Tell) -> None:
    made(NOON)
    made(NOON, app="STAGE_", region="eu-west-1")

    told = backups()

    stage, prod = told.out.split("\n\n")
    assert (told.status, told.err) == (0, "")
    assert stage.startswith("STAGE_ in eu-west-1: the newest good backup was made ")
    assert prod.startswith("PROD_ in us-east-1: the newest good backup was made ")
    assert prod.splitlines()[2].split()[-1] == str(folder(NOON).uri)


def test_the_json_has_the_fields_that_scripts_hang_on_first(backups: Tell) -> None:
    made(NOON, judged(items=3, bytes=10))

    (entry,) = json.loads(backups("--json").out)

    assert list(entry.items())[:8] == [
        ("uri", str(folder(NOON).uri)),
        ("prefix", "PROD_"),
        ("region", "us-east-1"),
        ("time", "2026-11-23T12:00:00Z"),
        ("verdict", "VALID"),
        ("tables", 1),
        ("items", 3),
        ("bytes", 10),
    ]


@pytest.mark.parametrize(
    ("arguments", "days"),
    [
        pytest.param([], [0, 1, 2, 3], id="all"),
        pytest.param(["--limit", "2"], [0, 1], id="limit"),
        pytest.param(["--good"], [1, 3], id="good"),
        pytest.param(["--good", "--limit", "1"], [1], id="newest good"),
        pytest.param(["--since", "2026-11-22"], [0, 1], id="since a day"),
        pytest.param(["--until", "2026-11-21"], [2, 3], id="until a day, and all of it"),
        pytest.param(["--since", "2026-11-21T12:00:01Z", "--until", "2026-11-22T14:00:00+02:00"], [1], id="times"),
        pytest.param(["--region", "eu-west-1"], [], id="another region"),
        pytest.param(["--prefix", "STAGE_"], [], id="another prefix"),
    ],
)
def test_some_can_be_asked_for(backups: Tell, arguments: list[str], days: list[int]) -> None:
    for day in range(4):
        made(NOON - day * DAY) if day % 2 else bad(NOON - day * DAY)

    told = backups("--json", *arguments)

    assert [datetime.fromisoformat(each["time"].replace("Z", "+00:00")) for each in json.loads(told.out)] == [NOON - day * DAY for day in days]


def test_a_limit_hides_no_good_one_from_the_headline(backups: Tell) -> None:
    made(NOON - 9 * DAY)
    bad(NOON)

    assert backups("--limit", "1").out.splitlines()[0].endswith(f": {folder(NOON - 9 * DAY).uri}")


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["--good"], 1), (["--prefix", "DEV_"], 0), (["--prefix", "DEV_", "--good"], 1)])
def test_status_is_1_where_a_good_one_was_asked_for_and_a_prefix_has_none(backups: Tell, arguments: list[str], status: int) -> None:
    made(NOON, app="STAGE_")
    bad(NOON)

    assert backups(*arguments).status == status


def test_where_there_is_nothing_it_is_said(backups: Tell) -> None:
    assert backups().out == f"no backups in {BASE}\n"
    assert backups("--prefix", "DEV_", "--region", "eu-west-1").out == f"no backups of DEV_ in {BASE}/eu-west-1\n"


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        pytest.param(["--base", "s3://no-such-bucket/x"], "--base: s3://no-such-bucket/x is not there", id="no such bucket"),
        pytest.param(["--base", "s3://no-bucket", "--prefix", "A", "--region", "b"], "--base: s3://no-bucket is not there", id="one app"),
        pytest.param(["--base", "backups"], "--base: expected s3://bucket/prefix, got 'backups'", id="no URI"),
        pytest.param(["--base", "s3://catalogue", "--prefix", ""], "--prefix: it is empty", id="empty prefix"),
        pytest.param(["--base", "s3://catalogue", "--since", "yesterday"], "--since: 'yesterday' is neither a day nor a time", id="no time"),
        pytest.param(["--base", "s3://catalogue", "--until", "2026-11-23T12:00"], "--until: '2026-11-23T12:00' has no time zone", id="no zone"),
        pytest.param(
            ["--base", "s3://catalogue", "--since", "2026-11-23", "--until", "2026-11-22"],
            "since 2026-11-23 00:00:00+00:00 is after until 2026-11-22 23:59:59.999999+00:00",
            id="backwards",
        ),
    ],
)
def test_bad_input_is_status_2(tell: Tell, arguments: list[str], facts: str) -> None:
    told = tell("backups", *arguments)

    assert (told.status, told.out) == (2, "")
    assert told.err.startswith(f"dynamodb-emr backups: {facts}\nHINT: ")


def test_show_has_a_line_a_table(tell: Tell) -> None:
    backup = looked(NOON + DAY, Verdict.VALID, made(NOON, judged(items=3), judged("events", Verdict.INCOMPLETE, reasons=["its step is FAILED"])))

    told = tell("show", str(backup.uri))

    assert told.status == 0
    assert told.out.startswith("backup of PROD_* in us-east-1: INCOMPLETE, made at 2026-11-23 12:00:00 UTC")
    assert "  events: its step is FAILED\n" in told.out


def test_show_gives_the_verdict_document_and_the_last_look(tell: Tell) -> None:
    backup = looked(NOON + DAY, Verdict.VALID, made(NOON, judged(items=3)))

    document = json.loads(tell("show", str(backup.uri), "--json").out)

    assert (document["verdict"], document["tables"][0]["items"], document["verification"]["tables"][0]["deep"]) == ("VALID", 3, True)


def test_show_of_no_backup_is_status_2(tell: Tell) -> None:
    told = tell("show", str(BASE))

    assert (told.status, told.out) == (2, "")
    assert told.err == f"dynamodb-emr show: backup: {BASE} holds no backup\nHINT: `dynamodb-emr backups --base S3URI` lists the backups there are\n"


def test_show_of_a_damaged_verdict_is_status_1(tell: Tell) -> None:
    told = tell("show", str(put(folder(NOON), ("backup.json", b"{")).uri))

    assert told.status == 1
    assert "backup.json is no Backup" in told.err


def test_python_has_the_same() -> None:
    for day in range(5):
        made(NOON - day * DAY)
    older(NOON - 9 * DAY)

    newest = next(entry for entry in airflow_dynamodb_emr.backups(str(BASE), "PROD_") if entry.good)
    window = airflow_dynamodb_emr.backups(str(BASE), since=NOON - DAY, until=NOON)

    assert newest.time == NOON
    assert [entry.time for entry in window] == [NOON, NOON - DAY]
    assert airflow_dynamodb_emr.show(newest.uri).tables[0].name == "orders"


def test_python_is_refused_as_the_command_line_is() -> None:
    with pytest.raises(BadInput, match="is not there"):
        airflow_dynamodb_emr.backups("s3://no-such-bucket/x")
    with pytest.raises(BadInput, match="has no time zone"):
        airflow_dynamodb_emr.backups(str(BASE), since=datetime(2026, 11, 23))
    with pytest.raises(NotFound, match="holds no backup"):
        airflow_dynamodb_emr.show(str(APP))
