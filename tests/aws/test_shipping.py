"""The Spark program in S3."""

from __future__ import annotations

import io
import zipfile

import pytest

from airflow_dynamodb_emr.aws import shipping
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.spark import Program
from airflow_dynamodb_emr.errors import BadInput, NotFound
from airflow_dynamodb_emr.local.process import StandIn


def shipped(store: Store, base: S3Uri, libraries: str = "") -> Program:
    """As a run does."""
    program = shipping.program(base, libraries)
    shipping.check(store, libraries)
    shipping.ship(store, program)
    return program


def test_the_program_and_its_modules_are_put_under_the_base(store: Store, folder: S3Uri) -> None:
    program = shipped(store, folder)

    assert program.modules.startswith(f"{folder}/artifacts/0.1.0-") and program.modules.endswith("/airflow_dynamodb_emr.zip")
    assert store.read(S3Uri.parse(program.modules)) == shipping.archive()
    assert b"spark.program import main" in (store.read(S3Uri.parse(program.main)) or b"")


def test_what_is_there_is_not_put_again(aws: StandIn, store: Store, folder: S3Uri) -> None:
    first = shipped(store, folder)
    aws.reset_calls()

    assert shipped(store, folder) == first
    assert not [call for call in aws.calls() if "Put" in call or call == "s3.PUT"]


def test_the_same_modules_make_the_same_bytes() -> None:
    first = shipping.archive()
    shipping.archive.cache_clear()

    assert shipping.archive() == first


def test_a_change_of_any_module_is_another_program(store: Store, folder: S3Uri, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shipped(store, folder)
    monkeypatch.setattr(shipping, "archive", lambda: b"other modules")

    assert shipped(store, folder).modules != before.modules


def test_all_that_is_imported_is_shipped_and_nothing_else() -> None:
    names = zipfile.ZipFile(io.BytesIO(shipping.archive())).namelist()

    assert {"airflow_dynamodb_emr/__init__.py", "airflow_dynamodb_emr/errors.py", "airflow_dynamodb_emr/transfer/raw/wire.py"} < set(names)
    assert {name.split("/")[1] for name in names} == {"__init__.py", "errors.py", "spark", "transfer"}
    assert not [name for name in names if name.startswith("airflow_dynamodb_emr/transfer/") and "/raw/" not in name and "__init__" not in name]


def test_libraries_that_are_there_go_along(store: Store, folder: S3Uri) -> None:
    store.put(folder / "libraries.zip", b"zip")

    assert shipped(store, folder, f"{folder}/libraries.zip").libraries == f"{folder}/libraries.zip"


def test_libraries_that_are_not_there_are_bad_input(store: Store, folder: S3Uri) -> None:
    with pytest.raises(NotFound, match=r"spark_libraries: .* is not there"):
        shipped(store, folder, f"{folder}/libraries.zip")
    with pytest.raises(BadInput, match="spark_libraries: expected s3://bucket/prefix"):
        shipped(store, folder, "libraries.zip")
