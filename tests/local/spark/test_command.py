"""The stand-in's spark-submit where nothing comes of it; where it runs, the tests of the engine `spark` show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.local.spark import node
from airflow_dynamodb_emr.local.spark.command import main


@pytest.fixture(autouse=True)
def at_the_stand_in(shared: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in shared.env.items():
        monkeypatch.setenv(name, value)


def test_without_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    monkeypatch.setattr(node, "find_spec", lambda _: None)

    assert main(["main.py"]) == 1
    assert capfd.readouterr().err.splitlines()[1] == "HINT: install what the stand-in needs for it: pip install 'airflow-dynamodb-emr[spark]'"


def test_without_java_it_says_so(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    pytest.importorskip("pyspark", reason="without PySpark nobody asks for Java")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")

    assert main(["main.py"]) == 1
    assert "Spark needs Java" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["--colour", "red", "main.py"], "Error: Unrecognized option: --colour", id="unknown option"),
        pytest.param(["s3://local-artifacts/none.py"], "No such file or directory 's3://local-artifacts/none.py'", id="no program"),
        pytest.param(["--archives", "s3://local-artifacts/none.zip#x", "main.py"], "s3://local-artifacts/none.zip", id="no archive"),
        pytest.param(["s3://No_Bucket/main.py"], "expected s3://bucket/prefix", id="no URI"),
    ],
)
def test_what_cannot_be_run_is_said_and_fails(args: list[str], words: str, capfd: Any, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="without PySpark nothing else is looked at")

    assert main(args) == 1
    assert words in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []
