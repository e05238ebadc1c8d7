"""The recording as a process of its own: its CPU time is nobody else's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def recorded_answers() -> Iterator[str]:
    """Its URL. It ends when it is left, or when this process is killed: its standard input ends then."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-m", "benchmarks.recorded"], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError(f"the recorded answers ended with exit code {process.wait()} before they were ready")
        try:
            yield url
        finally:
            process.terminate()
