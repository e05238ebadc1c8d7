"""The plugin is there once, by whichever way Airflow finds it; a second meeting would be shown to users as an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
_NOT_INSTALLED = "import importlib.metadata as metadata; metadata.entry_points = lambda **_: ()"


def test_the_plugin_is_registered_once_though_the_folder_holds_it_too(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "airflow", "plugins", "--output", "json"]
    env = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins")}

    told = subprocess.run(command, env=env, cwd=tmp_path, check=True, capture_output=True, text=True)

    assert [plugin["name"] for plugin in json.loads(told.stdout.splitlines()[-1])].count("airflow_dynamodb_emr") == 1
    assert "already registered" not in told.stdout + told.stderr


@pytest.mark.parametrize(
    ("before", "found"), [pytest.param("", "None", id="installed"), pytest.param(_NOT_INSTALLED, "plugin", id="on the path only")]
)
def test_the_folder_gives_the_plugin_only_where_no_entry_point_does(before: str, found: str) -> None:
    asks = f"{before}\nfrom airflow_dynamodb_emr.plugin.folder import DynamoDBEmrPlugin as it\nprint('plugin' if it else it)"

    told = subprocess.run([sys.executable, "-W", "ignore", "-c", asks], check=True, capture_output=True, text=True).stdout

    assert told.splitlines()[-1] == found
