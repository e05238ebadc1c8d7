"""Settled before anything else is imported: no test touches the Airflow of this machine, or an AWS account."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache

import pytest
from botocore.loaders import JSONFileLoader

_home = tempfile.mkdtemp(prefix="airflow-home-")

for name in [name for name in os.environ if name.startswith(("AIRFLOW__", "AWS_"))]:
    del os.environ[name]
os.environ |= {
    "AIRFLOW_HOME": _home,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def _read_descriptions_once() -> None:
    """botocore's, of AWS' services: each session reads its own, and each call of a verb is a session; that was half the time of such a test."""
    loader = JSONFileLoader()
    exists, load = cache(loader.exists), cache(loader.load_file)
    JSONFileLoader.exists = lambda _, path: exists(path)
    JSONFileLoader.load_file = lambda _, path: load(path)


_read_descriptions_once()

# With two workers, a file that takes a minute and comes last leaves one of them idle for it.
_LONGEST_FIRST = ("system", "airflow", "spark", "conformance", "local", "aws", "benchmarks", "transfer")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of several processes, that is: otherwise what is quick to fail comes first, by its name."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(item.config.rootpath / "tests").parts[0]
    return _LONGEST_FIRST.index(folder) if folder in _LONGEST_FIRST else len(_LONGEST_FIRST)


def pytest_unconfigure() -> None:
    shutil.rmtree(_home, ignore_errors=True)
