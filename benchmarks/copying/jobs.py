"""A job is one copy by one contender in a fresh process, and what it took."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import msgspec

from benchmarks.recorded.items import ITEM_BYTES


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """*table* is read, or written to; *folder* holds the dump, in S3 or on this machine as the contender has it."""

    contender: str  # as in `contenders.CONTENDERS`
    table: str
    folder: str
    segments: int = 1
    share_bytes: int = 8 * 2**20  # of one item collection, after which the engine gives the rest of it to others
    hands: int = 0  # 0: as many as there are segments, or to load, as the engine has it


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Of the copying alone: what imports and clients take to be there is not in it."""

    items: int
    cpu_seconds: float  # user and system
    seconds: float
    memory_before: int  # bytes, the most that were resident until the copying began
    memory: int  # and until it ended

    @property
    def megabytes(self) -> float:
        """Of the items' JSON as DynamoDB sends it, 10^6 bytes each, whatever a contender writes: so a ratio is one of CPU time an item."""
        return self.items * ITEM_BYTES / 1e6

    @property
    def megabytes_per_cpu_second(self) -> float:
        return self.megabytes / self.cpu_seconds


def run(job: Job, environment: Mapping[str, str]) -> Taken:
    """Raises RuntimeError when the copy failed or is not of so many items as the table has."""
    command = [sys.executable, "-m", "benchmarks.copying.child", msgspec.json.encode(job).decode()]
    ran = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=False)
    if ran.returncode:
        raise RuntimeError(f"{job.contender} of {job.table} ended with exit code {ran.returncode}")
    return msgspec.json.decode(ran.stdout, type=Taken)
