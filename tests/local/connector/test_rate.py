from __future__ import annotations

from typing import Any

import pytest

from airflow_dynamodb_emr.local.connector import rate
from airflow_dynamodb_emr.local.connector.hadoop import Options
from airflow_dynamodb_emr.local.connector.rate import Bucket, Pager, mappers, units_per_second

GIB = 1 << 30


def provisioned(read: int, write: int = 1, size: int = 0, count: int = 0) -> dict[str, Any]:
    return {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write}, "TableSizeBytes": size, "ItemCount": count}


ON_DEMAND = {**provisioned(0, 0), "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}


@pytest.mark.parametrize(
    ("description", "ratio", "expected"),
    [
        pytest.param(provisioned(100), 0.5, 50, id="a share of what is provisioned"),
        pytest.param(provisioned(100), None, 50, id="half, where nothing is said"),
        pytest.param(provisioned(100), 1.5, 150, id="more than there is"),
        pytest.param(provisioned(1), 0.5, 1, id="never nothing"),
        pytest.param(ON_DEMAND, 0.25, 10_000, id="on demand: of forty thousand"),
        pytest.param({**provisioned(10), "BillingModeSummary": {"BillingMode": "PROVISIONED"}}, 1, 10, id="provisioned again"),
    ],
)
def test_the_rate_is_a_share_of_the_capacity(description: dict[str, Any], ratio: float | None, expected: int) -> None:
    assert units_per_second(description, "Read", ratio) == expected


@pytest.mark.parametrize(
    ("description", "segments", "tasks", "expected"),
    [
        pytest.param(provisioned(100), 4, 4, (1, 4, [100]), id="one mapper below 200 units"),
        pytest.param(provisioned(400), 8, 4, (4, 8, [100] * 4), id="a mapper for each 100 units"),
        pytest.param(provisioned(400), 8, 2, (2, 8, [200] * 2), id="no more mappers than asked for"),
        pytest.param(provisioned(4000), 2, 4, (2, 2, [2000] * 2), id="no more mappers than segments"),
        pytest.param(provisioned(100), None, 4, (1, 1, [100]), id="one segment for each 100 units"),
        pytest.param(provisioned(1200), None, 4, (4, 12, [300] * 4), id="segments by throughput"),
        pytest.param(provisioned(200, size=7 * GIB), None, 4, (2, 7, [114, 85]), id="segments by size"),
        pytest.param(ON_DEMAND, None, 4, (4, 400, [10_000] * 4), id="on demand: hundreds of segments"),
        pytest.param(provisioned(1), 5, 4, (1, 5, [1]), id="never less than one unit"),
        pytest.param(provisioned(100), 0, 4, (1, 1, [100]), id="no segments: computed"),
    ],
)
def test_segments_and_mappers_follow_the_connectors_rules(
    description: dict[str, Any], segments: int | None, tasks: int, expected: tuple[int, int, list[int]]
) -> None:
    shares = mappers(description, 1.0, segments, tasks)

    assert (len(shares), shares[0].of, [share.units_per_second for share in shares]) == expected
    assert sorted(segment for share in shares for segment in share.segments) == list(range(expected[1]))


def test_the_number_of_mappers_can_be_limited() -> None:
    assert Options.parse(["-Ddynamodb.max.map.tasks=1"]).map_tasks_at_most == 1
    assert Options.parse(["-Ddynamodb.max.map.tasks=1000"]).map_tasks_at_most == Options.parse([]).map_tasks_at_most


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(rate, "time", clock)
    return clock


def test_a_bucket_is_full_at_first_and_then_filled_at_its_rate(clock: Clock) -> None:
    bucket = Bucket(units_per_second=10, window_seconds=5)

    taken = [bucket.take(25) for _ in range(3)]

    assert (taken, clock.now) == ([25, 25, 1], pytest.approx(0.1))


def test_what_was_used_beyond_is_paid_back_first(clock: Clock) -> None:
    bucket = Bucket(units_per_second=10, window_seconds=1)
    bucket.take(10)

    bucket.give(-20)

    assert (bucket.take(5), clock.now) == (1, pytest.approx(2.1))


@pytest.mark.usefixtures("clock")
def test_a_page_is_no_larger_than_25_units_of_items_as_they_were_seen() -> None:
    pager = Pager(1000, provisioned(1000, size=8192 * 100, count=100))

    granted, limit = pager.next()
    pager.used(granted, consumed=50, items=25)

    assert (granted, limit) == (25, 25)
    assert pager.next()[1] == int(25 / 1.3)


@pytest.mark.usefixtures("clock")
def test_without_a_size_the_first_page_may_be_as_long_as_dynamodb_lets_it() -> None:
    assert Pager(1000, provisioned(1000)).next() == (25, 25 * 8192)


def test_over_time_no_more_is_read_than_the_rate(clock: Clock) -> None:
    pager, consumed = Pager(100, provisioned(100, size=1000, count=10)), 0.0
    while clock.now < 60:
        granted, _limit = pager.next()
        pager.used(granted, granted / 2, 10)
        consumed += granted / 2

    assert consumed == pytest.approx(100 * 65, rel=0.05)
