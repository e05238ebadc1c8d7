"""Who copies: each gets ready, and what it then returns copies and says how many items that were."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from benchmarks.copying import alone, boto
from benchmarks.copying.jobs import Job

Contender: TypeAlias = Callable[[Job], Callable[[], int]]

CONTENDERS: dict[str, Contender] = {
    "alone": alone.dump,
    "boto3_dump": boto.dump,
    "boto3_load": boto.load,
    "boto3_batch_writer": boto.load_by_batch_writer,
}
