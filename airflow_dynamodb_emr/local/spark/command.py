"""`spark-submit` on a node of the stand-in: the real one, on this machine in place of YARN, with what is in S3 fetched from the stand-in's.

Exit codes are those of Spark: 0, or 1 for whatever went wrong.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.local.connector.cloud import Cloud
from airflow_dynamodb_emr.local.connector.connection import Refused
from airflow_dynamodb_emr.local.connector.hadoop import JavaError
from airflow_dynamodb_emr.local.signals import stoppable
from airflow_dynamodb_emr.local.spark.files import Brought
from airflow_dynamodb_emr.local.spark.node import Lacking, Node
from airflow_dynamodb_emr.local.spark.submission import PROGRAM, Submission, WrongUse

MASTER = "LOCAL_SPARK_MASTER"  # the variable that says what stands in for YARN, as in knob `spark_master`
_DRIVER_MEMORY = "512m"


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        submission = Submission.parse(sys.argv[1:] if arguments is None else arguments)
        with stoppable(), tempfile.TemporaryDirectory(prefix="application-", dir=Path.cwd(), ignore_cleanup_errors=True) as folder:
            return _run(submission, Path(folder))
    except KeyboardInterrupt:
        print(f"{PROGRAM}: ended by a signal", file=sys.stderr)
    except Lacking as lacking:
        print(f"{PROGRAM}: {lacking}", file=sys.stderr)
    except WrongUse as wrong:
        print(f"Error: {wrong}", file=sys.stderr)
    except (JavaError, Refused, BadInput, OSError, HTTPException) as error:
        print(f'Exception in thread "main" {error}', file=sys.stderr)
    return 1


def _run(submission: Submission, folder: Path) -> int:
    """In a folder of its own, where its archives are unpacked."""
    node, work = Node(folder / "node"), folder / "work"
    work.mkdir()
    with Cloud.of({}).s3() as s3:
        brought = Brought(s3, work)
        brought.place(submission)
        program, modules = brought.program(submission), brought.modules(submission)
    environment = {**node.environment(os.environ), **submission.environment}
    return subprocess.run(
        [node.submit, *_options(submission, modules, folder), program, *submission.args], cwd=work, env=environment, check=False
    ).returncode


def _options(submission: Submission, modules: list[Path], folder: Path) -> list[str]:
    # A JVM that is killed leaves its libraries where it unpacked them: there, they go with the folder.
    java = f"-Djava.io.tmpdir={folder}"
    own = {"spark.driver.extraJavaOptions": java, "spark.executor.extraJavaOptions": java}
    properties = {**own, **submission.here, "spark.ui.enabled": "false"}
    return [
        *("--master", os.environ.get(MASTER, "local[2]"), "--driver-memory", _DRIVER_MEMORY),
        *(["--py-files", ",".join(map(str, modules))] if modules else []),
        *(word for name, value in properties.items() for word in ("--conf", f"{name}={value}")),
    ]
