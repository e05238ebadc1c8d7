"""Steps of `command-runner.jar`: any program, run on what stands for the primary node.

A step is a command line, and running it is what EMR does: whoever may add steps runs programs as the cluster's user. Here that is whoever started the
stand-in, which therefore listens on this machine alone unless it is told otherwise.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from airflow_dynamodb_emr.local.emr import yarn_program
from airflow_dynamodb_emr.local.emr.running import Ended

COMMAND_RUNNER = "command-runner.jar"
# -I: nothing of the folder that the program stands in shall be taken for a module of Python's own.
_YARN = '#!/bin/sh\nexec "{python}" -I "{program}" "$@"\n'


class PrimaryNode:
    """A folder to work in, and programs that stand in for those of a real node; *environment* is what they need to find the stand-in."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._folder = TemporaryDirectory(prefix="stand-in-node-")
        self._bin = Path(self._folder.name) / "bin"
        self._bin.mkdir()
        yarn = self._bin / "yarn"
        yarn.write_text(_YARN.format(python=sys.executable, program=yarn_program.__file__))
        yarn.chmod(0o755)

    def run(self, args: list[str], cluster: str) -> Command:
        """Raises OSError where there is no such program."""
        path = os.pathsep.join([str(self._bin), os.environ.get("PATH", os.defpath)])
        return Command(args, self._folder.name, {**os.environ, **self._environment, "PATH": path, yarn_program.CLUSTER: cluster})

    def close(self) -> None:
        self._folder.cleanup()


class Command:
    """A program that runs. It stays in the stand-in's process group: whoever ends the group leaves nothing behind."""

    def __init__(self, args: list[str], folder: str, environment: Mapping[str, str]) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, cwd=folder, env=environment)

    def signal(self, number: int) -> None:
        """Its children get it too: a shell that is gone leaves them running, and their output open."""
        with suppress(psutil.NoSuchProcess):
            if self._process.poll() is None:
                for child in psutil.Process(self._process.pid).children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        child.send_signal(number)
                self._process.send_signal(number)

    def wait(self) -> Ended:
        stdout, stderr = self._process.communicate()
        return Ended(self._process.returncode, stdout, stderr)
