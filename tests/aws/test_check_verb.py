"""`dynamodb-emr check`, as a person runs it."""

from __future__ import annotations

import json

import pytest

from airflow_dynamodb_emr import cli
from airflow_dynamodb_emr.local.process import StandIn

BASE = ["check", "--base", "s3://local-backups/dynamodb", "--engine", "worker"]


@pytest.fixture(autouse=True)
def environment(aws: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.env.items():
        monkeypatch.setenv(name, value)


def test_each_thing_is_a_line_and_what_is_bad_has_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main([*BASE, "--prefix", "NOBODY_"])

    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert status == 1 and lines[0].startswith("ok  credentials: arn:aws:")
    (bad,) = [number for number, line in enumerate(lines) if line.startswith("NO  ")]
    assert lines[bad].startswith("NO  tables: prefix: ") and lines[bad + 1].startswith("    HINT: ")
    assert told.err.endswith(", 1 is not\n")


def test_a_hint_that_many_share_is_given_once(aws: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    aws.faults(deny={"iam.SimulatePrincipalPolicy": 9})

    assert cli.main(BASE) == 0

    out = capsys.readouterr().out
    assert out.count("IAM's simulator cannot be asked") > 5 and out.count("HINT: allow iam:SimulatePrincipalPolicy") == 1


def test_the_json_is_what_other_programs_read(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main([*BASE, "--json"])

    told = json.loads(capsys.readouterr().out)
    assert status == 0 and {tuple(each) for each in told} == {("name", "ok", "detail", "hint")}
    assert {each["ok"] for each in told} == {True}


def test_what_nobody_knows_fails_nothing(aws: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    aws.faults(deny={"iam.SimulatePrincipalPolicy": 9})

    assert cli.main([*BASE, "--json"]) == 0

    assert "dynamodb:UpdateTable" in str([each["name"] for each in json.loads(capsys.readouterr().out) if each["ok"] is None])


@pytest.mark.parametrize("arguments", [["--for", "fun"], ["--engine", "hope"]])
def test_wrong_use_is_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([*BASE, *arguments])

    assert stop.value.code == 2


def test_bad_input_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--base", "my-backups"]) == 2
    assert capsys.readouterr().err.startswith("dynamodb-emr check: base: expected s3://bucket/prefix")
