"""AWS's connector library: a job of Hadoop's in a Java process of its own, from its start, as each of its mappers is one."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.copying.jobs import Taken
from reference.oracle import oracle

_UNITS = "40000"  # of reading, a second: more than it can use

_HEAP = "2g"  # enough for its two mappers to collect no garbage in despair


def dump(endpoint: str, expected: int) -> Taken:
    """Lines are not compressed, which spares it work that the others do. Raises reference.maven.Missing where there is no Java."""
    with tempfile.TemporaryDirectory() as scratch, oracle(Path(scratch), _HEAP) as java:
        folder, began = Path(scratch) / "lines", time.monotonic()
        answer = java.ask(do="export", endpoint=endpoint, table=f"T{expected}", folder=str(folder), read=_UNITS)
        if answer:
            raise RuntimeError(f"the connector's job failed: {answer['failed']}\n{java.log()[-3000:]}")
        seconds, process = time.monotonic() - began, psutil.Process(java.pid)
        used, memory = sum(process.cpu_times()[:4]), process.memory_info().rss
        items = sum(_lines(part) for part in folder.glob("part-*"))
        if items != expected:
            raise RuntimeError(f"the connector copied {items} items of {expected}")
        return Taken(items=items, cpu_seconds=used, seconds=seconds, memory_before=0, memory=memory)


def _lines(part: Path) -> int:
    with part.open("rb") as lines:
        return sum(1 for _ in lines)
