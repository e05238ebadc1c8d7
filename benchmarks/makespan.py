"""How long a backup of 200 tables would take as it is planned, against what no plan could go below. Nothing runs: it is the plan that is measured."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, log

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.cluster import ClusterSpec
from airflow_dynamodb_emr.core.estimate import Estimate, estimate
from airflow_dynamodb_emr.core.fleet import Size
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.prices import LIST
from airflow_dynamodb_emr.core.table import ON_DEMAND, PROVISIONED, Table, Throughput
from benchmarks.figures import Figure

TABLES, SEED = 200, 20261123
SMALLEST, LARGEST = 10**6, 2 * 10**12  # bytes
MEDIAN, SIGMA = 10**8, 3.0  # of the log-normal sizes
GOAL = 1.10


def measure() -> Iterator[Figure]:
    chance = random.Random(SEED)
    sizes = [int(min(LARGEST, max(SMALLEST, chance.lognormvariate(log(MEDIAN), SIGMA)))) for _ in range(TABLES)]
    units = [ceil(10 ** chance.uniform(0.7, 3.3)) for _ in range(TABLES)]  # 5 to 2,000 read units
    yield from _of("lognormal", [_table(*each) for each in enumerate(zip(sizes, units, strict=True))])
    yield from _of("equal", [_table(number, (MEDIAN * 10, 200)) for number in range(TABLES)])
    yield from _of("same", [_table(0, (MEDIAN * 10, 200), name=f"T{number:03d}") for number in range(TABLES)])


def _of(fleet: str, tables: list[Table]) -> Iterator[Figure]:
    """Capacity is what the plan itself pays for: as many steps at once."""
    plan = estimate(Pace(), ClusterSpec(), tables, {})
    assert plan.size
    seconds = [table.seconds for table in sorted(plan.tables, key=lambda table: table.name)]
    slots = plan.size.lanes * plan.size.concurrency
    bound = max(max(seconds), sum(seconds) / slots)
    took = plan.seconds - cost.CLUSTER_START_SECONDS
    yield Figure(f"makespan.{fleet}", round(took / bound, 3), "of_lower_bound", at_most=GOAL)
    yield Figure(f"makespan.{fleet}_split_by_count", round(_split_by_count(seconds, slots) / bound, 3), "of_lower_bound")
    yield from _told(fleet, plan, plan.size, bound)


def _told(fleet: str, plan: Estimate, size: Size, bound: float) -> Iterator[Figure]:
    yield Figure(f"makespan.{fleet}_minutes", round(plan.seconds / 60, 1), "minutes")
    yield Figure(f"makespan.{fleet}_lower_bound_minutes", round(bound / 60, 1), "minutes")
    yield Figure(f"makespan.{fleet}_clusters", size.lanes, "clusters")
    yield Figure(f"makespan.{fleet}_tables_at_once", size.concurrency, "tables")
    yield Figure(f"makespan.{fleet}_workers", size.nodes, "nodes")
    yield Figure(f"makespan.{fleet}_clusters_dollars", round(size.dollars(LIST) or 0, 2), "dollars")


def _split_by_count(seconds: Sequence[float], slots: int) -> float:
    """As the system before this one did: the tables by name, as many to each slot, which works through its own."""
    each = [len(seconds) * number // slots for number in range(slots + 1)]
    return max(sum(seconds[begin:end]) for begin, end in pairwise(each))


def _table(number: int, shape: tuple[int, int], name: str = "") -> Table:
    """Every other one is on demand."""
    size, units = shape
    provisioned = number % 2 == 0
    return Table(
        name=name or f"T{number:03d}",
        arn=f"arn:aws:dynamodb:us-east-1:123456789012:table/T{number:03d}",
        status="ACTIVE",
        billing=PROVISIONED if provisioned else ON_DEMAND,
        throughput=Throughput(read=units, write=units) if provisioned else Throughput(read=0, write=0),
        indexes={},
        keys=["id"],
        items=size // 500,
        bytes=size,
    )
