"""Steps of `command-runner.jar`: any program, run on what stands for the primary node.

A step is a command line, and running it is what EMR does: whoever may add steps runs programs as the cluster's user. Here that is whoever started the
stand-in, which therefore listens on this machine alone unless it is told otherwise.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import airflow_dynamodb_emr
from airflow_dynamodb_emr.local.emr import yarn_program
from airflow_dynamodb_emr.local.emr.command import Command
from airflow_dynamodb_emr.local.knobs import Knobs
from airflow_dynamodb_emr.local.spark.command import MASTER
from airflow_dynamodb_emr.local.spark.submission import PROGRAM

COMMAND_RUNNER = "command-runner.jar"
# Programs that stand in for those of a real node. -I: nothing of the folder that yarn stands in shall be taken for a module of Python's own.
_BIN = {
    "yarn": '#!/bin/sh\nexec "{python}" -I "{yarn}" "$@"\n',
    PROGRAM: '#!/bin/sh\nPYTHONPATH="{root}" exec "{python}" -m airflow_dynamodb_emr.local.spark "$@"\n',
}


class PrimaryNode:
    """A folder to work in, and programs that stand in for those of a real node, made when the first is run.

    *environment* is what programs need to find the stand-in.
    """

    def __init__(self, environment: Mapping[str, str], knobs: Knobs) -> None:
        self._environment, self._knobs = environment, knobs
        self._lock = threading.Lock()
        self._folder: TemporaryDirectory[str] | None = None

    def run(self, args: list[str], cluster: str = "") -> Command:
        """Raises OSError where there is no such program."""
        folder = self._made()
        path = os.pathsep.join([str(folder / "bin"), os.environ.get("PATH", os.defpath)])
        own = {"PATH": path, yarn_program.CLUSTER: cluster, MASTER: self._knobs.spark_master}
        return Command(args, folder, {**os.environ, **self._environment, **own})

    def close(self) -> None:
        if self._folder:
            self._folder.cleanup()

    def _made(self) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = TemporaryDirectory(prefix="stand-in-node-", ignore_cleanup_errors=True)  # a program may still be about to end
                _fill(Path(self._folder.name) / "bin")
            return Path(self._folder.name)


def _fill(folder: Path) -> None:
    folder.mkdir()
    names = {"python": sys.executable, "yarn": yarn_program.__file__, "root": str(Path(airflow_dynamodb_emr.__file__).parents[1])}
    for program, text in _BIN.items():
        path = folder / program
        path.write_text(text.format(**names))
        path.chmod(0o755)
