"""`python -m benchmarks.copying.child JOB`: a process that does nothing but copy, and says what that took."""

from __future__ import annotations

import re
import resource
import sys
import time
from pathlib import Path

import msgspec

from benchmarks.copying.contenders import ready
from benchmarks.copying.jobs import Job, Taken


def main(text: str) -> None:
    job = msgspec.json.decode(text, type=Job)
    copy = ready(job)
    before, used, began = _memory(), _cpu_seconds(), time.monotonic()
    items = copy()
    used, seconds = _cpu_seconds() - used, time.monotonic() - began
    taken = Taken(items=items, cpu_seconds=used, seconds=seconds, memory_before=before, memory=_memory())
    sys.stdout.buffer.write(msgspec.json.encode(taken))


def _cpu_seconds() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _memory() -> int:
    """The most that was ever resident, in bytes. getrusage would tell that of the process that started this one, were it more."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


if __name__ == "__main__":
    main(sys.argv[1])
