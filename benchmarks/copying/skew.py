"""Tables of which nine tenths are in one place, against one that is even: the same bytes, the same pages, each of which takes its time to come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from typing import Any

from airflow_dynamodb_emr.core.cutting import cut
from airflow_dynamodb_emr.local.dynamodb.items.store import HASHES, hash_of
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from benchmarks.copying.bench import BUCKET
from benchmarks.copying.jobs import Job, run
from benchmarks.figures import Figure

ITEMS, SKEWED = 1_920, 0.9
_BODY = "The quick brown fox jumps over the lazy dog. " * 2_250  # 100 KB; ten items are a page, and cost next to nothing to pack
PAGE_SECONDS = 0.15  # about what DynamoDB takes for a megabyte: most of the time is waiting, as it is there
HANDS, ROUNDS = 8, 2
UNITS = 40_000  # of reading a second: no limit to speak of
AT_MOST = 1.5
_BATCH = 25

Key = dict[str, dict[str, str]]


def measure() -> Iterator[Figure]:
    """In rounds, so that whatever else the machine does meanwhile slows all of them."""
    with stand_in(create_seconds=0) as aws:
        for name, key in SHAPES.items():
            _make_table(aws, name, key)
        aws.set(page_seconds=PAGE_SECONDS)
        seconds = [{name: _seconds(aws, name) for name in SHAPES} for _ in range(ROUNDS)]
    yield from (Figure(f"copy.skew.{name}_seconds", round(median(each[name] for each in seconds), 1), "s") for name in SHAPES)
    for name in list(SHAPES)[1:]:
        yield Figure(f"copy.skew.{name}_to_even", round(median(each[name] / each["even"] for each in seconds), 2), "times", at_most=AT_MOST)


_folders = count()


def _seconds(aws: StandIn, table: str) -> float:
    folder = f"s3://{BUCKET}/{table}/{next(_folders)}"
    own = cut(ITEMS * len(_BODY), ITEMS, UNITS)
    taken = run(Job(contender="raw_dump", table=table, folder=folder, segments=own.segments, share_bytes=own.share_bytes, hands=HANDS), aws.env)
    if taken.items != ITEMS:
        raise RuntimeError(f"{taken.items} items of table {table}, which has {ITEMS}")
    return taken.seconds


def _make_table(aws: StandIn, name: str, key: Callable[[int], Key]) -> None:
    dynamodb, kinds = aws.client("dynamodb"), {"id": "HASH", "at": "RANGE"}
    types: list[Any] = [{"AttributeName": each, "AttributeType": "S"} for each in kinds]
    schema: list[Any] = [{"AttributeName": each, "KeyType": kind} for each, kind in kinds.items()]
    dynamodb.create_table(TableName=name, KeySchema=schema, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST")
    for first in range(0, ITEMS, _BATCH):
        puts = [{"PutRequest": {"Item": {**key(n), "body": {"S": _BODY}}}} for n in range(first, min(ITEMS, first + _BATCH))]
        dynamodb.batch_write_item(RequestItems={name: puts})


def _even(number: int) -> Key:
    return {"id": {"S": f"customer-{number}"}, "at": _at(number)}


def _in_one_collection(number: int) -> Key:
    """Nine of ten are one customer's, in order of time."""
    return {"id": {"S": "customer-1"}, "at": _at(number)} if number % 10 < SKEWED * 10 else _even(number)


def _in_one_segment(number: int) -> Key:
    """Nine of ten have hash keys that fall into one eighth of all."""
    if number % 10 >= SKEWED * 10:
        return _even(number)
    names = (f"customer-{number}-{n}" for n in count())
    return {"id": {"S": next(name for name in names if hash_of(name.encode()) < HASHES // 8)}, "at": _at(number)}


def _at(number: int) -> dict[str, str]:
    """A time every ten minutes or so, as sort keys are."""
    day, minute = divmod(number * 11, 24 * 60)
    return {"S": f"2026-{1 + day // 28:02}-{1 + day % 28:02}T{minute // 60:02}:{minute % 60:02}:00Z"}


SHAPES: dict[str, Callable[[int], Key]] = {"even": _even, "collection": _in_one_collection, "one_segment": _in_one_segment}
