"""What is shipped runs on a node: Python 3.9, its standard library, and botocore."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from airflow_dynamodb_emr.aws import shipping
from airflow_dynamodb_emr.core import spark as core
from airflow_dynamodb_emr.local.spark.node import Node
from airflow_dynamodb_emr.spark import LIBRARIES
from airflow_dynamodb_emr.spark.program import OUTCOME

OLDEST = (3, 9)
_IMPORT_ALL = """
import sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    if not name.endswith("__main__"):
        __import__(name)
ours = sys.modules["airflow_dynamodb_emr"].__file__
foreign = sorted({name.partition(".")[0] for name, module in sys.modules.items() if getattr(module, "__file__", None)} - sys.stdlib_module_names)
print(ours)
print(*foreign)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive as a node gets it."""
    path = tmp_path_factory.mktemp("shipped") / "airflow_dynamodb_emr.zip"
    path.write_bytes(shipping.archive())
    return path


def test_all_of_it_imports_with_the_standard_library_and_botocore_alone(unpacked: Path, tmp_path: Path) -> None:
    """On the stand-in's own node, whose Python has nothing else."""
    node = tmp_path / "node"
    if find_spec("pyspark"):
        environment = Node(node).environment({})
    else:
        pytest.skip("the stand-in's node is made with PySpark, which is not installed")

    said = subprocess.run(
        [environment["PYSPARK_PYTHON"], "-c", _IMPORT_ALL, str(unpacked), *shipping.shipped()],
        env={"PYTHONPATH": environment["PYTHONPATH"], "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    assert said[0].startswith(str(unpacked))
    assert set(said[1].split()) <= {"airflow_dynamodb_emr", "botocore", "dateutil", "jmespath", "six", "urllib3", "__main__"}


@pytest.mark.parametrize("name", shipping.shipped())
def test_its_syntax_is_that_of_the_oldest_python(name: str) -> None:
    ast.parse(shipping.source(name), feature_version=OLDEST)


def test_it_uses_nothing_of_the_standard_library_that_is_newer(tmp_path: Path) -> None:
    pytest.importorskip("vermin", reason="what is newer is found by vermin, which is not installed")
    files = []
    for name in shipping.shipped():
        files.append(tmp_path / f"{name}.py")
        files[-1].write_text(shipping.source(name))

    vermin = [sys.executable, "-c", "from vermin import main; main()", "-t=3.9-", "--violations", "--no-tips"]
    found = subprocess.run([*vermin, *files], capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stdout


def test_those_who_write_and_those_who_read_have_the_same_names() -> None:
    assert (core.LIBRARIES, core.OUTCOME) == (LIBRARIES, OUTCOME)
