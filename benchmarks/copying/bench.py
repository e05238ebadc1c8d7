"""What a measurement needs: the recorded answers, an S3 beside them, and places of its own for each copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from airflow_dynamodb_emr.local.process import StandIn, stand_in
from benchmarks.copying.jobs import Job, Taken, run
from benchmarks.recorded.process import recorded_answers

BUCKET = "local-backups"
Runs = Mapping[str, list[Taken]]  # by contender, in order of rounds


@dataclass(frozen=True)
class Bench:
    """*recorded* is the URL of the recorded answers, *aws* the stand-in, of which only S3 is used here."""

    recorded: str
    aws: StandIn
    scratch: Path
    _numbers: Iterator[int]

    def dump(self, contender: str, items: int, into_s3: bool = False, **how: Any) -> Taken:
        """A table of so many items, into files or the stand-in's S3; what was written is deleted."""
        folder = self.folder(into_s3)
        try:
            return self.run(Job(contender=contender, table=f"T{items}", folder=folder, **how), items)
        finally:
            self.delete(folder)

    def load(self, contender: str, dumps: Mapping[str, tuple[str, int]]) -> Taken:
        """What `dumps` has for it: a folder, and how many items are in it. Raises RuntimeError where the table got another number of them."""
        (folder, items), table = dumps[contender], f"written-{next(self._numbers)}"
        taken = self.run(Job(contender=contender, table=table, folder=folder), items)
        written = self.client("dynamodb").describe_table(TableName=table)["Table"]["ItemCount"]
        if written != items:
            raise RuntimeError(f"{contender} wrote {written} items where there are {items}")
        return taken

    def run(self, job: Job, items: int) -> Taken:
        taken = run(job, {**self.aws.env, "AWS_ENDPOINT_URL_DYNAMODB": self.recorded})
        if taken.items != items:
            raise RuntimeError(f"{job.contender} copied {taken.items} items of {items}")
        return taken

    def folder(self, in_s3: bool = False) -> str:
        """An empty one, on this machine or in S3."""
        name = f"copy-{next(self._numbers)}"
        if in_s3:
            return f"s3://{BUCKET}/{name}"
        (self.scratch / name).mkdir()
        return str(self.scratch / name)

    def delete(self, folder: str) -> None:
        if not folder.startswith("s3://"):
            shutil.rmtree(folder)
            return
        s3, prefix = self.aws.client("s3"), folder.removeprefix(f"s3://{BUCKET}/")
        for each in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix + "/").get("Contents", []):
            s3.delete_object(Bucket=BUCKET, Key=each["Key"])

    def client(self, service: str) -> Any:
        return self.aws.client(service, endpoint_url=self.recorded)


@contextmanager
def bench() -> Iterator[Bench]:
    with recorded_answers() as recorded, stand_in() as aws, tempfile.TemporaryDirectory() as scratch:
        yield Bench(recorded, aws, Path(scratch), count(1))


def ratio(runs: Runs, one: str, other: str) -> float:
    """How many times the megabytes per CPU-second of *other*: the median over rounds, in each of which both ran one after the other."""
    rounds = zip(runs[one], runs[other], strict=True)
    return median(mine.megabytes_per_cpu_second / theirs.megabytes_per_cpu_second for mine, theirs in rounds)


def middle(taken: Iterable[Taken]) -> float:
    return median(each.megabytes_per_cpu_second for each in taken)
