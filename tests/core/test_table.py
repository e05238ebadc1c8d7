from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.table import QUICK_DECREASES, Decreases, Table, Throughput

from .makers import NOON, ON_DEMAND, description, index, table, units


def test_a_table_that_was_always_provisioned_has_no_billing_mode_summary() -> None:
    seen = Table.of(description(ProvisionedThroughput=units(7, 3)))

    assert seen.provisioned and seen.throughput == Throughput(read=7, write=3)
    assert (seen.account, seen.keys, seen.settled) == ("123456789012", ["id"], True)


def test_an_on_demand_table_has_no_units() -> None:
    seen = Table.of(description(**ON_DEMAND))

    assert not seen.provisioned and seen.throughput == Throughput(read=0, write=0)


def test_a_table_that_was_switched_back_is_provisioned() -> None:
    assert Table.of(description(BillingModeSummary={"BillingMode": "PROVISIONED"})).provisioned


@pytest.mark.parametrize(
    ("more", "serves"),
    [
        pytest.param({}, (12_000, 4000), id="a new table"),
        pytest.param({"WarmThroughput": {"ReadUnitsPerSecond": 30_000, "WriteUnitsPerSecond": 9000}}, (30_000, 9000), id="a busy one"),
        pytest.param({"OnDemandThroughput": {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": -1}}, (100, 4000), id="a maximum for reads"),
        pytest.param(
            {"WarmThroughput": {"ReadUnitsPerSecond": 50, "WriteUnitsPerSecond": 60}, "OnDemandThroughput": {"MaxWriteRequestUnits": 900}},
            (50, 60),
            id="a maximum above what it is warm for",
        ),
        pytest.param(
            {"GlobalSecondaryIndexes": [index("g", "k", OnDemandThroughput={"MaxReadRequestUnits": 7, "MaxWriteRequestUnits": 8})]},
            (12_000, 8),
            id="an index holds writes back, not reads",
        ),
    ],
)
def test_an_on_demand_table_serves_what_it_is_warm_for_below_its_maximum(more: dict[str, Any], serves: tuple[int, int]) -> None:
    assert Table.of(description(**ON_DEMAND, **more)).on_demand == Throughput(read=serves[0], write=serves[1])


def test_global_indexes_have_their_own_units_and_local_ones_none() -> None:
    seen = Table.of(
        description(
            GlobalSecondaryIndexes=[index("g", "k", IndexStatus="ACTIVE", ProvisionedThroughput=units(2, 4))],
            LocalSecondaryIndexes=[index("l", "id")],
        )
    )

    assert seen.indexes == {"g": Throughput(read=2, write=4)}


def test_the_partition_key_comes_before_the_sort_key() -> None:
    keys = [{"AttributeName": "at", "KeyType": "RANGE"}, {"AttributeName": "who", "KeyType": "HASH"}]

    assert Table.of(description(KeySchema=keys)).keys == ["who", "at"]


@pytest.mark.parametrize(
    ("states", "settled"),
    [
        pytest.param({"TableStatus": "UPDATING"}, False, id="table updating"),
        pytest.param({"IndexStatus": "UPDATING"}, False, id="index updating"),
        pytest.param({"IndexStatus": "CREATING"}, False, id="index creating"),
        pytest.param({}, True, id="both active"),
    ],
)
def test_a_table_is_settled_when_it_and_its_indexes_are_active(states: dict[str, str], settled: bool) -> None:
    known = {"TableStatus": "ACTIVE", "IndexStatus": "ACTIVE", **states}
    indexes = [index("g", "k", IndexStatus=known["IndexStatus"], ProvisionedThroughput=units(1, 1))]

    assert Table.of(description(TableStatus=known["TableStatus"], GlobalSecondaryIndexes=indexes)).settled is settled


MORNING = NOON.replace(hour=0)


@pytest.mark.parametrize(
    ("decreases", "last", "wanted"),
    [
        pytest.param(0, None, NOON, id="never lowered"),
        pytest.param(QUICK_DECREASES - 1, NOON, NOON, id="one left"),
        pytest.param(QUICK_DECREASES, NOON - timedelta(minutes=20), NOON + timedelta(minutes=40), id="an hour after the last"),
        pytest.param(QUICK_DECREASES, NOON - timedelta(hours=2), NOON, id="the hour is over"),
        pytest.param(27, MORNING - timedelta(minutes=1), NOON, id="that was yesterday"),
    ],
)
def test_the_next_decrease_is_at_once_or_an_hour_after_the_last(decreases: int, last: datetime | None, wanted: datetime) -> None:
    assert table(decreases=Decreases(today=decreases, last=last)).next_decrease(NOON) == wanted


def test_midnight_brings_new_decreases() -> None:
    late = NOON.replace(hour=23, minute=40)

    assert table(decreases=Decreases(today=9, last=late)).next_decrease(late) == late.replace(hour=0, minute=0) + timedelta(days=1)


@given(st.integers(0, 30), st.integers(-200_000, 0), st.integers(0, 86_399))
def test_the_next_decrease_is_never_in_the_past_and_never_more_than_an_hour_away(decreases: int, ago: int, second: int) -> None:
    now = MORNING + timedelta(seconds=second)

    wait = table(decreases=Decreases(today=decreases, last=now + timedelta(seconds=ago))).next_decrease(now) - now

    assert timedelta(0) <= wait <= timedelta(hours=1)


@given(*(st.integers(0, 100),) * 4)
def test_at_least_takes_the_higher_of_each(a: int, b: int, c: int, d: int) -> None:
    assert Throughput(read=a, write=b).at_least(Throughput(read=c, write=d)) == Throughput(read=max(a, c), write=max(b, d))


def test_throughput_says_itself() -> None:
    assert str(Throughput(read=5, write=50)) == "5 reads and 50 writes a second"


def test_units_are_asked_for_as_update_table_wants_them() -> None:
    asked: dict[str, Any] = Throughput(read=1, write=2).request()

    assert Throughput.of({"ProvisionedThroughput": asked}) == Throughput(read=1, write=2)
