from __future__ import annotations

from math import ceil

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.pace import (
    CONNECTOR_ON_DEMAND_UNITS,
    PARTITION_BYTES,
    PARTITION_READ_UNITS,
    SMALLEST_SEGMENT_BYTES,
    Pace,
    raised_for_read,
    raised_for_write,
    read_rate,
    segments,
    write_rate,
)
from airflow_dynamodb_emr.core.table import QUICK_DECREASES, Decreases, Table, Throughput

from .makers import table

MIB = 2**20
BIG = 2 * 2**30

PACES = st.builds(
    Pace,
    ratio=st.floats(0.01, 1.5),
    spike_minutes=st.sampled_from([0, 0.5, 5, 20, 600]),
    max_units=st.integers(1, 40_000),
    on_demand_units=st.integers(1, 40_000),
)
CAPACITY = st.integers(1, 20_000)
BYTES = st.integers(0, 2**42)
PROVISIONED = st.builds(lambda read, write, size, items: table(read=read, write=write, bytes=size, items=items), CAPACITY, CAPACITY, BYTES, BYTES)


LARGE = st.builds(lambda read, size: table(read=read, bytes=size), st.integers(1, 1500), st.integers(2**35, 2**42))
KEEN = st.builds(Pace, ratio=st.floats(0.01, 1.5), spike_minutes=st.sampled_from([0.5, 5, 20]), max_units=st.integers(1600, 40_000))
SPIKED = st.tuples(LARGE, KEEN).filter(lambda both: read_rate(*both).spike)


@st.composite
def indexed(draw: st.DrawFn) -> Table:
    capacity = st.builds(lambda read, write: Throughput(read=read, write=write), CAPACITY, CAPACITY)
    return table(read=5, write=draw(CAPACITY), bytes=draw(BYTES), indexes=draw(st.dictionaries(st.sampled_from("ab"), capacity)))


@given(SPIKED)
def test_the_application_keeps_its_own_share_while_its_table_is_spiked(both: tuple[Table, Pace]) -> None:
    table, pace = both
    rate = read_rate(table, pace)

    kept = (rate.spike or 0) - rate.units

    assert kept >= table.throughput.read * (1 - pace.ratio) - 1e-6 or pace.ratio > 1


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


@given(PROVISIONED, PACES)
def test_a_spike_is_above_the_capacity_of_the_table_and_never_above_the_limit(table: Table, pace: Pace) -> None:
    spike = read_rate(table, pace).spike

    assert spike is None or table.throughput.read < spike <= pace.max_units


@given(SPIKED)
def test_a_spike_is_faster_and_never_more_than_the_partitions_serve(both: tuple[Table, Pace]) -> None:
    table, pace = both
    rate = read_rate(table, pace)

    assert rate.units > table.throughput.read * pace.ratio
    assert rate.units <= max(1, pace.ratio) * ((1 + table.bytes // PARTITION_BYTES) * PARTITION_READ_UNITS + 1)


@given(SPIKED)
def test_a_spike_ends_in_time_unless_a_limit_holds_it_back(both: tuple[Table, Pace]) -> None:
    table, pace = both
    rate = read_rate(table, pace)

    held_back = rate.spike == pace.max_units or rate.units >= max(1, pace.ratio) * (1 + table.bytes // PARTITION_BYTES) * PARTITION_READ_UNITS
    assert held_back or rate.seconds <= pace.spike_minutes * 60 * (1 + 1e-9)


@pytest.mark.parametrize(
    ("spiked", "pace", "why"),
    [
        pytest.param(table(bytes=BIG), Pace(spike_minutes=0), "spikes are switched off", id="switched off"),
        pytest.param(table(bytes=MIB), Pace(spike_minutes=2), "done within 2 minutes as it is", id="small enough"),
        pytest.param(table(bytes=BIG, decreases=Decreases(today=QUICK_DECREASES)), Pace(), "lowered 4 times today", id="no decrease left"),
        pytest.param(table(read=500, bytes=BIG * 100), Pace(max_units=400), "500 units are as much as it may", id="above the limit as it is"),
        pytest.param(table(read=9000, bytes=BIG * 4), Pace(spike_minutes=0.1), "as much as it may or can use", id="more than its partition serves"),
    ],
)
def test_a_table_is_not_spiked_without_need_or_use(spiked: Table, pace: Pace, why: str) -> None:
    rate = read_rate(spiked, pace)

    assert rate.spike is None and why in rate.why
    assert raised_for_read(spiked, rate.spike) is None


def test_a_large_table_is_spiked_to_be_done_in_time() -> None:
    large = table(read=10, bytes=8192 * 120_000)  # 120,000 units of work

    rate = read_rate(large, Pace(ratio=0.5, spike_minutes=20))

    assert rate.spike == 105  # 100 for the dump, 5 for the application
    assert (rate.units, rate.seconds) == (100, 1200)
    assert raised_for_read(large, rate.spike) is not None and "from 10 to 105" in rate.why


def test_a_share_above_one_is_taken_of_the_spike_too() -> None:
    rate = read_rate(table(read=10, bytes=8192 * 180_000), Pace(ratio=1.5, spike_minutes=20))

    assert (rate.spike, rate.ratio, rate.units) == (100, 1.5, 150)


@given(st.integers(0, 2**45), PACES)
def test_an_on_demand_table_is_read_at_the_given_rate(size: int, pace: Pace) -> None:
    rate = read_rate(table(read=0, write=0, bytes=size), pace)

    assert rate.units == pace.on_demand_units and rate.spike is None
    assert rate.ratio * CONNECTOR_ON_DEMAND_UNITS == pytest.approx(rate.units)


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


@given(indexed(), PACES, st.integers(0, 10**9))
def test_a_load_is_as_fast_as_the_slowest_index(table: Table, pace: Pace, items: int) -> None:
    rate = write_rate(table, pace, table.bytes, items)
    slowest = min([table.throughput.write, *(index.write for index in table.indexes.values())])

    assert rate.units >= slowest * pace.ratio - 1e-6
    assert rate.spike or rate.units == slowest * pace.ratio
    assert rate.spike is None or slowest < rate.spike <= pace.max_units


@given(indexed(), st.integers(1, 40_000))
def test_a_load_raises_the_table_and_every_index_and_lowers_none(table: Table, spike: int) -> None:
    raised = raised_for_write(table, spike)

    assert raised and raised.indexes.keys() == table.indexes.keys()
    for before, after in [(table.throughput, raised.table), *((table.indexes[name], units) for name, units in raised.indexes.items())]:
        assert after == Throughput(read=before.read, write=max(before.write, spike))


@given(indexed(), PACES, st.integers(0, 10**9))
def test_the_connectors_ratio_of_a_load_is_of_the_table_and_not_of_a_slower_index(table: Table, pace: Pace, items: int) -> None:
    rate = write_rate(table, pace, table.bytes, items)

    assert rate.ratio * max(table.throughput.write, rate.spike or 0) == pytest.approx(rate.units)


def test_many_small_items_cost_a_unit_each() -> None:
    rate = write_rate(table(write=10), Pace(ratio=1, spike_minutes=0), bytes_to_write=1024, items=500)

    assert rate.seconds == 50


def test_a_dump_raises_reads_alone_and_no_index() -> None:
    raised = raised_for_read(table(read=5, write=7, indexes={"i": Throughput(read=1, write=1)}), 50)

    assert raised and raised.table == Throughput(read=50, write=7) and raised.indexes == {}


def test_an_on_demand_table_is_loaded_at_the_given_rate_and_raises_nothing() -> None:
    rate = write_rate(table(read=0, write=0), Pace(on_demand_units=2000), 10**9, 10)

    assert (rate.units, rate.ratio, rate.spike) == (2000, 0.05, None)
    assert raised_for_write(table(read=0, write=0), rate.spike) is None


def test_a_spike_that_could_not_be_had_leaves_the_application_its_share() -> None:
    rate = read_rate(table(read=100, bytes=20 * 2**30), Pace(ratio=0.5))

    assert rate.spike
    assert rate.connector_ratio(raised=True) > 0.9
    assert rate.connector_ratio(raised=False) == 0.5
