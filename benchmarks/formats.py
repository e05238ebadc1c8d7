"""Dumps in other formats, and two dumps compared: megabytes a CPU-second, and memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from airflow_dynamodb_emr.transfer.raw.forms import CONNECTOR, DYNAMODB_JSON
from benchmarks.copying.jobs import Job, Taken, run
from benchmarks.figures import Figure
from benchmarks.verify import make

PARTS = 4  # of 125 MB of lines


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as scratch:
        first = Path(scratch) / "connector"
        make(first, CONNECTOR, PARTS)
        ours = Path(f"{first}-{DYNAMODB_JSON}")  # where that is converted to
        yield from _figures("convert.from_connector", _run("convert", first, DYNAMODB_JSON))
        yield from _figures("convert.to_connector", _run("convert", ours, CONNECTOR))
        yield from _figures("diff.connector", _run("diff", first), sides=2)
        yield from _figures("diff.dynamodb_json", _run("diff", ours), sides=2)


def _run(contender: str, folder: Path, form: str = "") -> Taken:
    return run(Job(contender=contender, table=form, folder=str(folder)), {})


def _figures(name: str, taken: Taken, sides: int = 1) -> Iterator[Figure]:
    """Of two sides, each is read."""
    yield Figure(f"formats.{name}", round(sides * taken.megabytes_per_cpu_second, 1), "MB/CPU-s", at_least=15)
    yield Figure(f"formats.{name}_memory", round(taken.memory / 1e6), "MB", at_most=150)
