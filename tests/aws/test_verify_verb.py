"""`dynamodb-emr verify` as a person or a script sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from airflow_dynamodb_emr import cli
from airflow_dynamodb_emr.aws import backups
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.verdict import Verdict

from .fabricated import COPIED, PLAIN, TABLES, Fabricated

Verify = Callable[..., tuple[int, str, str]]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Fabricated:
    made = Fabricated()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setattr(Clients, "of", staticmethod(lambda *_: made.clients))
    return made


@pytest.fixture
def verify(made: Fabricated, capsys: pytest.CaptureFixture[str]) -> Verify:
    def run(*arguments: str, uri: str = "") -> tuple[int, str, str]:
        status = cli.main(["verify", uri or str(made.folder.uri), *arguments])
        return status, *capsys.readouterr()

    return run


def test_a_good_backup_is_a_line_a_table(made: Fabricated, verify: Verify) -> None:
    status, out, err = verify("--deep")

    head, columns, *tables = out.splitlines()
    assert (status, err) == (0, "")
    assert head == f"VALID: 5 tables, 25 items, 1.4 KiB in {made.folder.uri}"
    assert columns.split() == ["table", "verdict", "items", "stored", "restorable", "by"]
    assert [line.split()[:2] for line in tables] == [[name, "VALID"] for name in sorted(TABLES)]


def test_its_json_is_what_scripts_hang_on(made: Fabricated, verify: Verify) -> None:
    del made[made.key(COPIED)]

    status, out, _ = verify("--json", "--table", COPIED)

    found = json.loads(out)
    (table,) = found["tables"]
    assert (status, found["verdict"]) == (1, "INCOMPLETE")
    assert {key: table[key] for key in ("name", "verdict", "items", "bytes", "engines", "reasons")} == {
        "name": COPIED,
        "verdict": "INCOMPLETE",
        "items": 5,
        "bytes": 223,
        "engines": [],
        "reasons": [{"part": f"{COPIED}/1/data/part-0-0000.json.gz", "reason": "it is not there"}],
    }


def test_what_is_found_is_recorded_if_that_is_wanted(made: Fabricated, verify: Verify) -> None:
    made.rot(made.key(PLAIN), made[made.key(PLAIN)].replace(b"item 1", b"item 0"))

    status, _, err = verify("--deep")
    assert status == 1 and err.startswith("HINT: restore an earlier backup, ") and "; --record writes it down" in err
    assert not made.store.read(made.folder.verification)
    status, _, err = verify("--deep", "--record")
    assert status == 1 and "--record" not in err

    backup = backups.read(made.store, made.folder)
    assert backup and list(backup.missing) == [PLAIN]
    assert verify()[0] == 1, "a shallow look knows of it from then on"
    assert made.verdict.verdict is Verdict.VALID, "the verdict itself is never touched"


@pytest.mark.parametrize(
    ("arguments", "uri", "facts"),
    [
        (["--table", "nothing"], "", "is called 'nothing'"),
        ([], "s3://backups/dynamodb", "backup: s3://backups/dynamodb holds none"),
        ([], "/tmp/x", "S3URI: expected s3://bucket/prefix"),
    ],
    ids=["no such table", "no backup", "no URI"],
)
def test_bad_input_is_refused(verify: Verify, arguments: list[str], uri: str, facts: str) -> None:
    status, out, err = verify(*arguments, uri=uri)

    assert (status, out) == (2, "") and facts in err and "HINT: " in err


def test_a_bucket_that_stops_answering_is_no_answer(made: Fabricated, verify: Verify) -> None:
    def stop(_: str, asked: dict[str, Any]) -> None:
        if "/data/" in asked.get("Key", ""):
            raise EndpointConnectionError(endpoint_url="https://s3")

    made.s3.before = stop

    status, out, err = verify("--deep")

    assert (status, out) == (3, "") and "could not be read" in err
