"""Tables of which nine tenths are in one place, against one that is even: the same bytes, the same pages, each of which takes its time to come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from random import Random
from statistics import median
from typing import Any

from airflow_dynamodb_emr.local.dynamodb.items.store import HASHES, hash_of
from airflow_dynamodb_emr.local.process import StandIn, stand_in
from benchmarks.copying.bench import BUCKET
from benchmarks.copying.jobs import Job, run
from benchmarks.figures import Figure

ITEMS, ITEM_BYTES, SKEWED = 2_560, 100_000, 0.9  # 256 pages
PAGE_SECONDS = 0.1  # as DynamoDB takes for a megabyte
HANDS, SEGMENTS, ROUNDS = 8, 64, 2
AT_MOST = 1.5
_BATCH = 25

Key = dict[str, dict[str, str]]


def measure() -> Iterator[Figure]:
    with stand_in(create_seconds=0, delete_seconds=0) as aws:
        seconds = {name: _seconds(aws, name, key) for name, key in SHAPES.items()}
    yield from (Figure(f"copy.skew.{name}_seconds", round(taken, 1), "s") for name, taken in seconds.items())
    for name in ("collection", "one_segment"):
        yield Figure(f"copy.skew.{name}_to_even", round(seconds[name] / seconds["even"], 2), "times", at_most=AT_MOST)


def _seconds(aws: StandIn, name: str, key: Callable[[int], Key]) -> float:
    with _table(aws, name, key):
        aws.set(page_seconds=PAGE_SECONDS)
        jobs = [Job(contender="raw_dump", table=name, folder=f"s3://{BUCKET}/{name}/{n}", segments=SEGMENTS, hands=HANDS) for n in range(ROUNDS)]
        taken = [run(job, aws.env) for job in jobs]
        aws.set(page_seconds=0)
    if any(each.items != ITEMS for each in taken):
        raise RuntimeError(f"{taken} of a table of {ITEMS} items")
    return median(each.seconds for each in taken)


@contextmanager
def _table(aws: StandIn, name: str, key: Callable[[int], Key]) -> Iterator[None]:
    dynamodb, body = aws.client("dynamodb"), {"S": _text()}
    kinds, types = {"id": "HASH", "at": "RANGE"}, [{"AttributeName": each, "AttributeType": "S"} for each in ("id", "at")]
    schema = [{"AttributeName": each, "KeyType": kind} for each, kind in kinds.items()]
    dynamodb.create_table(TableName=name, KeySchema=schema, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST")
    for first in range(0, ITEMS, _BATCH):
        puts: list[Any] = [{"PutRequest": {"Item": {**key(n), "body": body}}} for n in range(first, min(ITEMS, first + _BATCH))]
        dynamodb.batch_write_item(RequestItems={name: puts})
    yield
    dynamodb.delete_table(TableName=name)


def _text() -> str:
    random = Random(1)
    return "".join(random.choices("etaoinshrdlu ", k=ITEM_BYTES))


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
