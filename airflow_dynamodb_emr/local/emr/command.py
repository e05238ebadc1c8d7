"""A program that runs on a node, or has run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import psutil

from airflow_dynamodb_emr.local.emr.followed import Followed


class Command(Followed):
    """It stays in the stand-in's process group: whoever ends the group leaves nothing behind."""

    def __init__(self, args: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Raises OSError where there is no such program."""
        super().__init__()
        self._out, self._err = TemporaryFile(), TemporaryFile()  # noqa: SIM115 - closed when the program is gone
        try:
            self._process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._err, cwd=folder, env=environment)
        except OSError:
            self._close()
            raise
        self._start_following(self._process.pid)

    def signal(self, number: int) -> None:
        """Its children get it too: a shell that is gone leaves them running."""
        with suppress(psutil.NoSuchProcess):
            if self._process.poll() is None:
                for child in psutil.Process(self._process.pid).children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        child.send_signal(number)
                self._process.send_signal(number)

    def _follow(self) -> None:
        self._end(self._process.wait())
        self._close()

    def _close(self) -> None:
        self._out.close()
        self._err.close()

    def _outputs(self) -> tuple[bytes, bytes]:
        return _written(self._out), _written(self._err)


def _written(file: IO[bytes]) -> bytes:
    """Until now. It may still be written to: where it is must not change."""
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
