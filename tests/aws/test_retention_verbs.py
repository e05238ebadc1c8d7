"""`forget`, `prune` and `keep` as a person at a terminal has them, on the stand-in."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from airflow_dynamodb_emr import cli
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.verdict import Backup
from airflow_dynamodb_emr.local.process import StandIn

from .saved import verdict_at

TODAY = datetime.now(timezone.utc).replace(microsecond=0)


@pytest.fixture
def three(aws: StandIn, monkeypatch: pytest.MonkeyPatch, store: Store, folder: S3Uri) -> list[Backup]:
    """Of today, yesterday and the day before; newest first. The command line finds the stand-in."""
    for name, value in aws.env.items():
        monkeypatch.setenv(name, value)
    made = [verdict_at(store, folder, "PROD_", TODAY - timedelta(days=days)) for days in range(3)]
    for backup in made:
        store.put(Folder.parse(backup.uri).plan, b"{}")
    return made


def call(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    capsys.readouterr()
    assert cli.main(arguments) == status
    out, err = capsys.readouterr()
    return out if status == 0 else err


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(call(capsys, *arguments, "--json"))


def test_a_backup_is_told_about_then_forgotten_then_deleted(
    capsys: pytest.CaptureFixture[str], store: Store, folder: S3Uri, three: list[Backup]
) -> None:
    where = ["--base", str(folder), "--prefix", "PROD_"]

    told = call(capsys, "forget", *where, "--keep-daily", "2", "--dry-run").splitlines()
    assert told[0] == "keep 2 daily backups; failed ones for 7 days, and until a newer one is good"
    assert told[3].split()[0] == "forget" and told[3].endswith(f"{three[2].uri}  no rule keeps it") and told[4] == "1 of 3 backups would be forgotten"
    assert store.read(Folder.parse(three[2].uri).verdict)

    done = answer(capsys, "forget", *where, "--keep-daily", "2")
    assert [each["uri"] for each in done["keep"]] == [backup.uri for backup in three[:2]]
    assert done["forget"] == [{"uri": three[2].uri, "why": "no rule keeps it"}]

    assert call(capsys, "prune", *where, "--dry-run").startswith(f"would delete {three[2].uri}: 2 objects, ")
    gone = answer(capsys, "prune", *where)
    assert [each["uri"] for each in gone["pruned"]] == [three[2].uri] and gone["left"] == []
    assert not list(store.objects(Folder.parse(three[2].uri).uri))
    assert call(capsys, "prune", *where) == "nothing is forgotten: there is nothing to delete\n"


def test_one_that_is_marked_stays_and_one_that_was_forgotten_comes_back(
    capsys: pytest.CaptureFixture[str], folder: S3Uri, three: list[Backup]
) -> None:
    where = ["--base", str(folder), "--prefix", "PROD_", "--keep-last", "1"]
    assert call(capsys, "keep", three[2].uri, "--why", "the audit").endswith(": it is marked to be kept\n")
    assert [each["uri"] for each in answer(capsys, "forget", *where)["forget"]] == [three[1].uri]

    assert call(capsys, "keep", three[1].uri).endswith(": it was forgotten, and is a backup again, marked to be kept\n")

    assert answer(capsys, "keep", three[1].uri, "--undo") == {"uri": three[1].uri, "kept": False}
    assert [each["uri"] for each in answer(capsys, "forget", *where)["forget"]] == [three[1].uri]


def test_what_is_marked_is_left_and_that_is_no_failure(capsys: pytest.CaptureFixture[str], store: Store, folder: S3Uri, three: list[Backup]) -> None:
    where = ["--base", str(folder), "--prefix", "PROD_"]
    call(capsys, "forget", *where, "--keep-last", "1")
    store.put(Folder.parse(three[1].uri).kept)

    left = answer(capsys, "prune", *where)["left"]

    assert left == [{"uri": three[1].uri, "why": "marked to be kept: it is a backup again", "failed": False}]


@pytest.mark.parametrize("prefix", ["PROD_", "PROD_/"])
def test_the_policy_of_the_settings_holds_where_none_is_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: S3Uri, three: list[Backup], prefix: str
) -> None:
    monkeypatch.setenv("AIRFLOW__DYNAMODB_EMR__KEEP_LAST", "3")
    monkeypatch.setenv("AIRFLOW__DYNAMODB_EMR__KEEP_BY_PREFIX", '{"PROD_": {"last": 2}}')

    said = call(capsys, "forget", "--base", str(folder), "--prefix", prefix, "--dry-run")

    assert said.startswith("keep the last 2 backups; ") and said.endswith("1 of 3 backups would be forgotten\n")


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        pytest.param(["forget", "--prefix", "PROD_"], "keep: no rule keeps a backup", id="no policy"),
        pytest.param(["forget", "--prefix", "PROD_", "--keep-last", "0"], "keep: no rule keeps a backup", id="a policy that keeps nothing"),
        pytest.param(["forget", "--prefix", "PROD_", "--keep-within", "30"], "--keep: within: '30' is no span of time", id="no span"),
        pytest.param(["forget", "--prefix", "PRD_", "--keep-last", "1"], "there are no backups of PRD_ in ", id="no such prefix"),
        pytest.param(["prune", "--prefix", "PRD_"], "there are no backups of PRD_ in ", id="no such prefix to prune"),
        pytest.param(["prune", "--prefix", "PROD_/2026"], "there are no backups of PROD_/2026 in ", id="a folder of a year"),
        pytest.param(["prune", "--prefix", "/"], "--prefix: it is empty", id="no prefix"),
    ],
)
def test_bad_input_is_refused_with_a_hint(
    capsys: pytest.CaptureFixture[str], folder: S3Uri, three: list[Backup], arguments: list[str], facts: str
) -> None:
    said = call(capsys, *arguments, "--base", str(folder), status=2)

    assert said.startswith(f"dynamodb-emr {arguments[0]}: {facts}") and "HINT: " in said


def test_what_is_no_backup_cannot_be_kept(capsys: pytest.CaptureFixture[str], folder: S3Uri, three: list[Backup]) -> None:
    assert "holds no backup" in call(capsys, "keep", f"{folder}/nothing/here", status=2)
