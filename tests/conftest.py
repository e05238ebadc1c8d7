"""Settled before anything is imported: no test touches the Airflow of this machine, or an AWS account."""

from __future__ import annotations

import os
import shutil
import tempfile

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


def pytest_unconfigure() -> None:
    shutil.rmtree(_home, ignore_errors=True)
