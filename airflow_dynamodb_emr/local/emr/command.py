"""A program that runs on a node, or has run."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import psutil

from airflow_dynamodb_emr.local.emr.running import Ended


class Command:
    """It stays in the stand-in's process group: whoever ends the group leaves nothing behind."""

    def __init__(self, args: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Raises OSError where there is no such program."""
        self._out, self._err = TemporaryFile(), TemporaryFile()  # noqa: SIM115 - closed when the program is gone
        self._ended: Ended | None = None
        self._changed = threading.Condition()
        try:
            self._process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._err, cwd=folder, env=environment)
        except OSError:
            self._close()
            raise
        self._follower = threading.Thread(target=self._follow, name=f"process {self._process.pid}", daemon=True)
        self._follower.start()

    @property
    def gone(self) -> bool:
        return not self._follower.is_alive()

    def signal(self, number: int) -> None:
        """Its children get it too: a shell that is gone leaves them running."""
        with suppress(psutil.NoSuchProcess):
            if self._process.poll() is None:
                for child in psutil.Process(self._process.pid).children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        child.send_signal(number)
                self._process.send_signal(number)

    def wait(self) -> Ended:
        with self._changed:
            self._changed.wait_for(lambda: self._ended)
        assert self._ended
        return self._ended

    def leave(self, number: int) -> None:
        self._end(-number)

    def join(self, seconds: float) -> None:
        self._follower.join(seconds)

    def _follow(self) -> None:
        self._end(self._process.wait())
        self._close()

    def _close(self) -> None:
        self._out.close()
        self._err.close()

    def _end(self, code: int) -> None:
        with self._changed:
            self._ended = self._ended or Ended(code, _written(self._out), _written(self._err))
            self._changed.notify_all()


def _written(file: IO[bytes]) -> bytes:
    """Until now. It may still be written to: where it is must not change."""
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
