"""CPU time, memory and time of copying, as ratios between contenders that ran side by side."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from airflow_dynamodb_emr.core.cutting import cut
from benchmarks.copying import connector, skew
from benchmarks.copying.bench import Bench, Runs, bench, middle, ratio
from benchmarks.copying.jobs import Job, Taken
from benchmarks.copying.skew import HANDS, UNITS
from benchmarks.figures import Figure
from benchmarks.recorded.items import ITEM_BYTES
from reference.maven import Missing

ROUNDS, CONNECTOR_ROUNDS = 5, 2  # a round of the connector's takes half a minute
SEGMENTS = (1, 2, 4, 8)
# Items of a dump: as many as take one to two CPU-seconds, the connector's more because it starts for four.
DUMPED = {"alone": 200_000, "raw_dump_dropped": 200_000, "raw_dump": 200_000, "boto3_dump": 8_000}
LOADED = {"raw_load": 100_000, "boto3_load": 6_000, "boto3_batch_writer": 6_000}
PLAIN, CONNECTOR_FORM, BY_CONNECTOR = 50_000, 100_000, 200_000
SMALL, BIG = 200_000, 1_850_000  # the latter is 2 GB of answers


def measure() -> Iterator[Figure]:
    with bench() as at:
        yield from _dumps(at)
        yield from _loads(at)
        yield from _segments(at)
        yield from _memory(at)
    yield from skew.measure()


def _dumps(at: Bench) -> Iterator[Figure]:
    runs: Runs = defaultdict(list)
    for _ in range(ROUNDS):
        for contender, items in DUMPED.items():
            runs[contender].append(at.dump(contender, items))
    yield from (_speed(f"dump.{name.replace('_dump', '')}", middle(runs[name])) for name in DUMPED)
    yield _speed("dump.raw_into_the_stand_ins_s3", middle(at.dump("raw_dump", SMALL, into_s3=True) for _ in range(3)))
    yield _speed("dump.raw_with_the_standard_library", middle(at.dump("raw_dump_plainly", PLAIN) for _ in range(3)))
    yield _speed("dump.raw_in_the_connector_form", middle(at.dump("raw_dump_connector_form", CONNECTOR_FORM) for _ in range(3)))
    yield Figure("copy.dump.raw_to_boto3", round(ratio(runs, "raw_dump", "boto3_dump"), 1), "times", at_least=30)
    yield Figure("copy.dump.raw_to_alone", round(ratio(runs, "raw_dump_dropped", "alone"), 2), "of_it", at_least=0.75)
    yield from _connector(at)


def _connector(at: Bench) -> Iterator[Figure]:
    runs: Runs = defaultdict(list)
    try:
        start = connector.dump(at.recorded, 1)
        for _ in range(CONNECTOR_ROUNDS):
            runs["connector"].append(connector.dump(at.recorded, BY_CONNECTOR))
            runs["raw_dump"].append(at.dump("raw_dump", BY_CONNECTOR))
    except Missing as missing:
        print(f"copy: not measured beside the connector's library: {missing}", file=sys.stderr)
        return
    yield Figure("copy.dump.connector_of_one_item", round(start.cpu_seconds, 1), "CPU-s")
    yield _speed("dump.connector", middle(runs["connector"]))
    yield Figure("copy.dump.raw_to_connector", round(ratio(runs, "raw_dump", "connector"), 1), "times", at_least=20)


def _loads(at: Bench) -> Iterator[Figure]:
    dumps, runs = {contender: _dumped(at, contender, items) for contender, items in LOADED.items()}, defaultdict[str, list[Taken]](list)
    for _ in range(ROUNDS):
        for contender in LOADED:
            runs[contender].append(at.load(contender, dumps))
    yield from (_speed(f"load.{name.removesuffix('_load')}", middle(runs[name])) for name in LOADED)
    yield Figure("copy.load.raw_to_boto3", round(ratio(runs, "raw_load", "boto3_load"), 1), "times", at_least=20)
    yield Figure("copy.load.raw_to_batch_writer", round(ratio(runs, "raw_load", "boto3_batch_writer"), 1), "times", at_least=40)


def _dumped(at: Bench, contender: str, items: int) -> tuple[str, int]:
    """By its own kind, to be loaded."""
    dumper, folder = "raw_dump" if contender.startswith("raw") else "boto3_dump", at.folder()
    at.run(Job(contender=dumper, table=f"T{items}", folder=folder), items)
    return folder, items


def _segments(at: Bench) -> Iterator[Figure]:
    runs = {segments: [at.dump("raw_dump", SMALL, into_s3=True, segments=segments) for _ in range(3)] for segments in SEGMENTS}
    for segments, taken in runs.items():
        yield Figure(f"copy.segments.{segments}_seconds", round(median(each.seconds for each in taken), 2), "s")
        yield Figure(f"copy.segments.{segments}_cpu_seconds", round(median(each.cpu_seconds for each in taken), 2), "CPU-s")


def _memory(at: Bench) -> Iterator[Figure]:
    """Of one hand; of all that a worker has; and of a table ten times as large. Tables are cut as a plan cuts them."""
    one, small, big = (
        at.dump("raw_dump", items, into_s3=True, hands=hands, **_cut(items)) for items, hands in ((SMALL, 1), (SMALL, HANDS), (BIG, HANDS))
    )
    yield _megabytes("before", big.memory_before)
    yield _megabytes("one_hand", one.memory)
    yield _megabytes("small_table", small.memory)
    yield _megabytes("big_table", big.memory, at_most=150)
    yield _megabytes("growth", big.memory - small.memory)
    yield Figure("copy.memory.big_table_seconds", round(big.seconds, 1), "s")


def _cut(items: int) -> dict[str, int]:
    own = cut(items * ITEM_BYTES, items, UNITS)
    return {"segments": own.segments, "share_bytes": own.share_bytes}


def _speed(name: str, megabytes_per_cpu_second: float) -> Figure:
    return Figure(f"copy.{name}", round(megabytes_per_cpu_second, 1), "MB/CPU-s")


def _megabytes(name: str, size: int, at_most: float | None = None) -> Figure:
    return Figure(f"copy.memory.{name}", round(size / 1e6), "MB", at_most=at_most)
