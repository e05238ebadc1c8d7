"""What the program says when it cannot do what it is asked to; a Spark of its own is in none of these."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import spark as core
from airflow_dynamodb_emr.core.cutting import Cut
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.spark import dump_task, load_task
from airflow_dynamodb_emr.spark import program
from airflow_dynamodb_emr.spark.program import main

CUT = Cut(segments=1)


class _Context:
    """A SparkContext that nothing is ever asked of."""

    def __enter__(self) -> _Context:
        return self

    def __exit__(self, *_: object) -> None: ...

    def getConf(self) -> dict[str, str]:
        return {"spark.driver.host": "127.0.0.1"}


@pytest.fixture(autouse=True)
def no_spark(nodes: None, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("pyspark")
    module.SparkContext = _Context
    monkeypatch.setitem(__import__("sys").modules, "pyspark", module)


def outcome(clients: Clients, folder: S3Uri) -> Any:
    """As whoever waits for it reads it; None where there is none."""
    return Store(clients.s3).load(folder / core.OUTCOME, core.Outcome)


def test_a_table_that_is_not_there_is_told_in_the_folder(clients: Clients, folder: S3Uri, capfd: Any) -> None:
    assert main(dump_task("us-east-1", "nowhere", folder, CUT)) == 1

    told = outcome(clients, folder)
    assert (told.ok, told.facts) == (False, "table nowhere is not there")
    assert told.hint in capfd.readouterr().err


def test_a_dump_that_is_there_is_left_as_it_is(clients: Clients, folder: S3Uri, make_table: Any) -> None:
    Store(clients.s3).put(folder / "manifest.json", b"{}")

    assert main(dump_task("us-east-1", make_table(), folder, CUT)) == 1
    assert outcome(clients, folder) is None


def test_a_load_of_what_is_no_dump_is_told_where_it_was_asked_to(clients: Clients, folder: S3Uri, make_table: Any) -> None:
    assert main(load_task("us-east-1", folder / "nothing", make_table(), folder)) == 1
    assert outcome(clients, folder).facts == f"{folder}/nothing holds no manifest.json"


def test_a_dump_in_the_form_of_the_connector_is_left_to_another_engine(clients: Clients, folder: S3Uri, make_table: Any) -> None:
    Store(clients.s3).put(folder / "manifest.json", b'{"format": 1, "form": "connector", "parts": []}')

    assert main(load_task("us-east-1", folder, make_table(), folder / "told")) == 1
    assert outcome(clients, folder / "told").hint == "use the engine `worker`"


def test_an_error_that_nobody_thought_of_is_told_too(clients: Clients, folder: S3Uri, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    def fails(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(program, "_run", fails)

    assert main(dump_task("us-east-1", "orders", folder, CUT)) == 1
    assert outcome(clients, folder).facts == "OSError: no space left on device"
    assert "Traceback" in capfd.readouterr().err


def test_without_botocore_the_exit_status_says_so(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    monkeypatch.setattr(program, "find_spec", lambda _: None)

    assert main(dump_task("us-east-1", "orders", S3Uri("b", "k"), CUT)) == 3
    assert "HINT: put it into the archive of setting spark_libraries" in capfd.readouterr().err


def test_wrong_use_is_refused() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["dump", "--table", "orders"])

    assert ended.value.code == 2
