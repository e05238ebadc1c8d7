"""CPU time of processes that start others."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import cpu

WORK = "import time\nwhile time.process_time() < 0.5: pass\n"


def in_a_child(code: str) -> str:
    return f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {code!r}])\n"


@contextmanager
def started(folder: Path, code: str) -> Iterator[int]:
    """A process that has done this, and stays."""
    done = folder / "done"
    and_stay = f"import pathlib, time\npathlib.Path({str(done)!r}).touch()\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code + and_stay]) as process:
        try:
            while not done.exists() and process.poll() is None:
                time.sleep(0.05)
            yield process.pid
        finally:
            process.kill()


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(WORK, id="its own"),
        pytest.param(in_a_child(WORK), id="a child that has ended"),
        pytest.param(in_a_child(in_a_child(WORK)), id="a child of a child that has ended"),
    ],
)
def test_the_time_of_what_has_ended_is_in_that_of_its_parent(tmp_path: Path, code: str) -> None:
    with started(tmp_path, code) as pid:
        assert cpu.seconds([pid]) >= 0.45  # the kernel tells it in hundredths, of each process


def test_a_process_that_is_gone_counts_nothing(tmp_path: Path) -> None:
    with started(tmp_path, "") as pid:
        pass

    assert cpu.seconds([pid]) == 0
