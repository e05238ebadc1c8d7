from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from airflow_dynamodb_emr.local.connector import connection
from airflow_dynamodb_emr.local.connector.cloud import Cloud
from airflow_dynamodb_emr.local.connector.command import main
from airflow_dynamodb_emr.local.connector.hadoop import JavaError, Options

EXPORT_USAGE = "Usage: Export <path> <table-name> [<read-ratio>] [<total-segment-count>]"
IMPORT_USAGE = "Usage: Import <path> <table-name> [<write-ratio>]"


@pytest.mark.parametrize(
    ("arguments", "settings", "positional"),
    [
        pytest.param(["p", "t"], {}, ["p", "t"], id="none"),
        pytest.param(["-Da=1", "-D", "b=2=3", "p", "t"], {"a": "1", "b": "2=3"}, ["p", "t"], id="with and without a space"),
        pytest.param(["-libjars", "x.jar", "-Da=1", "p"], {"a": "1"}, ["p"], id="another generic option"),
        pytest.param(["p", "t", "-Da=1"], {}, ["p", "t", "-Da=1"], id="too late"),
        pytest.param(["-Da"], {"a": ""}, [], id="without a value"),
    ],
)
def test_options_come_before_the_arguments(arguments: list[str], settings: dict[str, str], positional: list[str]) -> None:
    options = Options.parse(arguments)

    assert (options.settings, options.positional) == (settings, positional)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param([], "Not enough parameters", id="nothing"),
        pytest.param(["s3://bucket/x"], "Not enough parameters", id="no table"),
        pytest.param(["s3://bucket/x", "table", "half"], "Could not parse {} ratio (value: half)", id="no ratio"),
        pytest.param(["s3://bucket/x", "table", "-Da=b"], "Could not parse {} ratio (value: -Da=b)", id="an option too late"),
    ],
)
@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("tool", ["export", "load"])
def test_wrong_use_prints_the_usage_and_ends_with_255(request: pytest.FixtureRequest, tool: str, arguments: list[str], error: str) -> None:
    usage, kind = (EXPORT_USAGE, "read") if tool == "export" else (IMPORT_USAGE, "write")

    ran = request.getfixturevalue(tool)(*arguments)

    assert ran.code == 255
    assert ran.out.splitlines() == [f"Error: {error.format(kind)}", usage]


@pytest.mark.usefixtures("machine")
def test_segments_are_a_whole_number(export: Any) -> None:
    ran = export("s3://bucket/x", "table", "0.5", "4.0")

    assert (ran.code, ran.out.splitlines()[0]) == (255, "Error: Could not parse segment count (value: 4.0)")


def test_an_unknown_class_is_not_found(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["org.example.Tool", "x"]) == 1
    assert "java.lang.ClassNotFoundException: org.example.Tool" in capfd.readouterr().err


@pytest.mark.parametrize("tool", ["export", "load"])
def test_an_unknown_table_is_named(machine: Any, request: pytest.FixtureRequest, tool: str) -> None:
    ran = request.getfixturevalue(tool)(machine.folder(), "nowhere")

    assert ran.code == 1
    assert "Could not lookup table nowhere in DynamoDB." in ran.err
    assert "ResourceNotFoundException" in ran.err


@pytest.mark.parametrize(
    "url", ["", "https://dynamodb.us-east-1.amazonaws.com", "http://dynamodb.us-east-1.amazonaws.com", "http://10.0.0.1:5005", "https://127.0.0.1"]
)
def test_nothing_but_the_stand_in_is_spoken_to(url: str) -> None:
    with pytest.raises(JavaError, match="AWS_ENDPOINT_URL must be on this machine"):
        Cloud.of({}, {"AWS_ENDPOINT_URL": url})
    with pytest.raises(JavaError, match="AWS_ENDPOINT_URL must be on this machine"):
        Cloud.of({"dynamodb.endpoint": url}, {"AWS_ENDPOINT_URL_S3": "http://localhost:5005"})


@pytest.mark.parametrize("url", ["http://127.0.0.1:5005", "http://localhost:5005", "http://[::1]:5005", "http://aws-stand-in:5005"])
def test_this_machine_and_a_neighbour_in_compose_are_the_stand_in(url: str) -> None:
    assert Cloud.of({}, {"AWS_ENDPOINT_URL": url}).s3_url == url


def test_the_region_is_the_option_s_before_the_environment_s() -> None:
    environment = {"AWS_ENDPOINT_URL": "http://localhost:1", "AWS_DEFAULT_REGION": "eu-west-1"}

    assert Cloud.of({}, environment).region == "eu-west-1"
    assert Cloud.of({"dynamodb.region": "eu-north-1"}, environment).region == "eu-north-1"


def test_a_stand_in_that_has_ended_is_not_waited_for(machine: Any, export: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LOST_SECONDS", 0.1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    ran = export(machine.folder(), "table")

    assert ran.code == 1
    assert "Connection refused" in ran.err


def test_it_runs_as_a_program(machine: Any) -> None:
    command = [sys.executable, "-m", "airflow_dynamodb_emr.local.connector", "org.apache.hadoop.dynamodb.tools.DynamoDBExport"]

    ran = subprocess.run([*command, str(machine.folder()), machine.table()], capture_output=True, text=True, env=dict(os.environ), check=False)

    assert (ran.returncode, ran.stdout.splitlines()[-1][:13]) == (0, "Output path: ")


def test_a_step_starts_without_what_is_slow_to_import() -> None:
    code = "import sys, airflow_dynamodb_emr.local.connector.command; print(sorted({'airflow', 'boto3', 'botocore', 'moto'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
