"""How far it is, on standard error: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from airflow_dynamodb_emr.core.words import size
from airflow_dynamodb_emr.transfer.meter import Meter


@contextmanager
def told(what: str, items_in_all: int) -> Iterator[Meter]:
    """*items_in_all*: 0 where nobody knows."""
    if not sys.stderr.isatty():
        yield Meter(items_in_all, lambda line: print(f"{what}: {line}", file=sys.stderr, flush=True))
        return
    columns = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[moved]}"), TimeRemainingColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=items_in_all or None, moved="")

        class Shown(Meter):
            def told(self, items: int, bytes_moved: int, units: float) -> None:
                super().told(items, bytes_moved, units)
                progress.update(task, completed=self.items, moved=f"{self.items:,} items, {size(self.bytes)}, {size(self.bytes_a_second)}/s")

        yield Shown(items_in_all, lambda _: None)
