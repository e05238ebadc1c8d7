"""What holds for the package as a whole: its rings, its one version, its front door, its tree of errors."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import airflow_dynamodb_emr
from airflow_dynamodb_emr import errors
from airflow_dynamodb_emr.provider import get_provider_info

PACKAGE = Path(airflow_dynamodb_emr.__file__).parent
PROJECT = PACKAGE.parent

OUTER = {
    "core": {"airflow", "boto3", "botocore", "moto", "airflow_dynamodb_emr.transfer", "airflow_dynamodb_emr.aws", "airflow_dynamodb_emr.local"},
    "transfer": {"airflow", "moto", "airflow_dynamodb_emr.aws", "airflow_dynamodb_emr.local"},
    "spark": {"airflow", "boto3", "moto", "airflow_dynamodb_emr.core", "airflow_dynamodb_emr.aws", "airflow_dynamodb_emr.local"},
    "aws": {"airflow", "moto", "airflow_dynamodb_emr.local"},
    "settings": {"airflow", "boto3", "moto", "airflow_dynamodb_emr.aws", "airflow_dynamodb_emr.local"},
    "verbs": {"airflow", "moto", "airflow_dynamodb_emr.local"},
    "cli": {"airflow", "moto", "airflow_dynamodb_emr.local"},
}


def _modules(ring: str) -> list[str]:
    files = (PACKAGE / ring).rglob("*.py") if (PACKAGE / ring).is_dir() else [PACKAGE / f"{ring}.py"]
    return sorted(".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__") for file in files)


@pytest.mark.parametrize("ring", OUTER)
def test_a_ring_imports_nothing_of_an_outer_one(ring: str) -> None:
    loads_all = f"import sys\nfor name in {_modules(ring)!r}: __import__(name)\nprint(*{OUTER[ring]!r} & set(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", loads_all], check=True, capture_output=True, text=True).stdout.split()

    assert loaded == []


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_nothing_but_the_stand_in_imports_the_stand_in() -> None:
    starts_it = PACKAGE / "cli.py"
    users = [
        str(file.relative_to(PROJECT))
        for file in [*PACKAGE.rglob("*.py"), *(PROJECT / "dags").rglob("*.py"), *(PROJECT / "plugins").rglob("*.py")]
        if PACKAGE / "local" not in file.parents and file != starts_it and any(".local" in name for name in _imports(file))
    ]

    assert users == []


def test_there_is_one_version() -> None:
    top_of_changelog = re.search(r"^## (\S+)", (PROJECT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert top_of_changelog
    assert top_of_changelog[1] == airflow_dynamodb_emr.__version__
    assert get_provider_info()["versions"][0] == airflow_dynamodb_emr.__version__


def test_the_front_door_is_sorted_and_opens() -> None:
    names = airflow_dynamodb_emr.__all__

    assert names == sorted(names)
    assert all(hasattr(airflow_dynamodb_emr, name) for name in names)
    assert set(airflow_dynamodb_emr._HOMES) == set(names) - {"__version__"}


def test_every_error_has_one_root() -> None:
    modules = [errors, *(import_module(name) for ring in ("core", "transfer", "aws") for name in _modules(ring))]
    found = {value for module in modules for value in vars(module).values() if isinstance(value, type) and issubclass(value, Exception)}
    ours = {error for error in found if error.__module__.startswith("airflow_dynamodb_emr")}

    assert errors.BadInput in ours
    assert [error for error in ours if not issubclass(error, errors.DynamoDBBackupError)] == []


def test_the_drawing_names_every_error() -> None:
    names = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}

    assert names <= set(re.findall(r"\w+", errors.__doc__ or ""))


@pytest.mark.parametrize("page", ["README.md", "docs/red.md"])
def test_every_dag_is_named_where_a_reader_looks_for_it(page: str) -> None:
    words = (PROJECT / page).read_text()

    assert [dag.stem for dag in (PROJECT / "dags").glob("*.py") if f"`{dag.stem}`" not in words] == []
