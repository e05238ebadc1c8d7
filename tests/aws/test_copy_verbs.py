"""`dynamodb-emr dump` and `load`, against the stand-in as a process: the copy engine speaks HTTP itself."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from airflow_dynamodb_emr import cli
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from airflow_dynamodb_emr.transfer.compare import Difference, compare
from airflow_dynamodb_emr.transfer.scan import scan

TABLE = "PROD_all.types"
FOLDERS = (f"s3://local-backups/verbs/{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def aws() -> Iterator[StandIn]:
    with stand_in(fleet=4, burst_seconds=10_000, create_seconds=0.1) as running, pytest.MonkeyPatch.context() as patch:
        for name, value in running.env.items():
            patch.setenv(name, value)
        yield running


@pytest.fixture
def folder() -> str:
    return next(FOLDERS)


def difference(aws: StandIn, left: str, right: str, keys: list[str]) -> Difference:
    return compare(*((item for page in scan(aws.endpoint, name) for item in page) for name in (left, right)), keys)


@pytest.mark.parametrize("form", ["dynamodb-json", "connector"])
def test_a_dump_is_loaded_into_a_table_that_is_made_for_it(aws: StandIn, folder: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    target = f"MADE_{form}"

    assert cli.main(["dump", TABLE, folder, "--form", form]) == 0
    assert cli.main(["load", folder, target, "--create"]) == 0

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{TABLE}: 400 items, ") and " in 1 part, " in said[0]
    assert said[1].startswith(f"{target}: 400 items, ")
    assert difference(aws, TABLE, target, ["id"]) == Difference(equal=400)


def test_the_json_of_a_dump_is_its_manifest(aws: StandIn, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dump", TABLE, folder, "--json", "--segments", "3"]) == 0

    told = json.loads(capsys.readouterr().out)
    bucket, _, key = folder.removeprefix("s3://").partition("/")
    stored = json.loads(aws.client("s3").get_object(Bucket=bucket, Key=f"{key}/manifest.json")["Body"].read())
    assert told == stored
    assert (told["items"], len(told["parts"])) == (400, 3)


def test_the_json_of_a_load_counts(aws: StandIn, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["dump", TABLE, folder])
    capsys.readouterr()

    assert cli.main(["load", folder, TABLE, "--json", "--connections", "2"]) == 0

    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told.keys() == {"items", "bytes", "seconds", "write_units"}
    assert told["items"] == 400


BAD = {
    "no such table": (["dump", "NOWHERE", "{folder}"], 2, "table NOWHERE is not there"),
    "no such bucket": (["dump", TABLE, "s3://nowhere-at-all/x"], 2, "S3URI: bucket nowhere-at-all is not there"),
    "no URI": (["dump", TABLE, "somewhere"], 2, "S3URI: expected s3://bucket/prefix, got 'somewhere'"),
    "nothing there": (["load", "{folder}", TABLE], 2, "there is no dump here"),
    "no table to load into": (["load", "s3://local-backups/verbs/whole", "NOWHERE"], 2, "table NOWHERE is not there"),
    "a table that exists already": (["load", "s3://local-backups/verbs/whole", TABLE, "--create"], 2, f"table {TABLE} exists already"),
    "a dump over a dump": (["dump", TABLE, "s3://local-backups/verbs/whole"], 2, "s3://local-backups/verbs/whole holds a dump already"),
    "other keys": (["load", "s3://local-backups/verbs/whole", "PROD_orders"], 2, "the dump has ['id']"),
}


@pytest.mark.parametrize(("arguments", "status", "facts"), BAD.values(), ids=BAD)
def test_bad_input_is_refused(aws: StandIn, folder: str, arguments: list[str], status: int, facts: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["dump", TABLE, "s3://local-backups/verbs/whole"])
    capsys.readouterr()

    assert cli.main([each.format(folder=folder) for each in arguments]) == status

    line, hint = capsys.readouterr().err.splitlines()
    assert facts in line
    assert hint.startswith("HINT: ")


def test_a_dump_that_was_not_finished_is_not_loaded(aws: StandIn, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["dump", TABLE, folder])
    bucket, _, key = folder.removeprefix("s3://").partition("/")
    aws.client("s3").delete_object(Bucket=bucket, Key=f"{key}/manifest.json")
    capsys.readouterr()

    assert cli.main(["load", folder, TABLE]) == 1

    line, hint = capsys.readouterr().err.splitlines()
    assert line == f"dynamodb-emr load: {folder} holds a dump that was not finished"
    assert hint.startswith("HINT: ")


def test_a_refusal_of_aws_is_told_with_its_own_status(aws: StandIn, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    aws.faults(deny={"dynamodb.Scan": 1})

    assert cli.main(["dump", TABLE, folder]) == 3

    line, hint = capsys.readouterr().err.splitlines()
    assert line.startswith("dynamodb-emr dump: Scan was refused: AccessDeniedException: ")
    assert hint == "HINT: allow the action to the credentials in use"
