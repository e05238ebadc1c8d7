from __future__ import annotations

from math import ceil

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.prices import LIST
from airflow_dynamodb_emr.core.rates import CONNECTOR_ON_DEMAND_UNITS, SMALLEST_SEGMENT_BYTES, mappers, read_rate, scan_seconds, segments, write_rate
from airflow_dynamodb_emr.core.spiking import Absolute, Deadline, Multiple, Off
from airflow_dynamodb_emr.core.table import Table, Throughput

from .makers import table

MIB = 2**20
BIG = 2 * 2**30

PACES = st.builds(
    Pace,
    ratio=st.floats(0.01, 1.5),
    spike=st.sampled_from([Off(), Deadline(minutes=0.5), Deadline(minutes=20), Multiple(times=1.5), Multiple(times=10), Absolute(number=900)]),
    max_units=st.integers(1, 40_000),
    on_demand_units=st.integers(1, 40_000),
)
CAPACITY = st.integers(1, 20_000)
BYTES = st.integers(0, 2**42)
PROVISIONED = st.builds(lambda read, write, size, items: table(read=read, write=write, bytes=size, items=items), CAPACITY, CAPACITY, BYTES, BYTES)


@st.composite
def indexed(draw: st.DrawFn) -> Table:
    capacity = st.builds(lambda read, write: Throughput(read=read, write=write), CAPACITY, CAPACITY)
    return table(read=5, write=draw(CAPACITY), bytes=draw(BYTES), indexes=draw(st.dictionaries(st.sampled_from("ab"), capacity)))


@given(PROVISIONED, PACES)
def test_a_table_that_is_not_spiked_is_read_at_the_given_share_of_its_capacity(table: Table, pace: Pace) -> None:
    rate = read_rate(table, pace)
    assume(not rate.spike)

    assert rate.units == table.throughput.read * pace.ratio and rate.ratio == pace.ratio


@given(PROVISIONED, PACES)
def test_the_connectors_ratio_of_the_capacity_it_sees_is_the_rate(table: Table, pace: Pace) -> None:
    rate = read_rate(table, pace)

    assert rate.ratio * (rate.spike or table.throughput.read) == pytest.approx(rate.units)
    assert 0 < rate.ratio <= 1.5


@given(st.integers(0, 2**45), st.floats(0.001, 60_000))
def test_a_table_has_between_one_segment_and_one_for_8_mib(size: int, units: float) -> None:
    assert 1 <= segments(size, units) <= max(1, ceil(size / SMALLEST_SEGMENT_BYTES))


@pytest.mark.parametrize(
    ("size", "units", "wanted"),
    [
        pytest.param(0, 4000, 1, id="empty table"),
        pytest.param(100 * MIB, 10, 1, id="slow"),
        pytest.param(100 * MIB, 400, 4, id="a hundred units each"),
        pytest.param(20 * MIB, 4000, 3, id="8 MiB each at least"),
        pytest.param(50 * 2**30, 10, 50, id="a gigabyte each at most"),
    ],
)
def test_segments_follow_rate_and_size(size: int, units: float, wanted: int) -> None:
    assert segments(size, units) == wanted


@given(st.integers(0, 2**45), st.floats(0.001, 60_000))
def test_every_mapper_has_as_many_segments_as_the_others(size: int, units: float) -> None:
    assert segments(size, units) % mappers(size, units) == 0


@pytest.mark.parametrize(
    ("size", "units", "wanted"),
    [
        pytest.param(0, 4000, 1, id="empty table"),
        pytest.param(127 * MIB, 4000, 1, id="a small table is one file"),
        pytest.param(50 * 2**30, 4000, 14, id="three hundred units each"),
        pytest.param(50 * 2**30, 199, 1, id="no more than the connector makes"),
        pytest.param(50 * 2**30, 450, 2, id="rounded up"),
        pytest.param(2**30, 40_000, 16, id="64 MiB each at least"),
    ],
)
def test_mappers_follow_rate_and_size(size: int, units: float, wanted: int) -> None:
    assert mappers(size, units) == wanted


def test_a_table_takes_no_less_than_its_mappers_processors_take() -> None:
    rate = read_rate(table(read=0, write=0, bytes=100 * MIB), Pace())

    assert scan_seconds(100 * MIB, rate) == 100 * MIB / 8192 / 500 > rate.seconds
    assert scan_seconds(0, rate) == rate.seconds


@given(indexed(), PACES, st.integers(0, 10**9))
def test_a_load_is_as_fast_as_the_slowest_index(table: Table, pace: Pace, items: int) -> None:
    rate = write_rate(table, pace, table.bytes, items)
    slowest = min([table.throughput.write, *(index.write for index in table.indexes.values())])

    assert rate.units >= slowest * pace.ratio - 1e-6
    assert rate.spike or rate.units == slowest * pace.ratio
    assert rate.spike is None or slowest < rate.spike <= pace.max_units


@given(indexed(), PACES, st.integers(0, 10**9))
def test_the_connectors_ratio_of_a_load_is_of_the_table_and_not_of_a_slower_index(table: Table, pace: Pace, items: int) -> None:
    rate = write_rate(table, pace, table.bytes, items)

    assert rate.ratio * max(table.throughput.write, rate.spike or 0) == pytest.approx(rate.units)


def test_many_small_items_cost_a_unit_each() -> None:
    rate = write_rate(table(write=10), Pace(ratio=1, spike=Off()), bytes_to_write=1024, items=500)

    assert rate.seconds == 50


@given(st.floats(0, 1), st.floats(0.1, 1.0), st.integers(5, 500))
def test_a_spike_of_which_only_a_share_is_there_leaves_the_application_its_own_share(share: float, ratio: float, read: int) -> None:
    rate = read_rate(table(read=read, bytes=20 * 2**30), Pace(ratio=ratio))

    assert rate.spike
    there = read + share * (rate.spike - read)
    assert there * (1 - rate.connector_ratio(share, read, rate.spike)) == pytest.approx(read * (1 - ratio), abs=0.01)


@pytest.mark.parametrize(
    ("serves", "pace", "units"),
    [
        pytest.param(12_000, Pace(ratio=0.5), 4000, id="no more than the setting"),
        pytest.param(6000, Pace(ratio=0.5), 3000, id="its share of what the table serves"),
        pytest.param(50_000, Pace(ratio=1.5, on_demand_units=40_000), 40_000, id="no more than the connector can be told"),
        pytest.param(1, Pace(ratio=0.5), 0.5, id="a maximum of one"),
    ],
)
def test_an_on_demand_table_gives_a_share_of_what_it_serves(serves: int, pace: Pace, units: float) -> None:
    on_demand = table(read=0, write=0, bytes=BIG, on_demand=Throughput(read=serves, write=serves))

    for rate in (read_rate(on_demand, pace), write_rate(on_demand, pace, BIG, 1)):
        assert (rate.units, rate.spike) == (units, None)
        assert rate.ratio * CONNECTOR_ON_DEMAND_UNITS == pytest.approx(units)
        assert rate.why == f"on demand, never spiked: {units:g} of the {serves} units it serves"


@given(st.integers(0, 2**45), st.integers(1, 100_000), PACES)
def test_an_on_demand_table_is_never_spiked_and_never_refused(size: int, serves: int, pace: Pace) -> None:
    rate = read_rate(table(read=0, write=0, bytes=size, on_demand=Throughput(read=serves, write=serves)), pace)

    assert rate.spike is None and 0 < rate.units <= min(pace.on_demand_units, pace.ratio * serves)
    assert rate.dollars == cost.on_demand_reads(size, LIST)


def test_on_demand_each_index_pays_for_every_write_again() -> None:
    plain, indexed = (table(read=0, write=0, indexes=dict.fromkeys(names, Throughput(read=0, write=0))) for names in ("", "ab"))

    assert write_rate(plain, Pace(), 0, 10**6).dollars == pytest.approx(LIST.million_writes)
    assert write_rate(indexed, Pace(), 0, 10**6).dollars == pytest.approx(3 * LIST.million_writes)


def test_a_spike_for_a_load_is_paid_for_the_table_and_each_index() -> None:
    indexed = table(write=10, indexes={"slow": Throughput(read=1, write=4), "fast": Throughput(read=1, write=900)})

    rate = write_rate(indexed, Pace(spike=Absolute(number=100)), 0, 10**6)

    assert rate.spike == 100
    assert rate.dollars == pytest.approx(ceil((rate.seconds + cost.STEP_SECONDS) / 3600) * (90 + 96) * LIST.write_unit_hour)


def test_what_is_provisioned_anyway_costs_nothing_more() -> None:
    assert read_rate(table(bytes=MIB), Pace()).dollars == 0
