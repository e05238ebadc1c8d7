"""What Airflow sees of the installed package: it is asked through its own schema and its own command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import airflow
import jsonschema
import pytest

from airflow_dynamodb_emr.provider import get_provider_info
from airflow_dynamodb_emr.settings import Settings

OPTIONS = get_provider_info()["config"]["dynamodb_emr"]["options"]


def _airflow(home: Path, *arguments: str, **variables: str) -> str:
    """Airflow in its own process, because it reads its configuration once."""
    environment = {**os.environ, "AIRFLOW_HOME": str(home), **variables}
    command = [sys.executable, "-W", "ignore", "-m", "airflow", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def test_the_provider_info_has_airflows_form() -> None:
    schema = json.loads((Path(airflow.__file__).parent / "provider_info.schema.json").read_text())

    jsonschema.validate(get_provider_info(), schema)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_default_is_of_the_type_it_declares(name: str) -> None:
    option = OPTIONS[name]
    read = {"string": str, "integer": int, "float": float, "boolean": {"True": True, "False": False}.get}[option["type"]]

    assert [type(read(option[key])) for key in ("default", "example") if option[key] is not None]


def test_what_the_options_promise_is_what_the_settings_do() -> None:
    told = {name: json.loads(option["default"]) if option["default"] == "[]" else option["default"] for name, option in OPTIONS.items()}

    assert set(Settings.__struct_fields__) == set(OPTIONS)
    assert Settings.parse({name: default for name, default in told.items() if default is not None}) == Settings()


@pytest.mark.parametrize("name", ["prefixes", "exclude", "subnets"])
def test_a_list_is_given_as_json(name: str) -> None:
    assert json.loads(OPTIONS[name]["default"]) == []
    assert all(isinstance(entry, str) for entry in json.loads(OPTIONS[name]["example"]))


def test_every_listed_module_is_there() -> None:
    info = get_provider_info()
    listed = [module for kind in ("operators", "sensors", "triggers") for entry in info[kind] for module in entry["python-modules"]]

    for module in listed:
        __import__(module)


def test_airflow_lists_the_provider(tmp_path: Path) -> None:
    listed = json.loads(_airflow(tmp_path, "providers", "list", "--output", "json"))

    assert "airflow-dynamodb-emr" in {provider["package_name"] for provider in listed}


def test_an_option_comes_from_its_default_or_its_variable(tmp_path: Path) -> None:
    asked = ["config", "get-value", "dynamodb_emr", "read_ratio"]

    assert _airflow(tmp_path, *asked).split() == ["0.5"]
    assert _airflow(tmp_path, *asked, AIRFLOW__DYNAMODB_EMR__READ_RATIO="0.25").split() == ["0.25"]
