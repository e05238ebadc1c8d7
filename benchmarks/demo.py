"""The demo as a whole process, as `make demo` starts it once its environment is there."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.figures import Figure

GOAL_SECONDS = 120  # on a cold machine that includes installing what it needs; `make demo` is to be that quick as a whole


def measure() -> Iterator[Figure]:
    began = time.monotonic()
    demo = subprocess.run([sys.executable, "-m", "airflow_dynamodb_emr.local.demo"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    seconds = time.monotonic() - began
    if demo.returncode:
        print(demo.stdout, file=sys.stderr)
    yield Figure("demo.seconds", round(seconds, 1), "s", at_most=GOAL_SECONDS)
    yield Figure("demo.exit_status", demo.returncode, "status", at_most=0)
